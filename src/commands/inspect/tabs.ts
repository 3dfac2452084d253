import type { TargetDetails } from '../../details.ts';
import type { PageFile } from '../../render/page.ts';
import type { Entry } from '../desk/widgets.ts';
import type { Request } from '../subcommand.ts';
import { callLines } from './calls.ts';
import { errorLines } from './errors.ts';
import { keptCalls, type Traces } from './kept-calls.ts';
import { overview } from './overview.ts';
import { waterfalls } from './waterfalls.ts';

/** What is known of the target that is shown. */
export interface Inspected extends TargetDetails {
  readonly traces: Traces;
}

/** What a tab puts on the page. */
export interface TabPage {
  readonly text: string;
  readonly image?: PageFile | undefined;
  /** How many pages there are, and which one this is, counted from 0. */
  readonly pages?: number;
  readonly page?: number;
  /** What is chosen on it, in place of the window of time. */
  readonly choices?: readonly TabChoice[];
}

interface TabChoice {
  readonly action: 'call' | 'export';
  readonly entries: readonly Entry[];
  readonly chosen: string;
  readonly placeholder: string;
}

/** What is asked for of a tab. */
export interface TabState {
  readonly page: number;
  /** Only single calls that took at least so long. */
  readonly leastMs: number;
  /** The traced call that is shown, as `keyOfCall` has it; empty until one is chosen. */
  readonly call: string;
}

interface Tab {
  readonly name: string;
  label(details: Inspected): string;
  draw(details: Inspected, state: TabState, request: Request): TabPage | Promise<TabPage>;
  /** What can be done on it, beside what each tab has. */
  readonly tools: readonly Tool[];
}

/**
 * Actions that some tabs have a button for: to show only long calls, to get the stacks of errors, to see what the time
 * goes to, and to keep calls as they go, or no more.
 */
export type Tool = 'least' | 'stacks' | 'waterfalls' | 'verbose';

/** As it stands in custom ids. */
export const WATERFALLS = 'waterfall';

/** The pages of `/profiler inspect`, the first one first. */
export const TABS = [
  { name: 'overview', label: () => 'Overview', draw: overview, tools: ['waterfalls'] },
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
  {
    name: WATERFALLS,
    label: ({ traces }) => `Waterfalls (${keptCalls(traces).length})`,
    draw: waterfalls,
    tools: ['verbose'],
  },
] as const satisfies readonly Tab[];
