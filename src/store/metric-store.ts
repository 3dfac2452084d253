import { type CallSample, CallSamples } from './call-samples.ts';
import { LiveRows } from './live-rows.ts';
import { countErrorKind, Row, type SealedRow } from './row.ts';

const MINUTE_MS = 60_000;
/** Rows sealed in one go: some 0.2 ms. */
const SEALED_AT_ONCE = 100;
/** Of a sealed row, beside its histogram. */
const ROW_BYTES = 200;

/** One target's open books: the key to what is recorded of it. */
export class Books {
  readonly targetId: string;
  readonly openedAtEpochMs: number;
  /** Place in the flat arrays, or -1 once closed: calls that are still running then leave no trace. */
  index: number;
  /** Kinds of errors in the open minute; there once one came. */
  errorKinds: Map<string, number> | undefined;
  /** How many calls, on average, go untimed between two that are timed; 0 where each is timed. */
  gap = 0;
  /** Calls of the open minute that went untimed. */
  untimed = 0;
  #skip = 0;

  constructor(targetId: string, openedAtEpochMs: number, index: number) {
    this.targetId = targetId;
    this.openedAtEpochMs = openedAtEpochMs;
    this.index = index;
  }

  /** Counts a call that may go untimed, and tells whether it does. */
  goesUntimed(): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      this.untimed++;
      return true;
    }
    // Gaps of random length: of calls that come in a rhythm, equal ones would see one beat only.
    this.#skip = Math.round(Math.random() * 2 * this.gap);
    return false;
  }
}

/** The calls of one target in a window, and since when within it they were counted. */
export interface Collected {
  readonly row: Row;
  /** Unix ms: the later of the window's first minute and of the target's attachment. */
  readonly sinceEpochMs: number;
}

const NO_ERRORS: ReadonlyMap<string, number> = new Map();

/**
 * Minute buckets in memory, bounded by the retention: a bucket whose minute is over is dropped whole, in time that
 * does not depend on how much it holds. Targets that were not called leave no row.
 *
 * When a minute turns, each row is sealed by the next call to its target, or by `sealSome`, a few at a time: so
 * the turn does not hold the loop, however many targets there are.
 */
export class MetricStore {
  /** How long a minute is kept, in ms. */
  retentionMs: number;
  readonly #live = new LiveRows();
  readonly #samples = new CallSamples();
  readonly #books = new Map<string, Books>();
  readonly #byIndex: (Books | undefined)[] = [];
  /** By minute since 1970. */
  readonly #buckets = new Map<number, Map<string, SealedRow>>();
  #minute = 0;
  #sealedUpTo = 0;

  constructor(retentionMs: number) {
    this.retentionMs = retentionMs;
  }

  /** Begins the minute that `nowEpochMs` falls into, and forgets those whose time is over. */
  turnTo(nowEpochMs: number): void {
    this.#minute = Math.floor(nowEpochMs / MINUTE_MS);
    this.#sealedUpTo = 0;
    this.#dropExpired(nowEpochMs);
  }

