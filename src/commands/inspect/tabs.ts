import type { TargetDetails } from '../../details.ts';
import type { PageFile } from '../../render/page.ts';
import type { Request } from '../subcommand.ts';
import { callLines } from './calls.ts';
import { errorLines } from './errors.ts';
import { overview } from './overview.ts';

/** What a tab puts on the page. */
export interface TabPage {
  readonly text: string;
  readonly image?: PageFile | undefined;
  /** How many pages there are, and which one this is, counted from 0. */
  readonly pages?: number;
  readonly page?: number;
}

/** What is asked for of a tab. */
export interface TabState {
  readonly page: number;
  /** Only single calls that took at least so long. */
  readonly leastMs: number;
}

interface Tab {
  readonly name: string;
  label(details: TargetDetails): string;
  draw(details: TargetDetails, state: TabState, request: Request): TabPage | Promise<TabPage>;
  /** What can be done on it, beside what each tab has. */
  readonly tools: readonly Tool[];
}

/** Actions that some tabs have a button for: to show only long calls, and to get the stacks of errors. */
export type Tool = 'least' | 'stacks';

/** The pages of `/profiler inspect`, the first one first. */
export const TABS = [
  { name: 'overview', label: () => 'Overview', draw: overview, tools: [] },
  {
    name: 'slowest',
    label: ({ slowest }) => `The slowest calls (${slowest.length})`,
    draw: ({ slowest, shards }, state) => callLines(slowest, shards.length > 1, state),
    tools: ['least'],
  },
  {
    name: 'latest',
    label: ({ latest }) => `The latest calls (${latest.length})`,
    draw: ({ latest, shards }, state) => callLines(latest, shards.length > 1, state),
    tools: ['least'],
  },
  {
    name: 'failed',
    label: ({ failed }) => `The latest failed calls (${failed.length})`,
    draw: ({ failed, shards }, state) => callLines(failed, shards.length > 1, state),
    tools: ['least'],
  },
  {
    name: 'errors',
    label: ({ errorGroups }) => `Errors by kind and place (${errorGroups.length})`,
    draw: (details, state) => errorLines(details, state),
    tools: ['stacks'],
  },
] as const satisfies readonly Tab[];
