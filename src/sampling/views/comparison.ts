import { CHANGES, type Change, type Comparison, compareFunctions, compareGroups } from '../compare.ts';
import { functionName } from '../formats/lines.ts';
import type { Profile } from '../profile.ts';
import { placeFrom } from './place.ts';
import { whatRan } from './share.ts';

export interface ComparisonQuery {
  readonly rootDir: string;
}

/** What a function or an owner took in two recordings; shares, from 0 to 1, are of the time in which something ran. */
export interface ComparedRow {
  readonly name: string;
  /** Of a function. */
  readonly place: string;
  readonly before: number;
  readonly after: number;
  readonly difference: number;
  /** How likely samples differ as much where nothing has changed. */
  readonly probability: number;
  readonly change: Change;
}

export interface ComparedPart {
  /** The largest differences first; what is no more than chance comes last. */
  readonly rows: readonly ComparedRow[];
  /** How many there are of each change. */
  readonly counts: Readonly<Record<Change, number>>;
}

export interface TwoCompared {
  readonly commands: ComparedPart;
  /** By what they ran themselves. */
  readonly functions: ComparedPart;
}

const MOST_ROWS = 100;

export function comparison(
  [before, after]: readonly [Profile, Profile],
  { rootDir }: ComparisonQuery,
): TwoCompared {
  const [was, is] = [whatRan(before), whatRan(after)];
  return {
    commands: part(compareGroups(was, is, 'command'), () => ''),
    functions: part(
      compareFunctions(was, is, 'self').map((one) => ({ ...one, name: functionName(one.frame) })),
      ({ frame }) => placeFrom(rootDir, frame),
    ),
  };
}

function part<Row extends Comparison>(rows: readonly Row[], placeOf: (row: Row) => string): ComparedPart {
  const counts = Object.fromEntries(CHANGES.map((change) => [change, 0])) as Record<Change, number>;
  for (const { change } of rows) counts[change]++;
  const sure = rows.filter(({ change }) => change !== 'noise');
  const noise = rows.filter(({ change }) => change === 'noise');
  const shown = [...sure, ...noise].slice(0, MOST_ROWS);
  return {
    counts,
    rows: shown.map((row) => ({
      name: row.name,
      place: placeOf(row),
      before: row.before.share,
      after: row.after.share,
      difference: row.difference,
      probability: row.probability,
      change: row.change,
    })),
  };
}
