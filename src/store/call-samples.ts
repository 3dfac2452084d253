import type { Stack } from '../cog/error-stack.ts';
import type { Books } from './books.ts';
import { type FailedCall, Failure, Failures } from './failures.ts';
import { withRoom } from './live-rows.ts';
import { NS_PER_MS, OUTCOMES, type Outcome } from './row.ts';

/** One run of a target, as it is kept: without arguments, results or who asked for it. */
export interface KeptCall {
  /** Unix ms. */
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** Undefined where it is not known. */
  readonly failure?: Failure | undefined;
}

/** The single calls of one target that are kept. */
export interface KeptCalls {
  /** Undefined where it is not known. */
  readonly first: KeptCall | undefined;
  /** Newest first. */
  readonly latest: readonly KeptCall[];
  /** Slowest first. */
  readonly slowest: readonly KeptCall[];
  /** Newest first. */
  readonly failed: readonly FailedCall[];
}

const LATEST = 32;
const SLOWEST = 8;

/** A call is two numbers: when it began, in Unix ms, and its duration in ns times four plus the outcome. */
const FIELDS = 2;
const OUTCOME_RADIX = 4;
const OK = OUTCOMES.indexOf('ok');

/** Before a target's calls: how many were kept, where the least slow of the slowest stands, and the threshold. */
const SEEN = 0;
const QUICKEST_AT = 1;
const THRESHOLD_NS = 2;
const LATEST_AT = 3;
const SLOWEST_AT = LATEST_AT + LATEST * FIELDS;
const FIRST_AT = SLOWEST_AT + SLOWEST * FIELDS;
const NUMBERS = FIRST_AT + FIELDS;

/**
 * Each target's 32 latest and 8 slowest calls since it was attached, and the first one, by its index: 680 bytes that never grow. What
 * failed calls failed with is in the books of the target.
 */
export class CallSamples {
  #calls = new Float64Array(0);
  /** Whose failed calls have stacks that were not read yet; who has waited longest comes first. */
  readonly #unread = new Set<Books>();

  /** Makes room for the indices below `targets`. */
  reserve(targets: number): void {
    this.#calls = withRoom(this.#calls, targets * NUMBERS);
  }

  add(index: number, startedAtEpochMs: number, durationNs: number, outcome: number): void {
    const calls = this.#calls;
    const base = index * NUMBERS;
    if (durationNs < calls[base + THRESHOLD_NS]!) return;
    const seen = calls[base + SEEN]!++;
    const call = durationNs * OUTCOME_RADIX + outcome;
    // A power of two: the remainder of two floating-point numbers would cost several times as much.
    const latestAt = base + LATEST_AT + (seen & (LATEST - 1)) * FIELDS;
    calls[latestAt] = startedAtEpochMs;
    calls[latestAt + 1] = call;
    // Almost every call ends here, after one comparison.
    const quickestAt = seen < SLOWEST ? base + SLOWEST_AT + seen * FIELDS : base + calls[base + QUICKEST_AT]!;
    if (seen >= SLOWEST && call <= calls[quickestAt + 1]!) return;
    if (seen === 0 && calls[base + THRESHOLD_NS] === 0) {
      calls[base + FIRST_AT] = startedAtEpochMs;
      calls[base + FIRST_AT + 1] = call;
    }
    calls[quickestAt] = startedAtEpochMs;
    calls[quickestAt + 1] = call;
    if (seen >= SLOWEST - 1) calls[base + QUICKEST_AT] = this.#quickest(base);
  }

  /**
   * Newest first.
   * @param failures of the same target
   */
  latest(index: number, failures?: Failures): KeptCall[] {
    const seen = this.#calls[index * NUMBERS + SEEN]!;
    return Array.from({ length: Math.min(seen, LATEST) }, (_, age) =>
      this.#read(index, (seen - 1 - age) % LATEST, failures),
    );
  }

  /**
   * Slowest first.
   * @param failures of the same target
   */
  slowest(index: number, failures?: Failures): KeptCall[] {
    const kept = Math.min(this.#calls[index * NUMBERS + SEEN]!, SLOWEST);
    return Array.from({ length: kept }, (_, at) => this.#read(index, LATEST + at, failures)).sort(
      (a, b) => b.durationMs - a.durationMs,
    );
  }

  /** Undefined where it is not known: a threshold leaves quick ones out, the first one perhaps. */
  first(index: number): KeptCall | undefined {
    const call = this.#read(index, LATEST + SLOWEST, undefined);
    return call.startedAtEpochMs === 0 ? undefined : call;
  }

  /** The single calls of a target. */
  of({ index, failures }: Books): KeptCalls {
    return {
      first: this.first(index),
      latest: this.latest(index, failures),
      slowest: this.slowest(index, failures),
      failed: failures?.latest ?? [],
    };
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
    const places = this.#placesOfLast(books.index, startedAtEpochMs);
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

  /** From now on, calls that take less than this are not kept. */
  setThreshold(index: number, thresholdMs: number): void {
    this.#calls[index * NUMBERS + THRESHOLD_NS] = thresholdMs * NS_PER_MS;
  }

  /** The threshold stays. */
  clear(index: number): void {
    const thresholdNs = this.#calls[index * NUMBERS + THRESHOLD_NS]!;
    this.#calls.fill(0, index * NUMBERS, (index + 1) * NUMBERS);
    this.#calls[index * NUMBERS + THRESHOLD_NS] = thresholdNs;
  }

  get sizeBytes(): number {
    return this.#calls.byteLength;
  }

  /** The places of the call that was added last: none where it took less than the threshold. */
  #placesOfLast(index: number, startedAtEpochMs: number): number[] {
    const latest = (this.#calls[index * NUMBERS + SEEN]! - 1) & (LATEST - 1);
    if (this.#calls[callAt(index, latest)] !== startedAtEpochMs) return [];
    for (let place = LATEST; place < LATEST + SLOWEST; place++) {
      if (this.#calls[callAt(index, place)] === startedAtEpochMs) return [latest, place];
    }
    return [latest];
  }

  #quickest(base: number): number {
    let quickest = SLOWEST_AT;
    for (let at = SLOWEST_AT + FIELDS; at < FIRST_AT; at += FIELDS) {
      if (this.#calls[base + at + 1]! < this.#calls[base + quickest + 1]!) quickest = at;
    }
    return quickest;
  }

  #read(index: number, place: number, failures: Failures | undefined): KeptCall {
    const at = callAt(index, place);
    const call = this.#calls[at + 1]!;
    const outcome = call % OUTCOME_RADIX;
    return {
      startedAtEpochMs: this.#calls[at]!,
      durationMs: (call - outcome) / OUTCOME_RADIX / NS_PER_MS,
      outcome: OUTCOMES[outcome]!,
      // What was in the place before may have failed.
      failure: outcome === OK ? undefined : failures?.at(place),
    };
  }
}

/** Where the call in a place stands: the slowest come after the latest, and the first one after them. */
function callAt(index: number, place: number): number {
  return index * NUMBERS + LATEST_AT + place * FIELDS;
}