  /** The end of the present minute, in Unix ms. */
  get minuteEndEpochMs(): number {
    return (this.#minute + 1) * MINUTE_MS;
  }

  /**
   * Starts or continues the books of a target.
   * @param thresholdMs calls that take less are counted, but not kept as samples
   */
  open(targetId: string, nowEpochMs: number, thresholdMs = 0): Books {
    const known = this.#books.get(targetId);
    if (known !== undefined) {
      this.#samples.setThreshold(known.index, thresholdMs);
      return known;
    }
    const free = this.#byIndex.indexOf(undefined);
    const books = new Books(targetId, nowEpochMs, free === -1 ? this.#byIndex.length : free);
    this.#live.reserve(books.index + 1);
    this.#samples.reserve(books.index + 1);
    this.#live.clear(books.index, this.#minute);
    this.#samples.clear(books.index);
    this.#samples.setThreshold(books.index, thresholdMs);
    this.#byIndex[books.index] = books;
    this.#books.set(targetId, books);
    return books;
  }

  /** Closes the books of a target, and removes all that was recorded of it. */
  forget(targetId: string): void {
    const books = this.#books.get(targetId);
    if (books === undefined) return;
    this.#live.clear(books.index, this.#minute);
    this.#byIndex[books.index] = undefined;
    books.index = -1;
    this.#books.delete(targetId);
    for (const rows of this.#buckets.values()) rows.delete(targetId);
  }

  get isEmpty(): boolean {
    return this.#books.size === 0;
  }

  /** Each target's open books, with the calls of the open minute that were timed. */
  *loads(): Iterable<{ books: Books; timed: number }> {
    for (const books of this.#books.values()) yield { books, timed: this.#live.countOf(books.index) };
  }

  /** Counts one call of the present minute; `index` is that of open books. On the hot path. */
  add(index: number, startedAtEpochMs: number, durationNs: number, outcome: number): void {
    if (this.#live.minuteOf(index) !== this.#minute) this.#seal(index);
    this.#samples.add(index, startedAtEpochMs, durationNs, outcome);
    if (this.#live.add(index, durationNs, outcome)) this.#seal(index);
  }

  /** Notes the kind of an error that was counted in the present minute. */
  addErrorKind(books: Books, kind: string): void {
    books.errorKinds ??= new Map();
    countErrorKind(books.errorKinds, kind);
  }

  /** Seals some of the rows of past minutes. To be called now and then. */
  sealSome(): void {
    const end = Math.min(this.#sealedUpTo + SEALED_AT_ONCE, this.#byIndex.length);
    for (; this.#sealedUpTo < end; this.#sealedUpTo++) {
      if (this.#byIndex[this.#sealedUpTo] === undefined) continue;
      if (this.#live.minuteOf(this.#sealedUpTo) !== this.#minute) this.#seal(this.#sealedUpTo);
    }
  }

  /**
   * What was recorded of each open target from `fromEpochMs` on, in whole minutes: the one that `fromEpochMs`
   * falls into counts too. Targets without a call are there with an empty row.
   */
  collect(fromEpochMs: number, nowEpochMs: number): Map<string, Collected> {
    this.#dropExpired(nowEpochMs);
    const firstMinute = Math.floor(Math.max(fromEpochMs, nowEpochMs - this.retentionMs) / MINUTE_MS);
    const collected = new Map<string, Collected>();
    for (const books of this.#books.values()) {
      const { targetId, openedAtEpochMs, index } = books;
      const row = new Row();
      if (this.#live.countOf(index) > 0 && this.#live.minuteOf(index) >= firstMinute) {
        row.merge(this.#read(books));
      }
      collected.set(targetId, { row, sinceEpochMs: Math.max(firstMinute * MINUTE_MS, openedAtEpochMs) });
    }
    for (const [minute, rows] of this.#buckets) {
      if (minute < firstMinute) continue;
      for (const [targetId, row] of rows) collected.get(targetId)?.row.merge(row);
    }
    return collected;
  }

  /** The latest and the slowest calls of a target; undefined where its books are not open. */
  samples(targetId: string): { latest: CallSample[]; slowest: CallSample[] } | undefined {
    const index = this.#books.get(targetId)?.index;
    if (index === undefined) return undefined;
    return { latest: this.#samples.latest(index), slowest: this.#samples.slowest(index) };
  }

  /** Estimated bytes of all that is held. */
  get sizeBytes(): number {
    let bytes = this.#live.sizeBytes + this.#samples.sizeBytes;
    for (const rows of this.#buckets.values()) {
      for (const { histogram } of rows.values()) bytes += ROW_BYTES + histogram.byteLength;
    }
    return bytes;
  }

  #seal(index: number): void {
    const books = this.#byIndex[index]!;
    const minute = this.#live.minuteOf(index);
    if (this.#live.countOf(index) > 0) {
      const row = this.#read(books);
      books.untimed = 0;
      let rows = this.#buckets.get(minute);
      if (rows === undefined) this.#buckets.set(minute, (rows = new Map()));
      const former = rows.get(books.targetId);
      // Where the clock was set back, or a row was full, a minute comes twice.
      rows.set(books.targetId, former === undefined ? row : sum(former, row));
    }
    books.errorKinds = undefined;
    this.#live.clear(index, this.#minute);
  }

  /** The open row. What was not timed is taken to be like what was: the row says how much of it was. */
  #read({ index, errorKinds, untimed }: Books): SealedRow {
    const timed = this.#live.countOf(index);
    return this.#live.read(index, errorKinds ?? NO_ERRORS, (timed + untimed) / timed);
  }

  #dropExpired(nowEpochMs: number): void {
    const oldest = Math.floor((nowEpochMs - this.retentionMs) / MINUTE_MS);
    for (const minute of this.#buckets.keys()) if (minute < oldest) this.#buckets.delete(minute);
  }
}

function sum(...rows: readonly SealedRow[]): SealedRow {
  const total = new Row();
  for (const row of rows) total.merge(row);
  return total.seal();
}
