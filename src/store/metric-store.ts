import type { Stack } from '../cog/error-stack.ts';
import type { Bucket } from './bucket.ts';
import { CallSamples, type KeptCall } from './call-samples.ts';
import { Callers } from './callers.ts';
import { type FailedCall, Failure, Failures } from './failures.ts';
import { type CallOrigins, matching, type OriginId, sizeBytesOf, without } from './heaviest/heaviest.ts';
import { LiveHeaviest } from './heaviest/live-heaviest.ts';
import { LiveRows } from './live-rows.ts';
import { countErrorKind, NS_PER_MS, OUTCOMES, type Remainder, Row, type SealedRow } from './row.ts';

const MINUTE_MS = 60_000;
const ERROR = OUTCOMES.indexOf('error');
/** Rows sealed in one go: some 0.2 ms. */
const SEALED_AT_ONCE = 100;
/** Of a sealed row, beside its histogram. */
const ROW_BYTES = 200;

/** One target's open books: the key to what is recorded of it. */
export class Books {
  readonly targetId: string;
  /** Since when its calls have been counted. */
  openedAtEpochMs: number;
  /** Place in the flat arrays, or -1 once closed: calls that are still running then leave no trace. */
  index: number;
  /** Kinds of errors in the open minute; there once one came. */
  errorKinds: Map<string, number> | undefined;
  /** Whether a call is to be looked at more closely before it is timed: where there is a gap, or calls have contexts. */
  goesAside = false;
  /** Calls of the open minute that went untimed. */
  untimed = 0;
  /** Timed calls that no tracked target was running for when they began. */
  withoutCaller = 0;
  /** Who called in the other ones; there once somebody did. */
  callers: Callers | undefined;
  /** What is known of failed calls; there once one came. */
  failures: Failures | undefined;
  #gap = 0;
  #skip = 0;
  #hasContexts = false;

  constructor(targetId: string, openedAtEpochMs: number, index: number) {
    this.targetId = targetId;
    this.openedAtEpochMs = openedAtEpochMs;
    this.index = index;
  }

  /** How many calls, on average, go untimed between two that are timed; 0 where each is timed. */
  get gap(): number {
    return this.#gap;
  }

  set gap(gap: number) {
    this.#gap = gap;
    this.goesAside = gap !== 0 || this.#hasContexts;
  }

  /** Whether each call has a context. */
  set hasContexts(hasContexts: boolean) {
    this.#hasContexts = hasContexts;
    this.goesAside = hasContexts || this.#gap !== 0;
  }

  /** Counts a call that may go untimed, and tells whether it does. */
  goesUntimed(): boolean {
    if (this.#gap === 0) return false;
    if (this.#skip > 0) {
      this.#skip--;
      this.untimed++;
      return true;
    }
    // Gaps of random length: of calls that come in a rhythm, equal ones would see one beat only.
    this.#skip = Math.round(Math.random() * 2 * this.#gap);
    return false;
  }

  /** Counts who calls. */
  calledBy(caller: Books | undefined): void {
    if (caller === undefined) this.withoutCaller++;
    else (this.callers ??= new Callers()).count(caller);
  }

  /** Lets go what is kept beside the figures. */
  clear(): void {
    this.errorKinds = undefined;
    this.untimed = 0;
    this.withoutCaller = 0;
    this.callers = undefined;
    this.failures = undefined;
  }
}

/** The single calls of one target that are kept. */
export interface KeptCalls {
  /** Newest first. */
  readonly latest: readonly KeptCall[];
  /** Slowest first. */
  readonly slowest: readonly KeptCall[];
  /** Newest first. */
  readonly failed: readonly FailedCall[];
}

/** A minute that is not archived yet, or not for good. */
interface HeldMinute {
  /** What is sealed of it. */
  readonly rows: Map<string, SealedRow>;
  /** How much of it was measured before, in ms: by a process that ended within it, or under a clock set back since. */
  formerMs: number;
  /** Whether what was archived of it before is in here. */
  isWhole: boolean;
}

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
  readonly #samples = new CallSamples();
  readonly #books = new Map<string, Books>();
  readonly #byIndex: (Books | undefined)[] = [];
  /** By minute since 1970. */
  readonly #held = new Map<number, HeldMinute>();
  /** Whose failed calls have stacks that were not read yet; who has waited longest comes first. */
  readonly #unread = new Set<Books>();
  #minute = 0;
  #sealedUpTo = 0;
  #measuredSinceEpochMs = Number.POSITIVE_INFINITY;
  #erasures = 0;
  #hasContexts = false;

