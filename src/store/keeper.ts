import type { Archive } from './archive.ts';
import type { Visit } from './archive-reader.ts';
import type { Covering } from './archive-state.ts';
import type { Bucket } from './bucket.ts';
import { Figures } from './figures.ts';
import { coverEvenly, LEVELS, type Span } from './levels.ts';
import type { MetricStore } from './metric-store.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { SealedRow } from './row.ts';
import { inSlices } from './slices.ts';
import { Timeline } from './timeline.ts';

const [MINUTE] = LEVELS;

/** What the keeper needs of whoever records. */
export interface Source {
  readonly store: MetricStore;
  /** Brings the store up to date with the calls that have ended. */
  fold(): void;
}

/**
 * Moves what was counted from memory to the archive, and puts both together for who asks. One thing at a time: what
 * is being moved would else be missed, or count twice.
 */
export class Keeper {
  /** Waits until nothing else is going on, and holds off what comes meanwhile. */
  readonly exclusively = oneAtATime();
  readonly #source: Source;
  #archive: Archive | undefined;
  #flushing: Promise<void> | undefined;
  /** Calls in the open minute when it was last put into the archive. */
  #callsPut: readonly [minute: number, calls: number] = [-1, 0];

  constructor(source: Source) {
    this.#source = source;
  }

  get archive(): Archive | undefined {
    return this.#archive;
  }

  /**
   * Goes on with another archive, which takes over what is in the present one. Rejects with a StoreError; all is then
   * as before.
   * @param options.replace whether the present one has all that is in the next one
   */
  switchTo(archive: Archive, { replace = false }: { replace?: boolean } = {}): Promise<void> {
    return this.exclusively(async () => {
      const { store } = this.#source;
      const former = this.#archive;
      if (replace) archive.erase();
      // Both archives may have a part of a minute that is not over: what is in memory goes to the next one.
      const isInMemory = ({ level, index }: Span) => level.name === MINUTE.name && store.held.isWhole(index);
      if (former !== undefined) await archive.copy(former, isInMemory);
      store.held.disown();
      this.#archive = archive;
      this.#callsPut = [-1, 0];
    });
  }

