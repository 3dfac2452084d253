import type { TargetKindName } from '../cog/target.ts';
import type { Quantiles } from '../store/durations.ts';
import type { AckFigures, Counts, Miss } from './figures.ts';
import type { AckRows } from './ledger.ts';
import { longestPhase, PHASES, type Phase } from './phases.ts';

/** How the interactions of one command were acknowledged, on all shards. */
export interface DeadlineRow extends Counts {
  readonly kind: TargetKindName;
  /** With its subcommand; of a custom id what does not vary. */
  readonly name: string;
  /** From the making of the interaction to the response to its acknowledgement. */
  readonly whole: Quantiles;
  readonly phases: Readonly<Record<Phase, Quantiles>>;
  /** All that were not acknowledged in time: late, unanswered and failed. */
  readonly misses: number;
  /** Misses by what took the most of each. */
  readonly missesBy: Readonly<Record<Phase, number>>;
  /** What took the most of near misses and misses, and which share of them; undefined where there are none. */
  readonly blamed: { readonly phase: Phase; readonly share: number } | undefined;
  /**
   * Who held the loop while those waited for it: the most first, with the share of that wait. What is missing of 1
   * nobody is known for.
   */
  readonly blockedBy: readonly { readonly targetId: string; readonly ms: number; readonly share: number }[];
  /** The 8 latest, newest first. */
  readonly latestMisses: readonly Miss[];
}

export interface Deadlines {
  /** From when on interactions count, in Unix ms. */
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** Those that missed the deadline most often first, then the slowest. */
  readonly rows: readonly DeadlineRow[];
  /** Shards that did not answer: what is known of this is only in their memory. */
  readonly missingShards: readonly number[];
}

export function deadlineRows(rows: AckRows): DeadlineRow[] {
  return rows.values().map(rowOf).sort(byRisk);
}

function byRisk(a: DeadlineRow, b: DeadlineRow): number {
  const slowness = ({ whole }: DeadlineRow) => whole.p95Ms || 0;
  return b.misses - a.misses || b.nearMisses - a.nearMisses || slowness(b) - slowness(a);
}

function rowOf(figures: AckFigures): DeadlineRow {
  const { path, counts, missesBy, slowMs, durations } = figures;
  const slowSumMs = slowMs.reduce((sum, ms) => sum + ms, 0);
  return {
    ...path,
    ...counts,
    whole: durations[PHASES.length]!.quantiles(),
    phases: byPhase((at) => durations[at]!.quantiles()),
    misses: counts.late + counts.unanswered + counts.failed,
    missesBy: byPhase((at) => missesBy[at]!),
    blamed:
      slowSumMs === 0 ? undefined : { phase: longestPhase(slowMs), share: Math.max(...slowMs) / slowSumMs },
    blockedBy: [...figures.blockedByMs]
      .map(([targetId, ms]) => ({ targetId, ms, share: ms / slowMs[PHASES.indexOf('loop')]! }))
      .sort((a, b) => b.ms - a.ms),
    latestMisses: figures.misses,
  };
}

function byPhase<Value>(of: (at: number) => Value): Record<Phase, Value> {
  return Object.fromEntries(PHASES.map((phase, at) => [phase, of(at)])) as Record<Phase, Value>;
}
