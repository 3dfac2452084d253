import { batches, keyOfSpan, type Shard } from './archive-keys.ts';
import {
  ArchiveReader,
  type Forgettings,
  NOTHING_FORGOTTEN,
  type Skipped,
  type Visit,
} from './archive-reader.ts';
import {
  allSpans,
  type Covering,
  including,
  isBegun,
  readState,
  type State,
  spansIn,
  spansOf,
  spansToCome,
} from './archive-state.ts';
import type { Backing } from './backing.ts';
import { type Bucket, encodeBucket } from './bucket.ts';
import { KnownState } from './known-state.ts';
import {
  COARSE_LEVELS,
  type Complete,
  cover,
  endOf,
  keptFrom,
  LEVELS,
  type Level,
  type LevelName,
  type Span,
  startOf,
} from './levels.ts';
import type { Remainder, SealedRow } from './row.ts';
import { inSlices } from './slices.ts';
import { Total } from './total.ts';
import { WriteBehind } from './write-behind.ts';

const [MINUTE, HOUR] = LEVELS;

export interface ArchiveOptions {
  readonly retentionMs: number;
  readonly forgotten: Forgettings;
  /** Told of each value that was there and could not be read, each time. */
  readonly skipped?: Skipped;
}

/** The values of one level: how many, and of how many characters, a byte each. */
export interface LevelSize {
  readonly level: LevelName;
  readonly values: number;
  readonly chars: number;
}

/**
 * What one shard counted, in a store: a value a bucket, under keys that follow from the time. Nothing is searched,
 * and there is no list that could grow.
 *
 * Everything is written behind: nothing here waits for the store to take something, and what it has not taken yet is
 * read from memory. Only `drain` writes.
 */
export class Archive {
  readonly shard: Shard;
  readonly #reader: ArchiveReader;
  readonly #forgotten: Forgettings;
  readonly #values: WriteBehind;
  readonly #state: KnownState;
  #retentionMs: number;

  private constructor(
    backing: Backing,
    shard: Shard,
    found: State | undefined,
    { retentionMs, forgotten, skipped }: ArchiveOptions,
  ) {
    this.shard = shard;
    this.#values = new WriteBehind(backing);
    this.#state = new KnownState(this.#values, shard, found);
    this.#retentionMs = retentionMs;
    this.#forgotten = forgotten;
    this.#reader = new ArchiveReader(shard, (keys) => this.#values.getMany(keys), forgotten, skipped);
  }

  /**
   * Opens what the shard has archived before, or nothing yet.
   * @throws StoreError
   */
  static async open(backing: Backing, shard: Shard, options: ArchiveOptions): Promise<Archive> {
    const found = await readState((keys) => backing.getMany(keys), shard);
    return new Archive(backing, shard, found, options);
  }

  /**
   * Takes out of the values of a shard what has been forgotten, for a process that does not run: its state stays as it
   * is, so that it may go on. Rejects with a StoreError.
   */
  static async purgeFor(backing: Backing, shard: Shard, options: ArchiveOptions): Promise<void> {
    const archive = await Archive.open(backing, shard, options);
    await archive.purge();
    await archive.#writeValues();
  }

  get backing(): Backing {
    return this.#values.backing;
  }

  /** Up to which bucket each level is complete. */
  get complete(): Complete {
    return this.#state.present.complete;
  }

  /** How many values wait to be written. */
  get pending(): number {
    return this.#values.size;
  }