  /**
   * Archives all that is new; several wishes at once are one. Where there is a store that outlives the process, the
   * open minute is archived too, again and again. Rejects with a StoreError; what was not archived stays in memory.
   */
  flush(): Promise<void> {
    this.#flushing ??= this.exclusively(() => {
      // A wish that comes from now on may be about something newer.
      this.#flushing = undefined;
      return this.#flush();
    });
    return this.#flushing;
  }

  /**
   * The same with the open minute, whatever the store is.
   * @param options.isLast whether nothing will be counted any more
   */
  flushAll({ isLast = false }: { isLast?: boolean } = {}): Promise<void> {
    return this.exclusively(() => this.#flush(true, isLast));
  }

  /** Adds what was counted elsewhere. To be called `exclusively`, after a flush. Rejects with a StoreError. */
  async add(span: Span, bucket: Bucket): Promise<void> {
    const { store } = this.#source;
    const place = this.#archive!.placeOf(span);
    // What is in memory would be written over it.
    if (place.level === MINUTE && store.isHeld(place.index)) store.held.adopt(place.index, bucket);
    else await this.#archive!.add(place, bucket);
  }

  /**
   * The figures of this shard from memory and archive.
   * @param fromOf from when on the calls of a target count, in Unix ms
   * @param fromEpochMs the earliest of these moments
   * @param failed told why the archive could not be read: then the figures are those in memory
   */
  collect(
    fromOf: (targetId: string) => number,
    fromEpochMs: number,
    failed: (error: unknown) => void,
  ): Promise<Figures> {
    return this.exclusively(async () => {
      const figures = new Figures();
      await this.#visit(fromEpochMs, (bucket) => figures.add(bucket, fromOf), failed);
      for (const [id, sinceEpochMs] of this.#source.store.opened()) figures.note(id, sinceEpochMs);
      return figures;
    });
  }

  /**
   * What one target did on this shard, bucket by bucket, from memory and archive.
   * @param fromEpochMs from when on its calls count, in Unix ms
   * @param failed told why the archive could not be read: then only what is in memory is there
   */
  timeline(targetId: string, fromEpochMs: number, failed: (error: unknown) => void): Promise<Timeline> {
    return this.exclusively(async () => {
      const timeline = new Timeline(targetId);
      await this.#visit(fromEpochMs, (bucket) => timeline.add(bucket), failed, coverEvenly);
      const books = this.#source.store.booksOf(targetId);
      if (books !== undefined) timeline.note(books.openedAtEpochMs);
      return timeline;
    });
  }

  /** Visits what there is from a moment on. */
  async #visit(
    fromEpochMs: number,
    visit: Visit,
    failed: (error: unknown) => void,
    covering?: Covering,
  ): Promise<void> {
    const { store } = this.#source;
    this.#source.fold();
    const nowEpochMs = Date.now();
    const inMemory = new Set<number>();
    for (const minute of store.heldMinutes()) {
      if ((minute + 1) * MINUTE.ms <= fromEpochMs) continue;
      if (this.#hasAll(minute)) inMemory.add(minute);
      await visit({
        span: spanOf(minute),
        coveredMs: store.coveredMs(minute, nowEpochMs),
        rows: store.rowsIn(minute),
      });
    }
    const archive = this.#archive;
    try {
      // After a clock was set back, there are minutes ahead.
      const toEpochMs = Math.max(nowEpochMs, (archive?.complete.minute ?? 0) * MINUTE.ms - 1);
      const isInMemory = ({ level, index }: Span) => level.name === MINUTE.name && inMemory.has(index);
      await archive?.read(fromEpochMs, toEpochMs, visit, isInMemory, covering);
    } catch (error) {
      failed(error);
    }
  }

  async #flush(withOpenMinute = this.#archive?.backing.shared === true, isLast = false): Promise<void> {
    const archive = this.#archive;
    if (archive === undefined) return;
    const { store } = this.#source;
    this.#source.fold();
    let problem: unknown;
    for (const minute of store.heldMinutes()) {
      const isOpen = minute === store.minute;
      if (isOpen && !withOpenMinute) continue;
      try {
        await this.#archiveMinute(archive, minute, isOpen && !isLast);
      } catch (error) {
        // The others may be done without the store.
        problem = error;
      }
    }
    // What was taken in of a minute while something was being forgotten may have it still.
    const { remainder } = archive;
    if (remainder !== undefined) store.held.retain(remainder);
    await archive.purge();
    const oldest = Math.min(store.minute, ...store.heldMinutes());
    await archive.rollUp(oldest, Date.now());
    await archive.drain();
    if (problem !== undefined) throw problem;
  }

  async #archiveMinute(archive: Archive, minute: number, isOpen: boolean): Promise<void> {
    const { store } = this.#source;
    if (!isOpen) await store.sealMinute(minute, inSlices());
    if (archive.isLate(minute)) {
      // Its hour has been put together already. That is added to, once.
      if (isOpen) return;
      await archive.add(archive.placeOf(spanOf(minute)), await this.#bucketOf(minute));
      store.held.release(minute);
      return;
    }
    if (!store.held.isWhole(minute)) {
      store.held.adopt(minute, this.#hasAll(minute) ? undefined : await archive.get(spanOf(minute)));
    }
    const calls = store.callsIn(minute);
    const [minutePut, callsPut] = this.#callsPut;
    if (isOpen && minute === minutePut && calls === callsPut) return;
    await archive.put(minute, await this.#bucketOf(minute));
    this.#callsPut = [minute, calls];
    // A clock set back may have made it the open one again.
    if (!isOpen && minute !== store.minute && store.callsIn(minute) === calls) store.held.release(minute);
  }

  async #bucketOf(minute: number): Promise<Bucket> {
    const { store } = this.#source;
    const breathe = inSlices();
    const rows = new Map<string, SealedRow>();
    for (const [id, row] of store.rowsIn(minute)) {
      rows.set(id, row);
      const pause = breathe();
      if (pause !== undefined) await pause;
    }
    return { coveredMs: store.coveredMs(minute, Date.now()), rows };
  }

  /** Whether nothing of a minute is archived that is not in memory too. */
  #hasAll(minute: number): boolean {
    const archive = this.#archive;
    return (
      archive === undefined || this.#source.store.held.isWhole(minute) || minute >= archive.complete.minute
    );
  }
}

function spanOf(minute: number): Span {
  return { level: MINUTE, index: minute };
}
