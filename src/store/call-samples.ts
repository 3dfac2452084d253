import { withRoom } from './live-rows.ts';
import { NS_PER_MS, OUTCOMES, type Outcome } from './row.ts';

/** One run of a target, as it is kept: without arguments, results or who asked for it. */
export interface CallSample {
  /** Unix ms. */
  startedAtEpochMs: number;
  durationMs: number;
  outcome: Outcome;
}

const LATEST = 32;
const SLOWEST = 8;

/** A call is two numbers: when it began, in Unix ms, and its duration in ns times four plus the outcome. */
const FIELDS = 2;
const OUTCOME_RADIX = 4;

/** Before a target's calls: how many were kept, where the least slow of the slowest stands, and the threshold. */
const SEEN = 0;
const QUICKEST_AT = 1;
const THRESHOLD_NS = 2;
const LATEST_AT = 3;
const SLOWEST_AT = LATEST_AT + LATEST * FIELDS;
const NUMBERS = SLOWEST_AT + SLOWEST * FIELDS;

/** Each target's 32 latest and 8 slowest calls since it was attached, by its index: 664 bytes that never grow. */
export class CallSamples {
  #calls = new Float64Array(0);

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
    calls[quickestAt] = startedAtEpochMs;
    calls[quickestAt + 1] = call;
    if (seen >= SLOWEST - 1) calls[base + QUICKEST_AT] = this.#quickest(base);
  }

  /** Newest first. */
  latest(index: number): CallSample[] {
    const seen = this.#calls[index * NUMBERS + SEEN]!;
    return Array.from({ length: Math.min(seen, LATEST) }, (_, age) =>
      this.#read(index * NUMBERS + LATEST_AT + ((seen - 1 - age) % LATEST) * FIELDS),
    );
  }

  /** Slowest first. */
  slowest(index: number): CallSample[] {
    const kept = Math.min(this.#calls[index * NUMBERS + SEEN]!, SLOWEST);
    return Array.from({ length: kept }, (_, place) =>
      this.#read(index * NUMBERS + SLOWEST_AT + place * FIELDS),
    ).sort((a, b) => b.durationMs - a.durationMs);
  }

  /** From now on, calls that take less than this are not kept. */
  setThreshold(index: number, thresholdMs: number): void {
    this.#calls[index * NUMBERS + THRESHOLD_NS] = thresholdMs * NS_PER_MS;
  }

  clear(index: number): void {
    this.#calls.fill(0, index * NUMBERS, (index + 1) * NUMBERS);
  }

  get sizeBytes(): number {
    return this.#calls.byteLength;
  }

  #quickest(base: number): number {
    let quickest = SLOWEST_AT;
    for (let at = SLOWEST_AT + FIELDS; at < NUMBERS; at += FIELDS) {
      if (this.#calls[base + at + 1]! < this.#calls[base + quickest + 1]!) quickest = at;
    }
    return quickest;
  }

  #read(at: number): CallSample {
    const call = this.#calls[at + 1]!;
    const outcome = call % OUTCOME_RADIX;
    return {
      startedAtEpochMs: this.#calls[at]!,
      durationMs: (call - outcome) / OUTCOME_RADIX / NS_PER_MS,
      outcome: OUTCOMES[outcome]!,
    };
  }
}