  /**
   * Visits the buckets that a window covers. Rejects with a StoreError.
   * @param isSkipped what is known from elsewhere
   */
  async read(
    fromEpochMs: number,
    toEpochMs: number,
    visit: Visit,
    isSkipped: (span: Span) => boolean = () => false,
    covering: Covering = cover,
  ): Promise<void> {
    const spans = spansIn(this.#state.present, fromEpochMs, toEpochMs, covering);
    const wanted = spans.filter((span) => !isSkipped(span));
    await this.#reader.visit(wanted, this.#state.present, visit);
  }

  /** Visits all there is, each moment once. Rejects with a StoreError. */
  readAll(nowEpochMs: number, visit: Visit): Promise<unknown> {
    return this.read(0, Math.max(nowEpochMs, this.complete.minute * MINUTE.ms - 1), visit);
  }

  /** What is archived of one span of time, without what has been forgotten since. Rejects with a StoreError. */
  async get(span: Span): Promise<Bucket | undefined> {
    const total = await this.#totalOf([span]);
    return total.isEmpty ? undefined : total.seal(span);
  }

  /** Whether a minute is in an hour that has been put together already: what comes late is added with `add`. */
  isLate(minute: number): boolean {
    return minute * MINUTE.ms < this.complete[HOUR.name] * HOUR.ms;
  }

  /** Puts a minute in the place of what is there of it. */
  async put(minute: number, bucket: Bucket): Promise<void> {
    this.#include(minute);
    await this.#put({ level: MINUTE, index: minute }, bucket);
  }

  /** Where something of a span is to be added: what is not put together yet will be made of its minutes. */
  placeOf(span: Span): Span {
    const isPutTogether = span.level === MINUTE || span.index < this.complete[span.level.name];
    return isPutTogether ? span : { level: MINUTE, index: Math.floor(startOf(span) / MINUTE.ms) };
  }

  /** Adds to what is there of a place, and to the coarser buckets made of it. Rejects with a StoreError. */
  async add(place: Span, bucket: Bucket): Promise<void> {
    this.#include(Math.floor(startOf(place) / MINUTE.ms));
    const sums: [Span, Bucket][] = [];
    for (const level of LEVELS.slice(LEVELS.findIndex(({ name }) => name === place.level.name))) {
      const span: Span = { level, index: Math.floor(startOf(place) / level.ms) };
      if (span.level.name !== place.level.name && span.index >= this.complete[level.name]) continue;
      const first = Math.max(keptFrom(level, this.complete), this.#state.present.removed[level.name]);
      if (span.index < first) continue;
      const total = await this.#totalOf([span]);
      await total.add(bucket);
      sums.push([span, total.seal(span)]);
    }
    // All has been read by now: what fails halfway would be added twice.
    for (const [span, sum] of sums) await this.#put(span, sum);
  }

  /** What is left of rows that were read before something was forgotten; undefined where nothing has been since. */
  get remainder(): Remainder | undefined {
    if (this.#forgotten.due(this.#state.present) === undefined) return undefined;
    return this.#forgotten.remainderOf(this.#state.present);
  }

  /** Whether all that is forgotten has been taken out of the values, and the store has taken them. */
  get isPurged(): boolean {
    return this.#forgotten.due(this.#isBegun ? this.#state.written : this.#state.present) === undefined;
  }

  /** Takes out of the values what has been forgotten. Rejects with a StoreError; it is then done the next time. */
  async purge(): Promise<void> {
    const due = this.#forgotten.due(this.#state.present);
    if (due === undefined) return;
    const remainder = this.#forgotten.remainderOf(this.#state.present);
    const reader = new ArchiveReader(this.shard, (keys) => this.#values.getMany(keys), NOTHING_FORGOTTEN);
    const { present } = this.#state;
    await reader.visit(
      [...allSpans(present), ...spansToCome(present, Date.now())],
      present,
      async ({ span, coveredMs, rows }) => {
        let isLess = false;
        const kept = new Map<string, SealedRow>();
        for (const [id, row] of rows) {
          const left = remainder(id, row);
          if (left !== row) isLess = true;
          if (left !== undefined) kept.set(id, left);
        }
        if (isLess) await this.#put(span, { coveredMs, rows: kept });
      },
    );
    this.#state.change(due);
  }

  /**
   * Puts hours and days together once they are over, and removes what is not needed any more.
   * @param beforeMinute the minutes before this one do not change any more
   * @throws StoreError; what was not done is done the next time
   */
  async rollUp(beforeMinute: number, nowEpochMs: number): Promise<void> {
    for (const [at, level] of COARSE_LEVELS.entries()) {
      const finer: Level = LEVELS[at]!;
      const finerComplete = at === 0 ? beforeMinute : this.complete[finer.name];
      const parts = level.ms / finer.ms;
      while (this.#isBegun && (this.complete[level.name] + 1) * parts <= finerComplete) {
        const index = this.complete[level.name];
        await this.#combine({ level, index }, finer, parts);
        this.#state.change({ complete: { ...this.complete, [level.name]: index + 1 } });
        this.#remove(finer, keptFrom(finer, this.complete));
      }
    }
    this.#removeExpired(nowEpochMs);
  }

  /** From now on things are kept for so long. Rejects with a StoreError. */
  async setRetention(retentionMs: number, nowEpochMs: number): Promise<void> {
    const isLonger = retentionMs > this.#retentionMs;
    this.#retentionMs = retentionMs;
    if (!isLonger) {
      this.#removeExpired(nowEpochMs);
      return;
    }
    // What is in the store would still expire as it was said when it was written.
    await this.#forEachValue((span, value) => this.#set(span, value));
  }

  /** Writes what is pending. Rejects with a StoreError, or a SupersededError; the rest stays pending. */
  async drain(): Promise<void> {
    if (this.isDrained) return;
    if (this.backing.shared) await this.#state.mustBeLatest();
    // A process may end at any point. So the store hears first that there are more minutes, and only when all is
    // written that there are more hours and days, and that something was taken out: what those are made of counts
    // until then. What is to be removed counts as there until it is not: nobody else would remove it.
    const { written } = this.#state;
    const { since, run, complete } = this.#state.present;
    const { removed } = written;
    if (this.#isBegun) {
      const first = { ...written, since, run, complete: { ...written.complete, minute: complete.minute } };
      await this.#state.write(first);
    }
    const keys = await this.#writeValues();
    if (this.#isBegun && keys.length > 0) await this.#state.write({ ...this.#state.present, removed });
    await this.#values.removeAll(keys);
    if (this.#isBegun) await this.#state.write(this.#state.present);
  }

  get isDrained(): boolean {
    return this.#values.size === 0 && this.#state.isWritten;
  }

  /**
   * Takes over what is in another archive of this shard; what is in both is added up. Rejects with a StoreError.
   * @param isSkipped what is left out
   */
  async copy(from: Archive, isSkipped: (span: Span) => boolean): Promise<void> {
    if (!from.#isBegun) return;
    if (this.#isBegun) {
      const untilEpochMs = from.complete.minute * MINUTE.ms - 1;
      const add: Visit = async ({ span, coveredMs, rows }) =>
        this.add(this.placeOf(span), { coveredMs, rows: new Map(rows) });
      await from.read(0, untilEpochMs, add, isSkipped);
      return;
    }
    await from.#forEachValue((span, value) => {
      if (!isSkipped(span)) this.#set(span, value);
    });
    const { since, complete, removed, purged, erased = [] } = from.#state.present;
    this.#state.change({ since, complete, removed, purged, erased });
  }

  /** Removes everything. */
  erase(): void {
    for (const span of allSpans(this.#state.present)) this.#values.remove(keyOfSpan(this.shard, span));
    this.#state.erase();
  }

  /**
   * What the values take, as they are packed. Rejects with a StoreError.
   * @param untilEpochMs of the buckets that end by then
   */
  async measure(untilEpochMs: number): Promise<LevelSize[]> {
    const sizes = LEVELS.map(({ name }) => ({ level: name, values: 0, chars: 0 }));
    await this.#forEachValue((span, value) => {
      if (endOf(span) > untilEpochMs) return;
      const size = sizes.find(({ level }) => level === span.level.name)!;
      size.values++;
      size.chars += value.length;
    });
    return sizes;
  }

  get #isBegun(): boolean {
    return isBegun(this.#state.present);
  }

  /** Takes note that there is something in a minute. */
  #include(minute: number): void {
    this.#state.change(including(this.#state.present, minute));
  }

  async #combine(span: Span, finer: Level, parts: number): Promise<void> {
    // Nothing has been written since.
    if (startOf(span) >= this.complete.minute * MINUTE.ms) return;
    const first = span.index * parts;
    const spans = Array.from({ length: parts }, (_, part) => ({ level: finer, index: first + part }));
    const total = await this.#totalOf(spans);
    if (!total.isEmpty) await this.#put(span, total.seal(span));
  }

  async #totalOf(spans: readonly Span[]): Promise<Total> {
    const total = new Total();
    await this.#reader.visit(spans, this.#state.present, (bucket) => total.add(bucket));
    return total;
  }

  async #put(span: Span, bucket: Bucket): Promise<void> {
    this.#set(span, await encodeBucket(bucket, inSlices()));
  }

  #set(span: Span, value: string): void {
    this.#values.set(keyOfSpan(this.shard, span), value, endOf(span) + this.#retentionMs);
  }

  #removeExpired(nowEpochMs: number): void {
    for (const level of LEVELS) this.#remove(level, Math.floor((nowEpochMs - this.#retentionMs) / level.ms));
  }

  /** Removes the buckets of a level before one of them. */
  #remove(level: Level, before: number): void {
    const { removed } = this.#state.present;
    if (!this.#isBegun || before <= removed[level.name]) return;
    for (const span of spansOf(this.#state.present, level)) {
      if (span.index < before) this.#values.remove(keyOfSpan(this.shard, span));
    }
    this.#state.change({ removed: { ...removed, [level.name]: before } });
  }

  /** @returns the keys of what is to be removed, which is still pending */
  #writeValues(): Promise<string[]> {
    return this.#values.write(() => this.#state.mustBeLatest());
  }

  async #forEachValue(use: (span: Span, value: string) => void): Promise<void> {
    for (const batch of batches(allSpans(this.#state.present))) {
      const values = await this.#values.getMany(batch.map((span) => keyOfSpan(this.shard, span)));
      for (const [at, value] of values.entries()) if (value !== undefined) use(batch[at]!, value);
    }
  }
}
