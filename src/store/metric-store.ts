import type { Books } from './books.ts';
import { CallSamples } from './call-samples.ts';
import { type CallOrigins, matching, type OriginId, without } from './heaviest/heaviest.ts';
import { LiveHeaviest } from './heaviest/live-heaviest.ts';
import { HeldMinutes, sumOf } from './held-minutes.ts';
import { MINUTE_MS } from './levels.ts';
import { LiveRows } from './live-rows.ts';
import { OpenBooks } from './open-books.ts';
import { OUTCOMES, type SealedRow } from './row.ts';

const ERROR = OUTCOMES.indexOf('error');
/** Rows sealed in one go: some 0.2 ms. */
const SEALED_AT_ONCE = 100;
const NO_ERRORS: ReadonlyMap<string, number> = new Map();

/**
 * What is counted now, in memory: the open minute, and those before it until they are archived. Targets that were not
 * called leave no row.
 *
 * When a minute turns, each row is sealed by the next call to its target, or by `sealSome`, a few at a time: so
 * the turn does not hold the loop, however many targets there are.
 */
export class MetricStore {
  readonly #live = new LiveRows();
  readonly #heaviest = new LiveHeaviest();
  readonly #books = new OpenBooks();
  /** The single calls that are kept of each target. */
  readonly calls = new CallSamples();
  /** What is sealed, of past minutes and of the present one. */
  readonly held = new HeldMinutes();
  #minute = 0;
  #sealedUpTo = 0;
  #measuredSinceEpochMs = Number.POSITIVE_INFINITY;
  #erasures = 0;
  #hasContexts = false;

  /** Begins the minute that `nowEpochMs` falls into. */
  turnTo(nowEpochMs: number): void {
    // That it was measured counts, even if nothing was called.
    if (!this.isEmpty && this.#minute > 0) this.held.note(this.#minute);
    this.#minute = minuteOf(nowEpochMs);
    this.#sealedUpTo = 0;
  }

  /** The present minute, since 1970. */
  get minute(): number {
    return this.#minute;
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
      this.calls.setThreshold(known.index, thresholdMs);
      return known;
    }
    if (this.isEmpty) this.#measuredSinceEpochMs = nowEpochMs;
    const books = this.#books.open(targetId, nowEpochMs);
    this.#live.reserve(books.index + 1);
    this.calls.reserve(books.index + 1);
    this.#clearLive(books.index);
    this.calls.clear(books.index);
    this.calls.setThreshold(books.index, thresholdMs);
    books.hasContexts = this.#hasContexts;
    return books;
  }

