import { binOf, decodeBins, encodeBins, Histogram } from './histogram.ts';

const NS_PER_MS = 1e6;
const FEWEST_SLOTS = 16;
/** 2^32 by the golden ratio (Knuth's multiplicative hashing): bins that are alike get slots far from each other. */
const SPREAD = 0x9e3779b1;
const NO_BIN = -1;

/**
 * Durations of one kind, few enough that most bins of a histogram would be empty. They are in a hash table of our own
 * with open addressing, as each request adds one: a Map takes longer.
 */
export class Durations {
  /** The longest, in ms; 0 where there are none. */
  maxMs = 0;
  /** The bin of each slot: a power of two, of which at most half are used. */
  #bins: number[] = new Array(FEWEST_SLOTS).fill(NO_BIN);
  #counts: number[] = new Array(FEWEST_SLOTS).fill(0);
  #used = 0;

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
    let slot = this.#slotOf(bin);
    if (this.#bins[slot] === NO_BIN) {
      if (2 * this.#used >= this.#bins.length) {
        this.#grow();
        slot = this.#slotOf(bin);
      }
      this.#used++;
      this.#bins[slot] = bin;
    }
    this.#counts[slot]! += count;
  }

  /** Where a bin is, or would be. */
  #slotOf(bin: number): number {
    const bins = this.#bins;
    const last = bins.length - 1;
    let slot = (Math.imul(bin, SPREAD) >>> 16) & last;
    while (bins[slot] !== bin && bins[slot] !== NO_BIN) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const known = this.#known();
    const slots = 2 * this.#bins.length;
    this.#bins = new Array(slots).fill(NO_BIN);
    this.#counts = new Array(slots).fill(0);
    for (const [bin, count] of known) {
      const slot = this.#slotOf(bin);
      this.#bins[slot] = bin;
      this.#counts[slot] = count;
    }
  }

  #known(): [bin: number, count: number][] {
    const known = this.#bins.map((bin, slot): [number, number] => [bin, this.#counts[slot]!]);
    return known.filter(([bin]) => bin !== NO_BIN);
  }

  #encoded(): Uint8Array {
    return encodeBins(this.#known().sort(([a], [b]) => a - b));
  }
}

/** Quantiles of a duration, in ms; NaN where nothing was measured. */
export interface Quantiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
