import { calleesOf, callersOf, lineHits, type Neighbour } from '../functions.ts';
import type { Profile } from '../profile.ts';
import { type FunctionRow, functionRows } from './function-row.ts';
import { type Share, shareOf, whatRan } from './share.ts';

export interface RelativesQuery {
  /** As `FunctionRow` has it. */
  readonly frame: number;
  readonly rootDir: string;
}

/** A function that called the one that is asked about, or that it called; its share is of that one's samples. */
export interface Relative extends Share {
  /** Undefined where nothing had called it. */
  readonly row: FunctionRow | undefined;
}

/** A function, who called it, whom it called, and which of its lines were running. */
export interface Relatives {
  readonly row: FunctionRow;
  readonly callers: readonly Relative[];
  readonly callees: readonly Relative[];
  /** Shares are of the function's own samples. Line 0 is not known. */
  readonly lines: readonly (Share & { readonly line: number })[];
}

const MOST = 25;

/** Undefined where the recording has no samples of the function. */
export function relatives(
  [profile]: readonly [Profile],
  { frame, rootDir }: RelativesQuery,
): Relatives | undefined {
  const running = whatRan(profile);
  const rows = new Map(functionRows(running, rootDir).map((row) => [row.frame, row]));
  const row = rows.get(frame);
  if (row === undefined) return undefined;
  const told = (neighbours: readonly Neighbour[]) =>
    neighbours
      .slice(0, MOST)
      .map((one): Relative => ({ row: rows.get(one.frame), ...shareOf(one, row.total) }));
  return {
    row,
    callers: told(callersOf(running, frame)),
    callees: told(calleesOf(running, frame)),
    lines: lineHits(running)
      .filter((hits) => hits.frame === frame)
      .slice(0, MOST)
      .map((hits) => ({ line: hits.line, ...shareOf(hits, row.self) })),
  };
}
