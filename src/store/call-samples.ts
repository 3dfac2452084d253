import { OUTCOMES, type Outcome } from './row.ts';

/** One run of a target, as it is kept: without arguments, results or who asked for it. */
export interface CallSample {
  /** Unix ms. */
  startedAtEpochMs: number;
  durationMs: number;
  outcome: Outcome;
}

const LATEST = 32;
const SLOWEST = 8;
const FIELDS = 3;

/** A target's 32 latest and 8 slowest calls since it was attached, in 1 KB that never grows. */
export class CallSamples {
  readonly #latest = new Float64Array(LATEST * FIELDS);
  readonly #slowest = new Float64Array(SLOWEST * FIELDS);
  #seen = 0;
  /** Place and duration of the least slow of the slowest: almost every call ends at one comparison with it. */
  #quickestAt = 0;
  #quickestMs = -1;

  add(startedAtEpochMs: number, durationMs: number, outcome: number): void {
    put(this.#latest, (this.#seen % LATEST) * FIELDS, startedAtEpochMs, durationMs, outcome);
    this.#seen++;
    if (durationMs <= this.#quickestMs) return;
    if (this.#seen <= SLOWEST) {
      put(this.#slowest, (this.#seen - 1) * FIELDS, startedAtEpochMs, durationMs, outcome);
      if (this.#seen === SLOWEST) this.#findQuickest();
      return;
    }
    put(this.#slowest, this.#quickestAt, startedAtEpochMs, durationMs, outcome);
    this.#findQuickest();
  }

  /** Newest first. */
  latest(): CallSample[] {
    const kept = Math.min(this.#seen, LATEST);
    return Array.from({ length: kept }, (_, age) =>
      read(this.#latest, ((this.#seen - 1 - age) % LATEST) * FIELDS),
    );
  }

  /** Slowest first. */
  slowest(): CallSample[] {
    const kept = Math.min(this.#seen, SLOWEST);
    return Array.from({ length: kept }, (_, place) => read(this.#slowest, place * FIELDS)).sort(
      (a, b) => b.durationMs - a.durationMs,
    );
  }

  #findQuickest(): void {
    this.#quickestAt = 0;
    for (let at = FIELDS; at < this.#slowest.length; at += FIELDS) {
      if (this.#slowest[at + 1]! < this.#slowest[this.#quickestAt + 1]!) this.#quickestAt = at;
    }
    this.#quickestMs = this.#slowest[this.#quickestAt + 1]!;
  }
}

function put(calls: Float64Array, at: number, startedAtEpochMs: number, durationMs: number, outcome: number) {
  calls[at] = startedAtEpochMs;
  calls[at + 1] = durationMs;
  calls[at + 2] = outcome;
}

function read(calls: Float64Array, at: number): CallSample {
  return {
    startedAtEpochMs: calls[at]!,
    durationMs: calls[at + 1]!,
    outcome: OUTCOMES[calls[at + 2]!]!,
  };
}
