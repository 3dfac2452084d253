import type { Page } from '../../render/page.ts';
import type { Controls, MenuRequest, Outcome } from '../desk/menu.ts';
import { FIGURES, LAYOUTS } from './columns.ts';

/** What `/profiler view` shows first. */
export const INITIAL = {
  page: 0,
  sort: FIGURES[0].name as string,
  descending: true,
  by: 'target' as string,
  window: 'all',
  layout: LAYOUTS[0].name as string,
  filter: '',
};
export type ViewState = typeof INITIAL;

export type ViewAction =
  | 'turn'
  | 'jump'
  | 'sort'
  | 'reverse'
  | 'window'
  | 'by'
  | 'layout'
  | 'filter'
  | 'open'
  | 'tracked';

export type ViewControls = Controls<ViewState, ViewAction>;

export interface ViewRequest extends MenuRequest {
  /** The label of the view that comes next. */
  readonly next: string;
}

/** One way to look at what the bot does. */
export interface View {
  /** As it stands in custom ids. */
  readonly name: string;
  /** On the button that leads here. */
  readonly label: string;
  draw(controls: ViewControls, request: ViewRequest): Promise<Page>;
  /** What a row leads to, where rows can be chosen. */
  open?(state: ViewState, key: string): Outcome<ViewState>;
}

/** The pages about acknowledgements and about requests: nothing has to be attached for them. */
export const ACKS = 'acks';
export const REST = 'rest';

/** Custom ids have no room for more. */
export const LONGEST_FILTER = 40;
