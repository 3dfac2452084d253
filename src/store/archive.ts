import { isDeepStrictEqual } from 'node:util';
import {
  ArchiveReader,
  batches,
  type Covering,
  encodeState,
  type Forgettings,
  keyOfSpan,
  keyOfState,
  NOTHING,
  NOTHING_FORGOTTEN,
  readState,
  type Shard,
  type Skipped,
  type State,
  spansIn,
  type Visit,
} from './archive-reader.ts';
import type { Backing } from './backing.ts';
import { type Bucket, encodeBucket } from './bucket.ts';
import {
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
import { type Remainder, Row, type SealedRow } from './row.ts';
import { inSlices } from './slices.ts';
import { StoreError } from './store-error.ts';

const [MINUTE, HOUR, DAY] = LEVELS;
const COARSE_LEVELS: readonly Level[] = LEVELS.slice(1);

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

/** What a key is to hold; undefined where it is to be removed. */
interface Pending {
  readonly value: string | undefined;
  readonly expiresAtEpochMs: number | undefined;
}
const REMOVED: Pending = { value: undefined, expiresAtEpochMs: undefined };

/**
 * What one shard counted, in a store: a value a bucket, under keys that follow from the time. Nothing is searched,
 * and there is no list that could grow.
 *
 * Everything is written behind: nothing here waits for the store to take something, and what it has not taken yet is
 * read from memory. Only `drain` writes.
 */
export class Archive {
  readonly backing: Backing;
  readonly shard: Shard;
  readonly #reader: ArchiveReader;
  readonly #forgotten: Forgettings;
  /** What the store has not taken yet, by key. */
  readonly #pending = new Map<string, Pending>();
  #retentionMs: number;
  #state: State;
  /** The state as it is in the store. */
  #written: State;

  private constructor(
    backing: Backing,
    shard: Shard,
    known: State | undefined,
    { retentionMs, forgotten, skipped }: ArchiveOptions,
  ) {
    this.backing = backing;
    this.shard = shard;
    // The clock may have been set back since.
    const run = Math.max(Date.now(), (known?.run ?? 0) + 1);
    this.#state = { ...NOTHING, ...known, run };
    // Whoever wrote before is to find out at once that this one goes on.
    this.#written = known ?? this.#state;
    this.#retentionMs = retentionMs;
    this.#forgotten = forgotten;
    this.#reader = new ArchiveReader(shard, (keys) => this.#getMany(keys), forgotten, skipped);
  }

  /**
   * Opens what the shard has archived before, or nothing yet.
   * @throws StoreError
   */
  static async open(backing: Backing, shard: Shard, options: ArchiveOptions): Promise<Archive> {
    const known = await readState((keys) => backing.getMany(keys), shard);
    return new Archive(backing, shard, known, options);
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

  /** Up to which bucket each level is complete. */
  get complete(): Complete {
    return this.#state.complete;
  }

  /** How many values wait to be written. */
  get pending(): number {
    return this.#pending.size;
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
    const spans = spansIn(this.#state, fromEpochMs, toEpochMs, covering);
    const wanted = spans.filter((span) => !isSkipped(span));
    await this.#reader.visit(wanted, this.#state, visit);
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
      const first = Math.max(keptFrom(level, this.complete), this.#state.removed[level.name]);
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
    if (this.#forgotten.due(this.#state) === undefined) return undefined;
    return this.#forgotten.remainderOf(this.#state);
  }

  /** Whether all that is forgotten has been taken out of the values, and the store has taken them. */
  get isPurged(): boolean {
    return this.#forgotten.due(this.#isBegun ? this.#written : this.#state) === undefined;
  }

  /** Takes out of the values what has been forgotten. Rejects with a StoreError; it is then done the next time. */
  async purge(): Promise<void> {
    const due = this.#forgotten.due(this.#state);
    if (due === undefined) return;
    const remainder = this.#forgotten.remainderOf(this.#state);
    const reader = new ArchiveReader(this.shard, (keys) => this.#getMany(keys), NOTHING_FORGOTTEN);
    await reader.visit(
      [...this.#spans(), ...this.#spansToCome()],
      this.#state,
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
    this.#setState(due);
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
        this.#setState({ complete: { ...this.complete, [level.name]: index + 1 } });
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
    if (this.backing.shared) await this.#mustBeLatest();
    // A process may end at any point. So the store hears first that there are more minutes, and only when all is
    // written that there are more hours and days, and that something was taken out: what those are made of counts
    // until then. What is to be removed counts as there until it is not: nobody else would remove it.
    const { complete, removed } = this.#written;
    const { since, run } = this.#state;
    const { minute } = this.complete;
    if (this.#isBegun)
      await this.#writeState({ ...this.#written, since, run, complete: { ...complete, minute } });
    const keys = await this.#writeValues();
    if (this.#isBegun && keys.length > 0) await this.#writeState({ ...this.#state, removed });
    for (const some of batches(keys)) {
      await this.backing.deleteMany(some);
      for (const key of some) if (this.#pending.get(key)?.value === undefined) this.#pending.delete(key);
    }
    if (this.#isBegun) await this.#writeState(this.#state);
  }

  get isDrained(): boolean {
    return this.#pending.size === 0 && (!this.#isBegun || isDeepStrictEqual(this.#written, this.#state));
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
    const { since, complete, removed, purged, erased = [] } = from.#state;
    this.#setState({ since, complete, removed, purged, erased });
  }

  /** Removes everything. */
  erase(): void {
    for (const span of this.#spans()) this.#pending.set(keyOfSpan(this.shard, span), REMOVED);
    this.#state = { ...NOTHING, run: this.#state.run };
    this.#written = this.#state;
    this.#pending.set(keyOfState(this.shard), REMOVED);
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
    return Number.isFinite(this.#state.since);
  }

  /** Takes note that there is something in a minute. */
  #include(minute: number): void {
    const { since, complete } = this.#state;
    if (!this.#isBegun) {
      // What came before is complete: it is empty.
      const hour = Math.floor((minute * MINUTE.ms) / HOUR.ms);
      const day = Math.floor((minute * MINUTE.ms) / DAY.ms);
      this.#setState({ since: minute, complete: { minute: minute + 1, hour, day } });
    } else if (minute < since || minute >= complete.minute) {
      this.#setState({
        since: Math.min(minute, since),
        complete: { ...complete, minute: Math.max(minute + 1, complete.minute) },
      });
      if (minute < since) {
        // Of what came before, only the coarser buckets are kept.
        const { removed } = this.#state;
        const first = (level: Level) => Math.max(removed[level.name], keptFrom(level, this.complete));
        this.#setState({ removed: { minute: first(MINUTE), hour: first(HOUR), day: first(DAY) } });
      }
    }
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
    await this.#reader.visit(spans, this.#state, (bucket) => total.add(bucket));
    return total;
  }

  async #put(span: Span, bucket: Bucket): Promise<void> {
    this.#set(span, await encodeBucket(bucket, inSlices()));
  }

  #set(span: Span, value: string): void {
    const key = keyOfSpan(this.shard, span);
    this.#pending.set(key, { value, expiresAtEpochMs: endOf(span) + this.#retentionMs });
  }

  #setState(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
  }

  async #writeState(state: State): Promise<void> {
    if (isDeepStrictEqual(state, this.#written)) return;
    const key = keyOfState(this.shard);
    // Of an archive that was erased, and has begun again.
    this.#pending.delete(key);
    await this.backing.set(key, encodeState(state));
    this.#written = state;
  }

  #removeExpired(nowEpochMs: number): void {
    for (const level of LEVELS) this.#remove(level, Math.floor((nowEpochMs - this.#retentionMs) / level.ms));
  }

  /** Removes the buckets of a level before one of them. */
  #remove(level: Level, before: number): void {
    if (!this.#isBegun || before <= this.#state.removed[level.name]) return;
    for (const { index } of this.#spansOf(level)) {
      if (index < before) this.#pending.set(keyOfSpan(this.shard, { level, index }), REMOVED);
    }
    this.#setState({ removed: { ...this.#state.removed, [level.name]: before } });
  }

  /** @returns the keys of what is to be removed, which is still pending */
  async #writeValues(): Promise<string[]> {
    const removed: string[] = [];
    const written: [key: string, entry: Pending][] = [];
    for (const [key, entry] of [...this.#pending]) {
      if (entry.value === undefined) {
        removed.push(key);
        continue;
      }
      await this.backing.set(key, entry.value, entry.expiresAtEpochMs);
      written.push([key, entry]);
    }
    for (const entries of batches(written)) {
      if (this.backing.shared) await this.#mustBeThere(entries);
      for (const [key, entry] of entries) if (this.#pending.get(key) === entry) this.#pending.delete(key);
    }
    return removed;
  }

  async #forEachValue(use: (span: Span, value: string) => void): Promise<void> {
    for (const batch of batches([...this.#spans()])) {
      const values = await this.#getMany(batch.map((span) => keyOfSpan(this.shard, span)));
      for (const [at, value] of values.entries()) if (value !== undefined) use(batch[at]!, value);
    }
  }

  /** Every bucket that there can be, the coarsest and oldest first. */
  #spans(): Span[] {
    return this.#isBegun ? [...LEVELS].reverse().flatMap((level) => this.#spansOf(level)) : [];
  }

  /** Hours and days that a process which ended may have written before it could say so. */
  #spansToCome(): Span[] {
    if (!this.#isBegun) return [];
    return COARSE_LEVELS.flatMap((level) => {
      const first = this.complete[level.name];
      const count = Math.max(0, Math.floor(Date.now() / level.ms) - first);
      return Array.from({ length: count }, (_, at) => ({ level, index: first + at }));
    });
  }

  #spansOf(level: Level): Span[] {
    const { since, complete, removed } = this.#state;
    const first = Math.max(removed[level.name], Math.floor((since * MINUTE.ms) / level.ms));
    const count = Math.max(0, complete[level.name] - first);
    return Array.from({ length: count }, (_, at) => ({ level, index: first + at }));
  }

  /** What is pending counts, not what it will take the place of. */
  async #getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const stored = keys.filter((key) => !this.#pending.has(key));
    const values = stored.length === 0 ? [] : await this.backing.getMany(stored);
    const found = new Map(stored.map((key, at) => [key, values[at]]));
    return keys.map((key) => (found.has(key) ? found.get(key) : this.#pending.get(key)?.value));
  }

  /** Two processes that write the same would lose each other's figures: the one that began later goes on. */
  async #mustBeLatest(): Promise<void> {
    const stored = await readState((keys) => this.backing.getMany(keys), this.shard);
    if (stored !== undefined && stored.run > this.#state.run) throw new SupersededError();
    // A file that was set aside, or a server that was emptied, is to hear all of it again.
    if (stored === undefined) this.#written = { ...NOTHING, run: this.#state.run };
  }

  /** What is let go of here must be there: a store may say that it has written, and be wrong. */
  async #mustBeThere(entries: readonly (readonly [key: string, entry: Pending])[]): Promise<void> {
    const values = await this.backing.getMany(entries.map(([key]) => key));
    const isLost = ([, { value, expiresAtEpochMs = Infinity }]: (typeof entries)[number], at: number) =>
      values[at] !== value && expiresAtEpochMs > Date.now();
    const lost = entries.filter(isLost).length;
    if (lost === 0) return;
    // It may be another's by now.
    await this.#mustBeLatest();
    throw new StoreError('lost', this.backing.label, `${lost} of ${entries.length} values are not there`);
  }
}

/** Another process writes the figures of this shard. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** Adds up buckets. */
class Total {
  readonly #rows = new Map<string, Row>();
  readonly #breathe = inSlices();
  #coveredMs = 0;
  #buckets = 0;

  get isEmpty(): boolean {
    return this.#buckets === 0;
  }

  async add({ coveredMs, rows }: { coveredMs: number; rows: Iterable<[string, SealedRow]> }): Promise<void> {
    this.#buckets++;
    this.#coveredMs += coveredMs;
    for (const [id, row] of rows) {
      const pause = this.#breathe();
      if (pause !== undefined) await pause;
      let total = this.#rows.get(id);
      if (total === undefined) this.#rows.set(id, (total = new Row()));
      total.merge(row);
    }
  }

  seal({ level }: Span): Bucket {
    return {
      coveredMs: Math.min(this.#coveredMs, level.ms),
      rows: new Map([...this.#rows].map(([id, row]) => [id, row.seal()])),
    };
  }
}
