/**
 * How far what was sampled may lie from what was allocated.
 *
 * V8 samples an object of s bytes with the probability p = 1 − e^(−s/r), r being the interval, and counts it as 1/p
 * objects (`SamplingHeapProfiler::ScaleSample` in V8's src/profiler/sampling-heap-profiler.cc). Sums of that are
 * Horvitz and Thompson's estimate (1952) under Poisson sampling, whose variance is estimated without bias as
 * Σ (s/p)² (1 − p) over the samples. With small objects, n samples stand for n·r bytes ± n^−½ of that.
 */

/** The quantile of the normal distribution that 95 % lie within. */
const WITHIN_95 = 1.96;
const STEPS = 40;

/** The variance that one sample adds, in bytes². */
export class SampleVariance {
  readonly #intervalBytes: number;
  /** By what a sample stands for: there are few different ones. */
  readonly #known = new Map<number, number>();

  constructor(intervalBytes: number) {
    this.#intervalBytes = intervalBytes;
  }

  /** @param bytes what the sample stands for: s/p, of which V8 tells the product only */
  of(bytes: number): number {
    let variance = this.#known.get(bytes);
    if (variance === undefined) {
      variance = bytes * (bytes - this.#objectBytes(bytes));
      this.#known.set(bytes, variance);
    }
    return variance;
  }

  /** The s of which s/(1 − e^(−s/r)) is `bytes`. It rises with s, from r on: what is rounded to less is taken for 0. */
  #objectBytes(bytes: number): number {
    let [low, high] = [0, bytes];
    for (let step = 0; step < STEPS; step++) {
      const middle = (low + high) / 2;
      if (middle / -Math.expm1(-middle / this.#intervalBytes) < bytes) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** Half the width of what the truth lies in, 19 times of 20. */
export function uncertaintyOf(variance: number): number {
  return WITHIN_95 * Math.sqrt(variance);
}
