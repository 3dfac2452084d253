import { CallSamples } from './call-samples.ts';
import { Row, type SealedRow } from './row.ts';

export const BUCKET_MS = 60_000;

/** Rows encoded in one go: some 0.5 ms, so that the turn of a minute does not hold the loop. */
const SEALED_AT_ONCE = 50;

/** One target's open books: what the recorder writes to. */
export class Books {
  readonly targetId: string;
  readonly openedAtEpochMs: number;
  readonly samples = new CallSamples();
  row = new Row();
  /** Place in the recorder's list, or -1 once closed: calls still running then leave no trace. */
  index = -1;

  constructor(targetId: string, openedAtEpochMs: number) {
    this.targetId = targetId;
    this.openedAtEpochMs = openedAtEpochMs;
  }
}

interface Bucket {
  readonly startEpochMs: number;
  readonly rows: Map<string, Row | SealedRow>;
}

/** The calls of one target in a window, and since when within it they were counted. */
export interface Collected {
  readonly row: Row;
  /** Unix ms: the later of the window's first bucket and of the target's attachment. */
  readonly sinceEpochMs: number;
}

/**
 * Minute buckets in memory, bounded by the retention: a bucket whose minute is over is dropped whole, in time
 * that does not depend on how much it holds. Targets that were not called leave no row.
 */
export class MetricStore {
  /** How long a minute is kept, in ms. */
  retentionMs: number;
  readonly #books = new Map<string, Books>();
  /** Oldest first. */
  #buckets: Bucket[] = [];
  #unsealed: { bucket: Bucket; targetId: string; row: Row }[] = [];
  #minuteStartEpochMs = Number.NEGATIVE_INFINITY;

  constructor(retentionMs: number) {
    this.retentionMs = retentionMs;
  }

  /** The end of the minute that the open rows belong to, in Unix ms. */
  get minuteEndEpochMs(): number {
    return this.#minuteStartEpochMs + BUCKET_MS;
  }

  open(targetId: string, nowEpochMs: number): Books {
    let books = this.#books.get(targetId);
    if (books === undefined) {
      books = new Books(targetId, nowEpochMs);
      this.#books.set(targetId, books);
    }
    return books;
  }

  books(targetId: string): Books | undefined {
    return this.#books.get(targetId);
  }

  /** Removes all that was recorded of a target. */
  forget(targetId: string): void {
    this.#books.delete(targetId);
    this.#unsealed = this.#unsealed.filter((waiting) => waiting.targetId !== targetId);
    for (const bucket of this.#buckets) bucket.rows.delete(targetId);
  }

  /** Puts the rows of the minute that is over into its bucket and begins the minute of `nowEpochMs`. */
  rollOver(nowEpochMs: number): void {
    const bucket: Bucket = { startEpochMs: this.#minuteStartEpochMs, rows: new Map() };
    for (const books of this.#books.values()) {
      const { targetId, row } = books;
      if (row.count === 0) continue;
      bucket.rows.set(targetId, row);
      this.#unsealed.push({ bucket, targetId, row });
      books.row = new Row();
    }
    if (bucket.rows.size > 0) this.#buckets.push(bucket);
    this.#minuteStartEpochMs = nowEpochMs - (nowEpochMs % BUCKET_MS);
    this.#dropExpired(nowEpochMs);
  }

  /** Encodes some of the rows of past minutes; returns how many still wait. */
  sealSome(): number {
    for (const { bucket, targetId, row } of this.#unsealed.splice(0, SEALED_AT_ONCE)) {
      bucket.rows.set(targetId, row.seal());
    }
    return this.#unsealed.length;
  }

  /**
   * What was recorded of each open target from `fromEpochMs` on, in whole minutes: the bucket that
   * `fromEpochMs` falls into counts too. Targets without a call are there with an empty row.
   */
  collect(fromEpochMs: number, nowEpochMs: number): Map<string, Collected> {
    this.#dropExpired(nowEpochMs);
    const firstMinuteEpochMs = Math.max(fromEpochMs, nowEpochMs - this.retentionMs);
    const windowStartEpochMs = firstMinuteEpochMs - (firstMinuteEpochMs % BUCKET_MS);
    const collected = new Map<string, Collected>();
    for (const { targetId, openedAtEpochMs, row: open } of this.#books.values()) {
      const row = new Row();
      row.merge(open);
      collected.set(targetId, { row, sinceEpochMs: Math.max(windowStartEpochMs, openedAtEpochMs) });
    }
    for (const bucket of this.#buckets) {
      if (bucket.startEpochMs < windowStartEpochMs) continue;
      for (const [targetId, row] of bucket.rows) collected.get(targetId)?.row.merge(row);
    }
    return collected;
  }

  /** Estimated bytes of all that is held: open rows and samples by their fixed size, buckets as encoded. */
  sizeBytes(): number {
    let bytes = this.#books.size * 2_800;
    for (const bucket of this.#buckets) {
      for (const row of bucket.rows.values()) {
        bytes += 'encode' in row.histogram ? 2_000 : 200 + row.histogram.byteLength;
      }
    }
    return bytes;
  }

  #dropExpired(nowEpochMs: number): void {
    const oldest = nowEpochMs - this.retentionMs - BUCKET_MS;
    const expired = this.#buckets.findIndex((bucket) => bucket.startEpochMs > oldest);
    if (expired === 0 || this.#buckets.length === 0) return;
    const dropped = this.#buckets.splice(0, expired === -1 ? this.#buckets.length : expired);
    if (this.#unsealed.length > 0) {
      this.#unsealed = this.#unsealed.filter((waiting) => !dropped.includes(waiting.bucket));
    }
  }
}