  /** Begins the minute that `nowEpochMs` falls into. */
  turnTo(nowEpochMs: number): void {
    // That it was measured counts, even if nothing was called.
    if (!this.isEmpty && this.#minute > 0) this.#hold(this.#minute);
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
      this.#samples.setThreshold(known.index, thresholdMs);
      return known;
    }
    if (this.isEmpty) this.#measuredSinceEpochMs = nowEpochMs;
    const free = this.#byIndex.indexOf(undefined);
    const books = new Books(targetId, nowEpochMs, free === -1 ? this.#byIndex.length : free);
    this.#live.reserve(books.index + 1);
    this.#samples.reserve(books.index + 1);
    this.#clearLive(books.index);
    this.#samples.clear(books.index);
    this.#samples.setThreshold(books.index, thresholdMs);
    books.hasContexts = this.#hasContexts;
    this.#byIndex[books.index] = books;
    this.#books.set(targetId, books);
    return books;
  }

  /** Whether the calls of all targets have contexts from now on. */
  set hasContexts(hasContexts: boolean) {
    this.#hasContexts = hasContexts;
    for (const books of this.#books.values()) books.hasContexts = hasContexts;
  }

  /** Closes the books of a target, and removes all that was recorded of it. */
  forget(targetId: string): void {
    const books = this.#books.get(targetId);
    if (books === undefined) return;
    this.#clearLive(books.index);
    this.#byIndex[books.index] = undefined;
    books.index = -1;
    books.clear();
    this.#books.delete(targetId);
    for (const { rows } of this.#held.values()) rows.delete(targetId);
    if (this.isEmpty) this.#measuredSinceEpochMs = Number.POSITIVE_INFINITY;
  }

  get isEmpty(): boolean {
    return this.#books.size === 0;
  }

  /** Each target's open books, with the calls of the open minute that were timed. */
  *loads(): Iterable<{ books: Books; timed: number }> {
    for (const books of this.#books.values()) yield { books, timed: this.#live.countOf(books.index) };
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
    this.#samples.add(index, startedAtEpochMs, durationNs, outcome);
    if (this.#live.add(index, durationNs, outcome)) this.#seal(index);
  }

  /** Notes the kind of an error that was counted in the present minute. */
  addErrorKind(books: Books, kind: string): void {
    books.errorKinds ??= new Map();
    countErrorKind(books.errorKinds, kind);
  }

  /**
   * Keeps what the call failed with that was added last.
   * @param kind class and code of what was thrown
   */
  addFailure(
    books: Books,
    startedAtEpochMs: number,
    durationNs: number,
    outcome: number,
    kind: string,
    thrown: unknown,
  ): void {
    const durationMs = durationNs / NS_PER_MS;
    const failure = new Failure(kind, OUTCOMES[outcome]!, startedAtEpochMs + durationMs, thrown);
    const places = this.#samples.placesOfLast(books.index, startedAtEpochMs);
    const call = places.length === 0 ? undefined : { startedAtEpochMs, durationMs };
    books.failures ??= new Failures();
    books.failures.add(failure, call, places);
    this.#unread.add(books);
  }

  /**
   * Reads the stacks of what was thrown. To be called now and then.
   * @param mayGoOn whether there is time for one more
   */
  readStacks(read: (error: unknown) => Stack, mayGoOn: () => boolean): void {
    for (const books of this.#unread) {
      if (books.failures?.readStacks(read, mayGoOn) === false) return;
      this.#unread.delete(books);
    }
  }

  /** Seals some of the rows of past minutes. To be called now and then. */
  sealSome(): void {
    const end = Math.min(this.#sealedUpTo + SEALED_AT_ONCE, this.#byIndex.length);
    for (; this.#sealedUpTo < end; this.#sealedUpTo++) {
      if (this.#byIndex[this.#sealedUpTo] === undefined) continue;
      if (this.#live.minuteOf(this.#sealedUpTo) !== this.#minute) this.#seal(this.#sealedUpTo);
    }
  }

  /** Since when each target with open books has been counted, in Unix ms. */
  *opened(): Iterable<[targetId: string, sinceEpochMs: number]> {
    for (const { targetId, openedAtEpochMs } of this.#books.values()) yield [targetId, openedAtEpochMs];
  }

  /** The minutes that are held here, in the order in which they came; the present one last. */
  heldMinutes(): number[] {
    const minutes = new Set(this.#held.keys());
    for (const { index } of this.#books.values()) {
      if (this.#live.countOf(index) > 0) minutes.add(this.#live.minuteOf(index));
    }
    minutes.delete(this.#minute);
    return this.isEmpty ? [...minutes] : [...minutes, this.#minute];
  }

  isHeld(minute: number): boolean {
    return this.#held.has(minute) || (minute === this.#minute && !this.isEmpty);
  }

  /** Whether what was archived of a minute before is held here too. */
  isWhole(minute: number): boolean {
    return this.#held.get(minute)?.isWhole === true;
  }

  /** Says that something may be archived of the minutes held here that is not held here. */
  disown(): void {
    for (const held of this.#held.values()) held.isWhole = false;
  }

  /** Takes in what was archived of a minute before; undefined where that is nothing. */
  adopt(minute: number, archived: Bucket | undefined): void {
    const held = this.#hold(minute);
    held.isWhole = true;
    held.formerMs += archived?.coveredMs ?? 0;
    for (const [id, row] of archived?.rows ?? []) {
      const own = held.rows.get(id);
      held.rows.set(id, own === undefined ? row : sum(own, row));
    }
  }

  /** The rows of what is held of a minute. Calls may be counted while they are gone through. */
  *rowsIn(minute: number): Iterable<[targetId: string, row: SealedRow]> {
    for (const books of [...this.#books.values()]) {
      // Closed meanwhile.
      if (books.index === -1) continue;
      const sealed = this.#held.get(minute)?.rows.get(books.targetId);
      const isOpen = this.#live.minuteOf(books.index) === minute && this.#live.countOf(books.index) > 0;
      const open = isOpen ? this.#read(books) : undefined;
      if (sealed !== undefined && open !== undefined) yield [books.targetId, sum(sealed, open)];
      else if (sealed !== undefined || open !== undefined) yield [books.targetId, (sealed ?? open)!];
    }
    // Of targets that were there before this process, and are not now.
    for (const [id, row] of [...(this.#held.get(minute)?.rows ?? [])])
      if (!this.#books.has(id)) yield [id, row];
  }

  /** How much of a minute was measured, in ms. */
  coveredMs(minute: number, nowEpochMs: number): number {
    const fromEpochMs = Math.max(minute * MINUTE_MS, this.#measuredSinceEpochMs);
    const toEpochMs = Math.min((minute + 1) * MINUTE_MS, nowEpochMs);
    const formerMs = this.#held.get(minute)?.formerMs ?? 0;
    return Math.min(MINUTE_MS, formerMs + Math.max(0, toEpochMs - fromEpochMs));
  }

  /** How many calls are held of a minute. */
  callsIn(minute: number): number {
    let calls = 0;
    for (const { count } of this.#held.get(minute)?.rows.values() ?? []) calls += count;
    for (const { index, untimed } of this.#books.values()) {
      if (this.#live.minuteOf(index) === minute) calls += this.#live.countOf(index) + untimed;
    }
    return calls;
  }

  /** Seals the rows of a minute that is over. */
  async sealMinute(minute: number, breathe: () => Promise<void> | undefined): Promise<void> {
    for (const { targetId } of [...this.#books.values()]) {
      const pause = breathe();
      if (pause !== undefined) await pause;
      const index = this.#books.get(targetId)?.index;
      const isOver = minute !== this.#minute && index !== undefined && this.#live.minuteOf(index) === minute;
      if (isOver) this.#seal(index);
    }
  }

  /** Lets a minute go that is archived. */
  release(minute: number): void {
    this.#held.delete(minute);
  }

  /**
   * Removes what was recorded; the books stay open, and begin anew.
   * @param targetId of whom; without it, of all
   */
  clear(nowEpochMs: number, targetId?: string): void {
    const own = targetId === undefined ? undefined : this.#books.get(targetId);
    for (const books of targetId === undefined ? this.#books.values() : own === undefined ? [] : [own]) {
      this.#clearLive(books.index);
      this.#samples.clear(books.index);
      books.clear();
      books.openedAtEpochMs = nowEpochMs;
    }
    if (targetId !== undefined) {
      for (const { rows } of this.#held.values()) rows.delete(targetId);
    } else {
      this.#held.clear();
      if (!this.isEmpty) this.#measuredSinceEpochMs = nowEpochMs;
    }
  }

  /** Removes what was counted of a target from up to that moment on, in Unix ms. */
  forgetBefore(targetId: string, untilEpochMs: number): void {
    const books = this.#books.get(targetId);
    if (books !== undefined && books.openedAtEpochMs <= untilEpochMs) this.clear(Date.now(), targetId);
    for (const { rows } of this.#held.values()) {
      if ((rows.get(targetId)?.sinceEpochMs ?? Infinity) <= untilEpochMs) rows.delete(targetId);
    }
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
    if (isErased !== undefined) this.retain((_, row) => without(row, isErased));
  }

  /** Keeps of what is sealed only what is left of each row. */
  retain(remainder: Remainder): void {
    for (const { rows } of this.#held.values()) {
      for (const [id, row] of rows) {
        const left = remainder(id, row);
        if (left === undefined) rows.delete(id);
        else if (left !== row) rows.set(id, left);
      }
    }
  }

  /** Lets go what is older than that, archived or not. */
  dropBefore(epochMs: number): void {
    for (const minute of this.#held.keys())
      if ((minute + 1) * MINUTE_MS <= epochMs) this.#held.delete(minute);
  }

  /** The open books of a target. */
  booksOf(targetId: string): Books | undefined {
    return this.#books.get(targetId);
  }

  /** The open books in a place. */
  booksAt(index: number): Books {
    return this.#byIndex[index]!;
  }

  /** The single calls of a target that are kept; undefined where its books are not open. */
  samples(targetId: string): KeptCalls | undefined {
    const books = this.#books.get(targetId);
    if (books === undefined) return undefined;
    const { index, failures } = books;
    return {
      latest: this.#samples.latest(index, failures),
      slowest: this.#samples.slowest(index, failures),
      failed: failures?.latest ?? [],
    };
  }

  /** Estimated bytes of all that is held. */
  get sizeBytes(): number {
    let bytes = this.#live.sizeBytes + this.#heaviest.sizeBytes + this.#samples.sizeBytes;
    for (const { rows } of this.#held.values()) {
      for (const { histogram, heaviest } of rows.values())
        bytes += ROW_BYTES + histogram.byteLength + sizeBytesOf(heaviest);
    }
    return bytes;
  }

  #hold(minute: number): HeldMinute {
    let held = this.#held.get(minute);
    if (held === undefined) this.#held.set(minute, (held = { rows: new Map(), formerMs: 0, isWhole: false }));
    return held;
  }

  #seal(index: number): void {
    const books = this.#byIndex[index]!;
    if (this.#live.countOf(index) > 0) {
      const row = this.#read(books);
      books.untimed = 0;
      const { rows } = this.#hold(this.#live.minuteOf(index));
      const former = rows.get(books.targetId);
      // Where the clock was set back, or a row was full, a minute comes twice.
      rows.set(books.targetId, former === undefined ? row : sum(former, row));
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

function sum(...rows: readonly SealedRow[]): SealedRow {
  const total = new Row();
  for (const row of rows) total.merge(row);
  return total.seal();
}
