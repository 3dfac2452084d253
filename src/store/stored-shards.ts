import { ArchiveReader, type FoundBucket } from './archive-reader.ts';
import { Figures } from './figures.ts';
import type { Keeper } from './keeper.ts';
import { coverEvenly } from './levels.ts';
import type { Forgotten } from './settings.ts';
import type { StoreHealth } from './store-health.ts';
import { Timeline } from './timeline.ts';

/** What other shards have written to the store that this one writes to. */
export class StoredShards {
  readonly #keeper: Keeper;
  readonly #forgotten: Forgotten;
  readonly #health: StoreHealth;

  constructor(keeper: Keeper, forgotten: Forgotten, health: StoreHealth) {
    this.#keeper = keeper;
    this.#forgotten = forgotten;
    this.#health = health;
  }

  /** Of each of these shards what reads it; of none where this one keeps its figures in memory. */
  readers(shards: readonly number[]): [shard: number, reader: ArchiveReader][] {
    const archive = this.#keeper.archive;
    if (archive === undefined || !archive.backing.shared) return [];
    const { backing, shard: own } = archive;
    const getMany = (keys: readonly string[]) => backing.getMany(keys);
    return shards.map((shard) => [
      shard,
      new ArchiveReader({ ...own, shard }, getMany, this.#forgotten, this.#health.skipped),
    ]);
  }

  /** The figures of those that have written something. Never rejects. */
  figures(
    shards: readonly number[],
    fromOf: (targetId: string) => number,
    fromEpochMs: number,
  ): Promise<Map<number, Figures>> {
    return this.#read(shards, async (reader) => {
      const figures = new Figures();
      const add = (bucket: FoundBucket) => figures.add(bucket, fromOf);
      return (await reader.read(fromEpochMs, Date.now(), add)) ? figures : undefined;
    });
  }

  /** What one target did on those that have written something. Never rejects. */
  timelines(
    shards: readonly number[],
    targetId: string,
    fromEpochMs: number,
  ): Promise<Map<number, Timeline>> {
    return this.#read(shards, async (reader) => {
      const timeline = new Timeline(targetId);
      const add = (bucket: FoundBucket) => timeline.add(bucket);
      return (await reader.read(fromEpochMs, Date.now(), add, coverEvenly)) ? timeline : undefined;
    });
  }

  /** Reads one after the other, until that fails. */
  async #read<T>(
    shards: readonly number[],
    read: (reader: ArchiveReader) => Promise<T | undefined>,
  ): Promise<Map<number, T>> {
    const found = new Map<number, T>();
    try {
      for (const [shard, reader] of this.readers(shards)) {
        const what = await read(reader);
        if (what !== undefined) found.set(shard, what);
      }
    } catch (error) {
      this.#health.failed(error);
    }
    return found;
  }
}
