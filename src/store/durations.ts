import { binOf, decodeBins, encodeBins, Histogram } from './histogram.ts';

const NS_PER_MS = 1e6;

/** Durations of one kind, few enough that most bins of a histogram would be empty. */
export class Durations {
  /** The longest, in ms; 0 where there are none. */
  maxMs = 0;
  /** Their counts are objects, so that to add one takes one search instead of two. */
  readonly #bins = new Map<number, { count: number }>();

  add(ms: number): void {
    this.#add(binOf(ms * NS_PER_MS), 1);
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /**
   * Adds what `encode` gave.
   * @throws RangeError where the histogram cannot have come from it
   */
  merge(maxMs: number, encoded: string): void {
    this.maxMs = Math.max(this.maxMs, maxMs);
    for (const [bin, count] of decodeBins(Buffer.from(encoded, 'base64'))) this.#add(bin, count);
  }

  /** The histogram, in base64. */
  encode(): string {
    return Buffer.from(this.#encoded()).toString('base64');
  }

  /**
   * Quantiles, in ms.
   * @param fractions ascending, each from 0 to 1
   * @returns NaN for each where there are no durations
   */
  quantilesMs(fractions: readonly number[]): number[] {
    const histogram = new Histogram();
    histogram.merge(this.#encoded());
    // The longest is known; the middle of its bin may lie above it.
    return histogram
      .quantilesNs(fractions)
      .map((ns, index) =>
        fractions[index] === 1 && ns > 0 ? this.maxMs : Math.min(ns / NS_PER_MS, this.maxMs),
      );
  }

  /** The quantiles that tables show. */
  quantiles(): Quantiles {
    const [p50Ms, p95Ms, p99Ms, maxMs] = this.quantilesMs([0.5, 0.95, 0.99, 1]);
    return { p50Ms: p50Ms!, p95Ms: p95Ms!, p99Ms: p99Ms!, maxMs: maxMs! };
  }

  #add(bin: number, count: number): void {
    const known = this.#bins.get(bin);
    if (known === undefined) this.#bins.set(bin, { count });
    else known.count += count;
  }

  #encoded(): Uint8Array {
    const bins = [...this.#bins].map(([bin, { count }]) => [bin, count] as const);
    return encodeBins(bins.sort(([a], [b]) => a - b));
  }
}

/** Quantiles of a duration, in ms; NaN where nothing was measured. */
export interface Quantiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
