import type { TargetKindName } from '../cog/target.ts';
import type { Figures } from './figures.ts';
import { type HeaviestByOrigin, heaviestIn } from './heaviest/summary.ts';
import { NS_PER_MS, type Row } from './row.ts';
import { inSlices } from './slices.ts';

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
  /**
   * Whose calls took the most time, by guild, channel and user, at most eight of each, the heaviest first: of those
   * that the option `heavyHitters` names, or named when the calls were counted. Whoever has more than an eighth of the
   * time is among them.
   */
  readonly heaviest: HeaviestByOrigin;
}

export interface Summary {
  /** The window asked for begins here, in Unix ms; single rows may be covered from later on. */
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** By impact, the greatest first. */
  readonly rows: readonly SummaryRow[];
  /** Shards of the bot that should have answered, and did not: their calls are missing. */
  readonly missingShards: readonly number[];
  /** Why a part of the figures could not be read, as a sentence; undefined where all could. */
  readonly problem?: string | undefined;
}

/** What a summary has a row for. */
export type Grouping = 'target' | 'cog' | 'shard';

/** A rate over less than this would say more about the clock than about the bot. */
const LEAST_COVERED_MS = 1_000;
const MS_PER_MINUTE = 60_000;

interface Identity {
  readonly id: string;
  readonly cog: string;
  readonly kind: TargetKindName | undefined;
  readonly name: string;
}

/** What was counted of a target, a cog or a shard. */
interface Collected {
  readonly identity: Identity;
  readonly row: Row;
  coveredMs: number;
  callsPerMinute: number;
}

/**
 * @param shards the figures of each shard; they are used up
 * @param fromOf from when on the calls of a target count, in Unix ms
 * @param identityOf what is known of a target
 */
export async function summarise(
  by: Grouping,
  shards: ReadonlyMap<number, Figures>,
  fromOf: (targetId: string) => number,
  identityOf: (targetId: string) => Identity,
): Promise<SummaryRow[]> {
  const breathe = inSlices();
  const totals = new Map<string, Collected>();
  for (const [shard, figures] of shards) {
    const ofShard = await collect(figures, fromOf, (id) => IDENTITIES[by](identityOf(id), shard), breathe);
    for (const found of ofShard.values()) {
      const { identity, row, coveredMs } = found;
      found.callsPerMinute = (row.count / Math.max(LEAST_COVERED_MS, coveredMs)) * MS_PER_MINUTE;
      const total = totals.get(identity.id);
      if (total === undefined) {
        totals.set(identity.id, found);
        continue;
      }
      total.row.add(row);
      // Shards run side by side: their rates add up, the time does not.
      total.coveredMs = Math.max(total.coveredMs, coveredMs);
      total.callsPerMinute += found.callsPerMinute;
    }
  }
  const rows: SummaryRow[] = [];
  for (const total of totals.values()) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    rows.push(rowOf(total));
  }
  return byImpact(rows);
}

/** The calls of one shard. */
async function collect(
  figures: Figures,
  fromOf: (targetId: string) => number,
  identityOf: (targetId: string) => Identity,
  breathe: () => Promise<void> | undefined,
): Promise<Map<string, Collected>> {
  const collected = new Map<string, Collected>();
  // Most targets begin together.
  const coveredMs = new Map<string, number>();
  for (const [id, row] of figures.rows) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    const from = fromOf(id);
    const key = `${from} ${row.sinceEpochMs}`;
    if (!coveredMs.has(key)) coveredMs.set(key, figures.coveredMs(from, row.sinceEpochMs));
    const ownMs = coveredMs.get(key)!;
    const identity = identityOf(id);
    const total = collected.get(identity.id);
    if (total === undefined) {
      collected.set(identity.id, { identity, row, coveredMs: ownMs, callsPerMinute: 0 });
    } else {
      total.row.add(row);
      total.coveredMs = Math.max(total.coveredMs, ownMs);
    }
  }
  return collected;
}

/** Whose row the calls of a target on a shard go to; one entry a grouping. */
const IDENTITIES: Readonly<Record<Grouping, (target: Identity, shard: number) => Identity>> = {
  target: (target) => target,
  cog: ({ cog }) => ({ id: cog, cog, kind: undefined, name: cog }),
  shard: (_, shard) => ({
    id: `shard ${shard}`,
    cog: `shard ${shard}`,
    kind: undefined,
    name: `shard ${shard}`,
  }),
};

function rowOf({ identity, row, coveredMs, callsPerMinute }: Collected): SummaryRow {
  const { id, cog, kind, name } = identity;
  const totalMs = row.sumNs / NS_PER_MS;
  const meanMs = totalMs / row.count;
  // Rounding can leave a tiny negative variance where all durations are alike.
  const deviationMs = Math.sqrt(Math.max(0, row.sumOfSquaresMs2 / row.count - meanMs * meanMs));
  const [p50Ms, p95Ms, p99Ms] = row.quantilesMs([0.5, 0.95, 0.99]) as [number, number, number];
  return {
    id,
    cog,
    kind,
    name,
    count: row.count,
    timed: row.timed,
    errors: row.errors,
    aborted: row.aborted,
    errorKinds: [...row.errorKinds].sort((a, b) => b[1] - a[1]),
    minMs: row.count === 0 ? Number.NaN : row.minNs / NS_PER_MS,
    meanMs,
    p50Ms,
    p95Ms,
    p99Ms,
    maxMs: row.count === 0 ? Number.NaN : row.maxNs / NS_PER_MS,
    deviationMs,
    totalMs,
    coveredMs: Math.max(LEAST_COVERED_MS, coveredMs),
    callsPerMinute,
    impact: row.count === 0 ? 0 : callsPerMinute * (meanMs + deviationMs),
    heaviest: heaviestIn(row),
  };
}

function byImpact(rows: SummaryRow[]): SummaryRow[] {
  return rows.sort((a, b) => b.impact - a.impact || b.count - a.count || a.id.localeCompare(b.id));
}
