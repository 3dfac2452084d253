import { batches, type GetMany, keyOfSpan, type Shard } from './archive-keys.ts';
import { type Covering, readState, spansIn } from './archive-state.ts';
import { decodeBucket, UnreadableValueError } from './bucket.ts';
import { cover, type Span } from './levels.ts';
import type { Remainder, SealedRow } from './row.ts';
import type { Forgotten, Purged } from './settings.ts';

/** What is forgotten, of what is still in the values. */
export type Forgettings = Pick<Forgotten, 'remainderOf' | 'due'>;

export const NOTHING_FORGOTTEN: Forgettings = { remainderOf: () => (_, row) => row, due: () => undefined };

export type Skipped = (error: UnreadableValueError) => void;

/** What was found of a bucket. */
export interface FoundBucket {
  readonly span: Span;
  readonly coveredMs: number;
  readonly rows: Iterable<[id: string, row: SealedRow]>;
}

/** Called for each bucket; throws nothing. */
export type Visit = (bucket: FoundBucket) => void | Promise<void>;

/** Reads what a shard has archived. */
export class ArchiveReader {
  readonly #shard: Shard;
  readonly #getMany: GetMany;
  readonly #forgotten: Forgettings;
  readonly #skipped: Skipped | undefined;

  /** @param skipped told of each value that was there and could not be read */
  constructor(shard: Shard, getMany: GetMany, forgotten: Forgettings, skipped?: Skipped) {
    this.#shard = shard;
    this.#getMany = getMany;
    this.#forgotten = forgotten;
    this.#skipped = skipped;
  }

  /**
   * Visits the buckets that a window covers. Rejects with a StoreError.
   * @returns whether there is an archive
   */
  async read(
    fromEpochMs: number,
    toEpochMs: number,
    visit: Visit,
    covering: Covering = cover,
  ): Promise<boolean> {
    const state = await readState(this.#getMany, this.#shard);
    if (state !== undefined) await this.visit(spansIn(state, fromEpochMs, toEpochMs, covering), state, visit);
    return state !== undefined;
  }

  /** Visits all there is, each moment once. Rejects with a StoreError. */
  readAll(nowEpochMs: number, visit: Visit): Promise<unknown> {
    return this.read(0, nowEpochMs, visit);
  }

  /** Visits buckets, without what is forgotten of them. */
  async visit(spans: readonly Span[], purged: Purged, visit: Visit): Promise<void> {
    const remainder = this.#forgotten.remainderOf(purged);
    for (const batch of batches(spans)) {
      const values = await this.#getMany(batch.map((span) => keyOfSpan(this.#shard, span)));
      // The next one is unpacked, in a thread of its own, while this one is gone through.
      let next = decodeIfAny(values[0]);
      for (const [at, span] of batch.entries()) {
        const decoding = next;
        next = decodeIfAny(values[at + 1]);
        try {
          const bucket = await decoding;
          if (bucket === undefined) continue;
          const { coveredMs, rows } = bucket;
          await visit({ span, coveredMs, rows: remaining(rows, remainder) });
        } catch (error) {
          if (!(error instanceof UnreadableValueError)) throw error;
          this.#skipped?.(error);
        }
      }
    }
  }
}

function* remaining(rows: FoundBucket['rows'], remainder: Remainder): FoundBucket['rows'] {
  for (const [id, row] of rows) {
    const left = remainder(id, row);
    if (left !== undefined) yield [id, left];
  }
}

/** Where it rejects, that is for whoever awaits it: before, it is no unhandled rejection. */
function decodeIfAny(value: string | undefined): ReturnType<typeof decodeBucket> | undefined {
  const decoding = value === undefined ? undefined : decodeBucket(value);
  decoding?.catch(() => undefined);
  return decoding;
}
