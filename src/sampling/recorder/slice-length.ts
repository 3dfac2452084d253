/** V8 writes a slice out at once. One that takes longer than this is followed by one as much shorter, … */
const LONG_MS = 6;
/** … and one that takes less than this by a longer one. */
const SHORT_MS = 3;
const GROWTH = 1.5;
/** The first ones are short: how many different stacks there are is not known yet. */
const SLICE_MS = { min: 40, max: 5_000, first: 100 } as const;
/** What `SLICE_MS.first` is for, in µs between two samples. */
const COMMON_INTERVAL_US = 1_000;

/** How long slices of a recording last: what V8 writes out in one go is to hold the loop for some ms only. */
export class SliceLength {
  readonly #mostMs: number;
  #ms: number;

  /** @param mostMs how long a slice may last */
  constructor(intervalUs: number, mostMs: number = SLICE_MS.max) {
    this.#mostMs = mostMs;
    const { min, first } = SLICE_MS;
    this.#ms = Math.max(min, Math.min(mostMs, (first * intervalUs) / COMMON_INTERVAL_US));
  }

  /** Of the present one. */
  get ms(): number {
    return this.#ms;
  }

  /** @param tookMs how long V8 took to write the last one out */
  learn(tookMs: number): void {
    if (tookMs > LONG_MS) this.#ms = Math.max(SLICE_MS.min, (this.#ms * LONG_MS) / tookMs);
    else if (tookMs < SHORT_MS) this.#ms = Math.min(this.#mostMs, this.#ms * GROWTH);
  }
}
