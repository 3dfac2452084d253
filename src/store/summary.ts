import type { TargetKindName } from '../cog/target.ts';
import type { Collected } from './metric-store.ts';
import { Row } from './row.ts';

/** The figures of one target, or of all targets of one cog, over a window. */
export interface SummaryRow {
  /** Id of the target, or name of the cog. */
  readonly id: string;
  readonly cog: string;
  /** Undefined in the row of a cog. */
  readonly kind: TargetKindName | undefined;
  readonly name: string;
  /** Calls that ended in the window, failed and aborted ones included. */
  readonly count: number;
  /**
   * How many of them were timed: all, unless that would have cost more than the budget of the profiler. Then
   * `count` is exact still, and the other figures are estimates from these calls.
   */
  readonly timed: number;
  readonly errors: number;
  readonly aborted: number;
  /** Kinds of errors with how often each came, the most frequent first. */
  readonly errorKinds: readonly (readonly [kind: string, times: number])[];
  /** Durations in ms; NaN without a call. Percentiles are within 0.8 % of a nearest-rank percentile. */
  readonly minMs: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Standard deviation of the durations, in ms. */
  readonly deviationMs: number;
  readonly totalMs: number;
  /** How much of the window was measured, in ms: a target attached within it is measured from then on. */
  readonly coveredMs: number;
  /** Calls over the time covered. */
  readonly callsPerMinute: number;
  /**
   * How much of the bot's time goes here and how unpredictably: calls per minute × (mean + standard deviation),
   * in ms per minute. That is vrt-cogs' mean × rate × (1 + deviation / mean) with a rate over the time covered.
   */
  readonly impact: number;
}

export interface Summary {
  /** The window asked for begins here, in Unix ms; single rows may be covered from later on. */
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** By impact, the greatest first. */
  readonly rows: readonly SummaryRow[];
}

/** A rate over less than this would say more about the clock than about the bot. */
const LEAST_COVERED_MS = 1_000;
const MS_PER_MINUTE = 60_000;

interface Identity {
  id: string;
  cog: string;
  kind: TargetKindName | undefined;
  name: string;
}

/** One row a target. */
export function summariseTargets(
  targets: Iterable<Identity>,
  collected: ReadonlyMap<string, Collected>,
  toEpochMs: number,
): SummaryRow[] {
  return byImpact(
    [...targets].flatMap(({ id, cog, kind, name }) => {
      const found = collected.get(id);
      return found === undefined ? [] : [summarise({ id, cog, kind, name }, found, toEpochMs)];
    }),
  );
}

/** One row a cog: its targets' calls taken together. */
export function summariseCogs(
  targets: Iterable<Identity>,
  collected: ReadonlyMap<string, Collected>,
  toEpochMs: number,
): SummaryRow[] {
  const cogs = new Map<string, Collected>();
  for (const { id, cog } of targets) {
    const found = collected.get(id);
    if (found === undefined) continue;
    const { row, sinceEpochMs } = cogs.get(cog) ?? { row: new Row(), sinceEpochMs: found.sinceEpochMs };
    row.merge(found.row.seal());
    cogs.set(cog, { row, sinceEpochMs: Math.min(sinceEpochMs, found.sinceEpochMs) });
  }
  return byImpact(
    [...cogs].map(([cog, found]) =>
      summarise({ id: cog, cog, kind: undefined, name: cog }, found, toEpochMs),
    ),
  );
}

function summarise(identity: Identity, { row, sinceEpochMs }: Collected, toEpochMs: number): SummaryRow {
  const coveredMs = Math.max(LEAST_COVERED_MS, toEpochMs - sinceEpochMs);
  const callsPerMinute = (row.count / coveredMs) * MS_PER_MINUTE;
  const meanMs = row.sumMs / row.count;
  // Rounding can leave a tiny negative variance where all durations are alike.
  const deviationMs = Math.sqrt(Math.max(0, row.sumOfSquares / row.count - meanMs * meanMs));
  const [p50Ms, p95Ms, p99Ms] = row.quantilesMs([0.5, 0.95, 0.99]) as [number, number, number];
  return {
    ...identity,
    count: row.count,
    timed: row.timed,
    errors: row.errors,
    aborted: row.aborted,
    errorKinds: [...row.errorKinds].sort((a, b) => b[1] - a[1]),
    minMs: row.count === 0 ? Number.NaN : row.minMs,
    meanMs,
    p50Ms,
    p95Ms,
    p99Ms,
    maxMs: row.count === 0 ? Number.NaN : row.maxMs,
    deviationMs,
    totalMs: row.sumMs,
    coveredMs,
    callsPerMinute,
    impact: row.count === 0 ? 0 : callsPerMinute * (meanMs + deviationMs),
  };
}

function byImpact(rows: SummaryRow[]): SummaryRow[] {
  return rows.sort((a, b) => b.impact - a.impact || b.count - a.count || a.id.localeCompare(b.id));
}
