import type { ShardPing } from '../shards/pings.ts';
import { type InFlightCall, type InFlightHere, type InFlightTarget, worseFirst } from './calls.ts';

/** What one process answers to the others. */
export interface SentInFlight extends InFlightHere {
  readonly pings: readonly ShardPing[];
}

/** All calls of tracked functions that have not settled, of all shards that answered. */
export interface InFlight {
  readonly atEpochMs: number;
  readonly count: number;
  readonly stuck: number;
  /** Those with stuck calls first, then those with the oldest; of each process at most 500. */
  readonly targets: readonly InFlightTarget[];
  /** The stuck ones first, then the oldest; of each target and process at most 20. */
  readonly calls: readonly InFlightCall[];
  readonly pings: readonly ShardPing[];
  readonly missingShards: readonly number[];
}

/** Puts together what several processes know. */
export function inFlightOf(
  sent: readonly SentInFlight[],
  limit: number,
): Omit<InFlight, 'atEpochMs' | 'missingShards'> {
  const targets = Map.groupBy(
    sent.flatMap((one) => one.targets),
    ({ targetId }) => targetId,
  );
  return {
    count: sum(sent, ({ count }) => count),
    stuck: sum(sent, ({ stuck }) => stuck),
    targets: [...targets.values()].map(together).sort(worseFirst),
    calls: sent
      .flatMap(({ calls }) => calls)
      .sort((a, b) => Number(b.isStuck) - Number(a.isStuck) || b.ageMs - a.ageMs)
      .slice(0, limit),
    pings: sent.flatMap(({ pings }) => pings).sort((a, b) => a.shard - b.shard),
  };
}

function together(own: readonly InFlightTarget[]): InFlightTarget {
  return {
    targetId: own[0]!.targetId,
    count: sum(own, ({ count }) => count),
    stuck: sum(own, ({ stuck }) => stuck),
    oldestMs: Math.max(...own.map(({ oldestMs }) => oldestMs)),
    isPartial: own.some(({ isPartial }) => isPartial),
    waits: own.flatMap(({ waits }) => waits),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
