import type { CounterUnit, Series, SeriesTable } from './series.ts';
import { type Slope, slopeOf } from './slope.ts';

/** Of fewer points since a reload no slope of their own is told. */
const LEAST_POINTS_SINCE = 6;
const LEAST_POINTS = 4;

/** That a cog was loaded anew. */
export interface Reload {
  readonly cog: string;
  readonly atEpochMs: number;
}

/**
 * Something that is more than it ever was in the first half of the watch, or that grew until a reload: what became of
 * that is to be seen too.
 */
export interface GrowthRow {
  /** Such as `channel.messages cache` or `client messageCreate listeners`. */
  readonly name: string;
  readonly unit: CounterUnit;
  readonly value: number;
  /** The most there was in the first half of the time. */
  readonly formerPeak: number;
  /** The most there was since. */
  readonly peak: number;
  /** How fast it grows: since the latest reload where enough is known of that, else since the watch began. */
  readonly slope: Slope | undefined;
  /** The reload since which that is. */
  readonly since?: Reload;
  /** How fast it grew before that. */
  readonly before?: Slope;
  /** Whether the slope is above zero by more than its uncertainty. */
  readonly isGrowing: boolean;
}

export interface GrowthReport {
  readonly isRunning: boolean;
  readonly startedAtEpochMs: number;
  /** When it was last counted. */
  readonly toEpochMs: number;
  readonly intervalMs: number;
  /** How often it was counted. */
  readonly samples: number;
  /** How many counters are watched. */
  readonly counters: number;
  /** What exceeds its former peak, or did until a reload: first what grows for sure, then what rose most. */
  readonly rows: readonly GrowthRow[];
  /** While it was watched, the latest last. */
  readonly reloads: readonly Reload[];
}

/** What of the tables exceeds its former peak, or did until a reload. */
export function growthRows(tables: readonly SeriesTable[], reloads: readonly Reload[]): GrowthRow[] {
  const rows = tables.flatMap((table) =>
    [...table.all].flatMap((series) => rowOf(series, table.timesEpochMs, reloads) ?? []),
  );
  const riseOf = ({ peak, formerPeak }: GrowthRow) => (peak - formerPeak) / Math.max(1, formerPeak);
  return rows.sort((a, b) => Number(b.isGrowing) - Number(a.isGrowing) || riseOf(b) - riseOf(a));
}

function rowOf(
  { name, unit, values }: Series,
  timesEpochMs: readonly number[],
  reloads: readonly Reload[],
): GrowthRow | undefined {
  const points = timesEpochMs
    .map((atEpochMs, at) => [atEpochMs, values[at]!] as const)
    .filter(([, value]) => Number.isFinite(value));
  // What is counted rarely, as classes are, has been there twice at least.
  if (points.length < 2 || points.length < Math.min(LEAST_POINTS, timesEpochMs.length)) return undefined;
  const middle = points.length >> 1;
  const formerPeak = greatest(points.slice(0, middle));
  const peak = greatest(points.slice(middle));
  const since = reloads.findLast(
    ({ atEpochMs }) => points.filter(([at]) => at > atEpochMs).length >= LEAST_POINTS_SINCE,
  );
  const isSince = ([at]: readonly [number, number]) => since === undefined || at > since.atEpochMs;
  const slope = slopeOf(points.filter(isSince));
  const before = since && slopeOf(points.filter((point) => !isSince(point)));
  if (peak <= formerPeak && !isSure(before)) return undefined;
  return {
    name,
    unit,
    value: points.at(-1)![1],
    formerPeak,
    peak,
    slope,
    ...(since && { since }),
    ...(before && { before }),
    isGrowing: isSure(slope),
  };
}

/** Whether a slope is above zero by more than its uncertainty. */
function isSure(slope: Slope | undefined): boolean {
  return slope !== undefined && slope.perHour > slope.uncertaintyPerHour;
}

function greatest(points: readonly (readonly [number, number])[]): number {
  return points.reduce((most, [, value]) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