  /** Whether the calls of all targets have contexts from now on. */
  set hasContexts(hasContexts: boolean) {
    this.#hasContexts = hasContexts;
    for (const books of this.#books) books.hasContexts = hasContexts;
  }

  /** Closes the books of a target, and removes all that was recorded of it. */
  forget(targetId: string): void {
    const books = this.#books.get(targetId);
    if (books === undefined) return;
    this.#clearLive(books.index);
    this.#books.close(books);
    this.held.forget(targetId);
    if (this.isEmpty) this.#measuredSinceEpochMs = Number.POSITIVE_INFINITY;
  }

  get isEmpty(): boolean {
    return this.#books.isEmpty;
  }

  /** Each target's open books, with the calls of the open minute that were timed. */
  *loads(): Iterable<{ books: Books; timed: number }> {
    for (const books of this.#books) yield { books, timed: this.#live.countOf(books.index) };
  }

  /**
   * Counts one call of the present minute. On the hot path.
   * @param index that of open books
   * @param from where it came from, where that is kept
   */
  add(
    index: number,
    startedAtEpochMs: number,
    durationNs: number,
    outcome: number,
    from?: CallOrigins,
  ): void {
    if (this.#live.minuteOf(index) !== this.#minute) this.#seal(index);
    if (from !== undefined) this.#heaviest.add(index, from, durationNs, outcome === ERROR);
    this.calls.add(index, startedAtEpochMs, durationNs, outcome);
    if (this.#live.add(index, durationNs, outcome)) this.#seal(index);
  }

  /** Seals some of the rows of past minutes. To be called now and then. */
  sealSome(): void {
    const end = Math.min(this.#sealedUpTo + SEALED_AT_ONCE, this.#books.places);
    for (; this.#sealedUpTo < end; this.#sealedUpTo++) {
      if (this.#books.at(this.#sealedUpTo) === undefined) continue;
      if (this.#live.minuteOf(this.#sealedUpTo) !== this.#minute) this.#seal(this.#sealedUpTo);
    }
  }

  /** Since when each target with open books has been counted, in Unix ms. */
  *opened(): Iterable<[targetId: string, sinceEpochMs: number]> {
    for (const { targetId, openedAtEpochMs } of this.#books) yield [targetId, openedAtEpochMs];
  }

  /** The minutes that are held here, in the order in which they came; the present one last. */
  heldMinutes(): number[] {
    const minutes = new Set(this.held.minutes);
    for (const { index } of this.#books) {
      if (this.#live.countOf(index) > 0) minutes.add(this.#live.minuteOf(index));
    }
    minutes.delete(this.#minute);
    return this.isEmpty ? [...minutes] : [...minutes, this.#minute];
  }

  isHeld(minute: number): boolean {
    return this.held.has(minute) || (minute === this.#minute && !this.isEmpty);
  }

  /** The rows of what is held of a minute. Calls may be counted while they are gone through. */
  *rowsIn(minute: number): Iterable<[targetId: string, row: SealedRow]> {
    for (const books of [...this.#books]) {
      // Closed meanwhile.
      if (books.index === -1) continue;
      const sealed = this.held.rowsOf(minute).get(books.targetId);
      const isOpen = this.#live.minuteOf(books.index) === minute && this.#live.countOf(books.index) > 0;
      const open = isOpen ? this.#read(books) : undefined;
      if (sealed !== undefined && open !== undefined) yield [books.targetId, sumOf(sealed, open)];
      else if (sealed !== undefined || open !== undefined) yield [books.targetId, (sealed ?? open)!];
    }
    // Of targets that were there before this process, and are not now.
    for (const [id, row] of [...this.held.rowsOf(minute)]) if (!this.#books.has(id)) yield [id, row];
  }

  /** How much of a minute was measured, in ms. */
  coveredMs(minute: number, nowEpochMs: number): number {
    const fromEpochMs = Math.max(minute * MINUTE_MS, this.#measuredSinceEpochMs);
    const toEpochMs = Math.min((minute + 1) * MINUTE_MS, nowEpochMs);
    return Math.min(MINUTE_MS, this.held.formerMs(minute) + Math.max(0, toEpochMs - fromEpochMs));
  }

  /** How many calls are held of a minute. */
  callsIn(minute: number): number {
    let calls = 0;
    for (const { count } of this.held.rowsOf(minute).values()) calls += count;
    for (const { index, untimed } of this.#books) {
      if (this.#live.minuteOf(index) === minute) calls += this.#live.countOf(index) + untimed;
    }
    return calls;
  }

  /** Seals the rows of a minute that is over. */
  async sealMinute(minute: number, breathe: () => Promise<void> | undefined): Promise<void> {
    for (const { targetId } of [...this.#books]) {
      const pause = breathe();
      if (pause !== undefined) await pause;
      const index = this.#books.get(targetId)?.index;
      const isOver = minute !== this.#minute && index !== undefined && this.#live.minuteOf(index) === minute;
      if (isOver) this.#seal(index);
    }
  }

  /**
   * Removes what was recorded; the books stay open, and begin anew.
   * @param targetId of whom; without it, of all
   */
  clear(nowEpochMs: number, targetId?: string): void {
    const own = targetId === undefined ? undefined : this.#books.get(targetId);
    for (const books of targetId === undefined ? this.#books : own === undefined ? [] : [own]) {
      this.#clearLive(books.index);
      this.calls.clear(books.index);
      books.clear();
      books.openedAtEpochMs = nowEpochMs;
    }
    if (targetId !== undefined) {
      this.held.forget(targetId);
    } else {
      this.held.clear();
      if (!this.isEmpty) this.#measuredSinceEpochMs = nowEpochMs;
    }
  }

  /** Removes what was counted of a target from up to that moment on, in Unix ms. */
  forgetBefore(targetId: string, untilEpochMs: number): void {
    const books = this.#books.get(targetId);
    if (books !== undefined && books.openedAtEpochMs <= untilEpochMs) this.clear(Date.now(), targetId);
    this.held.forget(targetId, untilEpochMs);
  }

  /** How often ids have been erased. What a call that began before the last time came with is not to be kept. */
  get erasures(): number {
    return this.#erasures;
  }

  /** Says that ids are being erased: of the calls that are running it is not kept whose they are. */
  beginErasure(): void {
    this.#erasures++;
  }

  /** Takes ids out of all that is here. */
  erase(wishes: readonly OriginId[]): void {
    for (const wish of wishes) this.#heaviest.erase(wish);
    const isErased = matching(wishes);
    if (isErased !== undefined) this.held.retain((_, row) => without(row, isErased));
  }

  /** The open books of a target. */
  booksOf(targetId: string): Books | undefined {
    return this.#books.get(targetId);
  }

  /** The open books in a place. */
  booksAt(index: number): Books {
    return this.#books.at(index)!;
  }

  /** Estimated bytes of all that is held. */
  get sizeBytes(): number {
    return this.#live.sizeBytes + this.#heaviest.sizeBytes + this.calls.sizeBytes + this.held.sizeBytes;
  }

  #seal(index: number): void {
    const books = this.#books.at(index)!;
    if (this.#live.countOf(index) > 0) {
      const row = this.#read(books);
      books.untimed = 0;
      this.held.add(this.#live.minuteOf(index), books.targetId, row);
    }
    books.errorKinds = undefined;
    this.#clearLive(index);
  }

  #clearLive(index: number): void {
    this.#live.clear(index, this.#minute);
    this.#heaviest.clear(index);
  }

  /** The open row. What was not timed is taken to be like what was: the row says how much of it was. */
  #read({ index, openedAtEpochMs, errorKinds, untimed }: Books): SealedRow {
    const timed = this.#live.countOf(index);
    const weight = (timed + untimed) / timed;
    const row = this.#live.read(index, openedAtEpochMs, errorKinds ?? NO_ERRORS, weight);
    const heaviest = this.#heaviest.read(index, weight);
    return heaviest === undefined ? row : { ...row, heaviest };
  }
}

export function minuteOf(epochMs: number): number {
  return Math.floor(epochMs / MINUTE_MS);
}
