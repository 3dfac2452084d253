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
  /** Whether it shows single calls. */
  readonly hasCalls: boolean;
}

/** The pages of `/profiler inspect`, the first one first. */
export const TABS = [
  { name: 'overview', label: () => 'Overview', draw: overview, hasCalls: false },
  {
    name: 'slowest',
    label: ({ slowest }) => `The slowest calls (${slowest.length})`,
    draw: ({ slowest, shards }, state) => callLines(slowest, shards.length > 1, state),
    hasCalls: true,
  },
  {
    name: 'latest',
    label: ({ latest }) => `The latest calls (${latest.length})`,
    draw: ({ latest, shards }, state) => callLines(latest, shards.length > 1, state),
    hasCalls: true,
  },
  {
    name: 'failed',
    label: ({ failed }) => `The latest failed calls (${failed.length})`,
    draw: ({ failed, shards }, state) => callLines(failed, shards.length > 1, state),
    hasCalls: true,
  },
  {
    name: 'errors',
    label: ({ errorGroups }) => `Errors by kind and place (${errorGroups.length})`,
    draw: (details, state) => errorLines(details, state),
    hasCalls: false,
  },
] as const satisfies readonly Tab[];
