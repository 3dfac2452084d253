import type { Context, Contexts } from '../context/contexts.ts';
import type { Books } from '../store/books.ts';
import type { KeptCalls } from '../store/call-samples.ts';
import type { CallOrigins } from '../store/heaviest/heaviest.ts';
import type { MetricStore } from '../store/metric-store.ts';
import { NS_PER_MS, OUTCOMES } from '../store/row.ts';
import { epochOffsetMs, monotonicNs } from './clock.ts';
import { errorKind, failureOf, isAbort } from './error-kind.ts';
import { StackReader } from './error-stack.ts';
import type { Governor } from './governor.ts';
import { LEAST_HOLD_NS, type LoopHold, LoopHolds } from './loop-holds.ts';
import type { OriginReader } from './origins.ts';
import { Unsettled } from './unsettled.ts';

/**
 * The hot path: what one call of a tracked function costs beside the function itself.
 *
 * A call ends as one append to a preallocated log; the log is folded into the rows of its targets each 1,024
 * calls, or each second by a timer. Nothing here does I/O, waits, or throws into the bot.
 */

const LOG_CALLS = 1_024;
const FIELDS = 3;
/** A log entry begins with the index of its books, shifted by this; whether it was on the loop all the time; the outcome. */
const INDEX_SHIFT = 3;
const ON_LOOP = 1 << 2;
const OUTCOME_MASK = ON_LOOP - 1;
const OK = OUTCOMES.indexOf('ok');
const ERROR = OUTCOMES.indexOf('error');
const ABORTED = OUTCOMES.indexOf('aborted');
const FOLD_INTERVAL_MS = 1_000;
/** What is kept of promises that were followed at once: some 0.2 MB. */
const MOST_IDLE = 1_024;
/** How long stacks may be read in each of these intervals, however many errors there are: reading one takes some 10 µs. */
const STACKS_MS = 4;
/**
 * How many calls that return a promise may be looked at in each of these intervals for how long they held the loop
 * before: that is one more look at the clock, of some 30 ns.
 */
const LOOKS = 4_096;

/** A promise being followed. Pooled with its two reactions, so that following one allocates no closure. */
class Following {
  place = 0;
  books: Books | undefined;
  whole: Books | undefined;
  startedAtNs = 0;
  from: CallOrigins | undefined;
  context: Context | undefined;
  readonly onFulfilled: (value: unknown) => unknown;
  readonly onRejected: (reason: unknown) => never;

  constructor(recorder: Recorder) {
    this.onFulfilled = (value) => {
      recorder.settled(this, OK, undefined);
      return value;
    };
    this.onRejected = (reason) => {
      recorder.settled(this, ERROR, reason);
      throw reason;
    };
  }
}

export class Recorder {
  readonly store: MetricStore;
  /** The tracked target that runs now, on the stack of functions: not one that awaits something. The proxies set it. */
  running: Books | undefined;
  #contexts: Contexts | undefined;
  /** What tells where calls come from; undefined where that is not looked at. */
  readonly reader: OriginReader | undefined;
  /** The calls whose promise has not settled. */
  readonly unsettled = new Unsettled<Following>();
  readonly #holds = new LoopHolds();
  readonly #log = new Float64Array(LOG_CALLS * FIELDS);
  /** Where each call in the log came from; undefined where that is not looked at. */
  readonly #origins: (CallOrigins | undefined)[] | undefined;
  #length = 0;
  readonly #idle: Following[] = [];
  #looks = LOOKS;
  #erasures = 0;
  #offsetMs = 0;
  #minuteEndNs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #stacks = new StackReader();
  readonly #read = (error: unknown) => this.#stacks.read(error);

  readonly #governor: Governor | undefined;

  /**
   * @param governor what keeps the cost of recording within its budget; without one, each call is timed
   * @param reader what tells where calls come from; without one, that is not looked at
   */
  constructor(store: MetricStore, governor?: Governor, reader?: OriginReader) {
    this.store = store;
    this.#governor = governor;
    this.reader = reader;
    this.#origins = reader && new Array<undefined>(LOG_CALLS).fill(undefined);
  }

