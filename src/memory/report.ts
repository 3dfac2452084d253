import type { ChildUsage } from './children.ts';
import type { MemoryThread } from './threads.ts';
import type { MemorySample } from './trend.ts';
import type { MemoryUsage } from './usage.ts';

/** What one process says of its memory. */
export interface SentMemory {
  readonly usage: MemoryUsage;
  /** Its worker threads, as far as they were started after the profiler was made. */
  readonly threads: readonly MemoryThread[];
  /** The processes that it has started since then, and that run. */
  readonly children: readonly ChildUsage[];
  /** Oldest first. */
  readonly trend: readonly MemorySample[];
}

export interface ShardMemory extends SentMemory {
  /** The shard that stands for the process. */
  readonly shard: number;
}

/** The memory of the bot's processes. */
export interface MemoryReport {
  readonly atEpochMs: number;
  /** This process. */
  readonly own: ShardMemory;
  /** All processes that answered, this one among them, by shard. */
  readonly shards: readonly ShardMemory[];
  /** Shards that did not answer. */
  readonly missingShards: readonly number[];
}

export function memoryReport(
  shard: number,
  sent: SentMemory,
  others: ReadonlyMap<number, SentMemory | undefined>,
): MemoryReport {
  const own = { shard, ...sent };
  const answers = [...others].flatMap(([id, answer]) =>
    answer === undefined || id === shard ? [] : [{ shard: id, ...answer }],
  );
  return {
    atEpochMs: Date.now(),
    own,
    shards: [own, ...answers].sort((a, b) => a.shard - b.shard),
    missingShards: [...others].flatMap(([id, answer]) => (answer === undefined ? [id] : [])),
  };
}
