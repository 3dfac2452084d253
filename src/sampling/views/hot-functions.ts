import type { Profile } from '../profile.ts';
import { type FunctionRow, functionRows } from './function-row.ts';
import { whatRan } from './share.ts';

/** What functions are sorted by, the greatest first; names the other way round. The first is the default. */
export const FUNCTION_SORTS = {
  tottime: (a, b) => b.self.us - a.self.us,
  cumtime: (a, b) => b.total.us - a.total.us,
  nsamples: (a, b) => b.self.count - a.self.count,
  'nsamples-cumul': (a, b) => b.total.count - a.total.count,
  'sample-pct': (a, b) => b.self.share - a.self.share,
  'cumul-pct': (a, b) => b.total.share - a.total.share,
  name: (a, b) => compareTexts(a.name, b.name),
} as const satisfies Record<string, (a: FunctionRow, b: FunctionRow) => number>;
export type FunctionSort = keyof typeof FUNCTION_SORTS;

export interface FunctionsQuery {
  readonly sort: FunctionSort;
  /** Of the sorted rows, the first one, and how many. */
  readonly from: number;
  readonly count: number;
  /** The folder against which files are named. */
  readonly rootDir: string;
}

export interface HotFunctions {
  readonly rows: readonly FunctionRow[];
  /** How many there are in all. */
  readonly count: number;
}

export function hotFunctions([profile]: readonly [Profile], query: FunctionsQuery): HotFunctions {
  const { sort, from, count, rootDir } = query;
  const rows = functionRows(whatRan(profile), rootDir).sort(
    (a, b) =>
      FUNCTION_SORTS[sort](a, b) ||
      b.total.count - a.total.count ||
      compareTexts(a.name, b.name) ||
      a.frame - b.frame,
  );
  return { rows: rows.slice(from, from + count), count: rows.length };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