  /**
   * Starts or continues recording a target. Its proxy keeps the books and hands them back on each call.
   * @param thresholdMs calls that take less are counted, but not kept as samples
   */
  open(targetId: string, thresholdMs?: number): Books {
    this.fold();
    this.#timer ??= setInterval(() => {
      this.fold();
      this.#governor?.govern(this.store.loads(), monotonicNs());
      this.store.sealSome();
      this.#readStacks();
      this.#looks = LOOKS;
      this.#forgetOrigins();
    }, FOLD_INTERVAL_MS).unref();
    return this.store.open(targetId, Date.now(), thresholdMs);
  }

  /** What gives each call its context, while somebody wants to know whose code runs. */
  get contexts(): Contexts | undefined {
    return this.#contexts;
  }

  set contexts(contexts: Contexts | undefined) {
    this.#contexts = contexts;
    this.store.hasContexts = contexts !== undefined;
  }

  /** Forgets a target with all that was recorded of it. */
  close(targetId: string): void {
    this.fold();
    this.store.forget(targetId);
    if (this.store.isEmpty) this.dispose();
  }

  /** Where a call comes from, to be handed back when it has ended; undefined where it does not say. */
  originsOf(args: readonly unknown[], reader: OriginReader): CallOrigins | undefined {
    const ids = reader.read(args);
    return ids && { names: reader.names, ids, erasures: this.store.erasures };
  }

  /** A call that returned a value which is no promise. */
  returned(books: Books, startedAtNs: number, from?: CallOrigins): void {
    this.#append(books, startedAtNs, OK | ON_LOOP, from);
  }

  /**
   * A call that threw.
   * @param whole books of the whole function, where the others are of one of its branches
   */
  threw(books: Books, startedAtNs: number, error: unknown, whole?: Books, from?: CallOrigins): void {
    this.#failed(books, startedAtNs, error, from);
    if (whole !== undefined) this.#failed(whole, startedAtNs, error, from);
    this.#held(books, startedAtNs);
  }

  /**
   * A call that returned a native promise: recorded when that settles.
   * @param whole books of the whole function, where the others are of one of its branches
   * @param context that of the call, where it has one
   * @returns the derived promise, for the caller: with the original in the caller's hands and our reaction on
   *   it, a rejection that nobody handles would go unreported
   */
  follow(
    books: Books,
    startedAtNs: number,
    promise: Promise<unknown>,
    whole?: Books,
    from?: CallOrigins,
    context?: Context,
  ): Promise<unknown> {
    if (this.#looks > 0) {
      this.#looks--;
      this.#held(books, startedAtNs);
    }
    const following = this.#idle.pop() ?? this.#makeRoom();
    following.books = books;
    following.whole = whole;
    following.startedAtNs = startedAtNs;
    following.from = from;
    following.context = context;
    return promise.then(following.onFulfilled, following.onRejected);
  }

  settled(following: Following, outcome: number, reason: unknown): void {
    const { books, whole, startedAtNs, from, context } = following;
    if (outcome === OK) this.#append(books!, startedAtNs, OK, from);
    else this.#failed(books!, startedAtNs, reason, from);
    if (whole !== undefined) {
      if (outcome === OK) this.#append(whole, startedAtNs, OK, from);
      else this.#failed(whole, startedAtNs, reason, from);
    }
    if (context !== undefined) {
      this.#contexts?.end(context, outcome === OK ? 'ok' : failureOf(reason), reason);
      following.context = undefined;
    }
    following.books = undefined;
    following.whole = undefined;
    following.from = undefined;
    if (this.#idle.length < MOST_IDLE && this.unsettled.has(following)) this.#idle.push(following);
    else this.unsettled.delete(following, books!);
  }

  /** Which targets held the loop in a stretch of time, by `monotonicNs`, for 5 ms or more each time. */
  loopHolds(fromNs: number, toNs: number): LoopHold[] {
    this.fold();
    return this.#holds.within(fromNs, toNs);
  }

  /** Brings the rows up to date with the log. */
  fold(): void {
    const log = this.#log;
    const origins = this.#origins;
    const length = this.#length;
    this.#length = 0;
    for (let at = 0; at < length; at += FIELDS) {
      const endedAtNs = log[at + 1]!;
      if (endedAtNs >= this.#minuteEndNs) this.#turn(endedAtNs);
      const key = log[at]! | 0;
      const durationNs = log[at + 2]!;
      const startedAtEpochMs = this.#offsetMs + (endedAtNs - durationNs) / NS_PER_MS;
      const from = origins?.[at / FIELDS];
      const index = key >>> INDEX_SHIFT;
      if (durationNs >= LEAST_HOLD_NS && (key & ON_LOOP) !== 0)
        this.#holds.add(this.store.booksAt(index), endedAtNs - durationNs, endedAtNs);
      this.store.add(index, startedAtEpochMs, durationNs, key & OUTCOME_MASK, from);
    }
    origins?.fill(undefined, 0, length / FIELDS);
    const nowNs = monotonicNs();
    if (nowNs >= this.#minuteEndNs) this.#turn(nowNs);
  }

  /** The single calls of a target that are kept, and what is known of its errors; undefined without open books. */
  look(targetId: string): { calls: KeptCalls; books: Books } | undefined {
    this.fold();
    const books = this.store.booksOf(targetId);
    if (books === undefined) return undefined;
    books.failures?.readStacks(this.#read, () => true);
    return { calls: this.store.calls.of(books), books };
  }

  /** Stops the timer; a later `open` starts it again. */
  dispose(): void {
    this.#readStacks();
    // Nobody would see to it that they are erased where that is wished for.
    this.unsettled.forgetOrigins();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #append(books: Books, startedAtNs: number, outcome: number, from: CallOrigins | undefined): void {
    const endedAtNs = monotonicNs();
    if (books.index === -1) return;
    const at = this.#length;
    const log = this.#log;
    log[at] = (books.index << INDEX_SHIFT) | outcome;
    log[at + 1] = endedAtNs;
    log[at + 2] = endedAtNs - startedAtNs;
    if (from !== undefined && from.erasures === this.store.erasures) this.#origins![at / FIELDS] = from;
    this.#length = at + FIELDS;
    if (at + FIELDS === LOG_CALLS * FIELDS) this.fold();
  }

  #failed(books: Books, startedAtNs: number, error: unknown, from: CallOrigins | undefined): void {
    const durationNs = monotonicNs() - startedAtNs;
    if (books.index === -1) return;
    // The kind belongs to the minute that the call ended in: what ended before has to be in the rows first.
    this.fold();
    const outcome = isAbort(error) ? ABORTED : ERROR;
    const kind = errorKind(error);
    const startedAtEpochMs = this.#offsetMs + startedAtNs / NS_PER_MS;
    const known = from?.erasures === this.store.erasures ? from : undefined;
    this.store.add(books.index, startedAtEpochMs, durationNs, outcome, known);
    if (outcome === ERROR) books.addErrorKind(kind);
    this.store.calls.addFailure(books, startedAtEpochMs, durationNs, outcome, kind, error);
  }

  /** A call that is over, or has returned a promise, so that it is not on the loop any more. */
  #held(books: Books, startedAtNs: number): void {
    const endedAtNs = monotonicNs();
    if (endedAtNs - startedAtNs >= LEAST_HOLD_NS) this.#holds.add(books, startedAtNs, endedAtNs);
  }

  #makeRoom(): Following {
    const following = new Following(this);
    this.unsettled.add(following);
    return following;
  }

  #forgetOrigins(): void {
    if (this.#erasures === this.store.erasures) return;
    this.#erasures = this.store.erasures;
    this.unsettled.forgetOrigins(this.#erasures);
  }

  #readStacks(): void {
    const endNs = monotonicNs() + STACKS_MS * NS_PER_MS;
    this.store.calls.readStacks(this.#read, () => monotonicNs() < endNs);
  }

  #turn(atNs: number): void {
    this.#offsetMs = epochOffsetMs();
    const nowEpochMs = this.#offsetMs + atNs / NS_PER_MS;
    this.store.turnTo(nowEpochMs);
    this.#minuteEndNs = atNs + (this.store.minuteEndEpochMs - nowEpochMs) * NS_PER_MS;
  }
}
