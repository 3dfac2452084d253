import { ByteReader } from './bytes.ts';

/**
 * A log-linear histogram of durations: every octave of nanoseconds (a doubling) is cut into 64 equal steps.
 *
 * The bin of a value is read from its IEEE 754 bits (exponent, then the six highest mantissa bits), so that
 * recording costs no logarithm. A quantile is the middle of its bin: at most 1/128 = 0.79 % from the recorded
 * value, for values from 32 ns to 2^46 ns (19.5 h); values outside count in the outermost bin. Histograms of
 * the same values are equal whatever the order, and merge without loss.
 */

const STEPS_PER_OCTAVE = 64;
const STEP_BITS = 6;
const MANTISSA_BITS_IN_HIGH_WORD = 20;
const EXPONENT_BIAS = 1023;
const LOWEST_EXPONENT = 5;
const HIGHEST_EXPONENT = 45;
const BINS = (HIGHEST_EXPONENT - LOWEST_EXPONENT + 1) * STEPS_PER_OCTAVE;
/** Bins are counted in pages of half an octave, there once a value fell into one. */
export const BINS_PER_PAGE = STEPS_PER_OCTAVE / 2;
const PAGE_BITS = STEP_BITS - 1;
export const PAGES = BINS / BINS_PER_PAGE;
/** What the exponent and step bits of the lowest value amount to. */
const LOWEST_BITS = (EXPONENT_BIAS + LOWEST_EXPONENT) << STEP_BITS;

const value = new Float64Array(1);
const words = new Uint32Array(value.buffer);
value[0] = 1;
const HIGH_WORD = words[1] === 0 ? 0 : 1;

/** The bin of a non-negative duration: its octave times 64, plus its step. */
export function binOf(durationNs: number): number {
  value[0] = durationNs;
  const bin = (words[HIGH_WORD]! >>> (MANTISSA_BITS_IN_HIGH_WORD - STEP_BITS)) - LOWEST_BITS;
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
}

function middleOfBinNs(bin: number): number {
  return startOfBinNs(bin, 0.5);
}

/**
 * Where a bin begins.
 * @param part how much of the bin to add
 */
export function startOfBinNs(bin: number, part = 0): number {
  const octaveStartNs = 2 ** ((bin >>> STEP_BITS) + LOWEST_EXPONENT);
  return octaveStartNs * (1 + ((bin & (STEPS_PER_OCTAVE - 1)) + part) / STEPS_PER_OCTAVE);
}

/**
 * Non-empty bins as LEB128 varints: the gap to the last non-empty bin, then the count, and so on.
 * @param countsOf the counts of a page, from `at` on, or undefined where it is empty
 * @param weight what each count is multiplied by
 */
export function encodeHistogram(
  countsOf: (page: number) => { counts: Uint32Array | Uint16Array; at: number } | undefined,
  weight = 1,
): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (let page = 0; page < PAGES; page++) {
    const found = countsOf(page);
    if (found === undefined) continue;
    for (let offset = 0; offset < BINS_PER_PAGE; offset++) {
      const count = found.counts[found.at + offset]!;
      if (count === 0) continue;
      const bin = page * BINS_PER_PAGE + offset;
      pushVarint(bytes, bin - last);
      pushVarint(bytes, Math.round(count * weight));
      last = bin;
    }
  }
  return Uint8Array.from(bytes);
}

/** The non-empty bins of an encoded histogram, ascending. Throws a RangeError as `Histogram.merge` does. */
export function decodeBins(bytes: Uint8Array): [bin: number, count: number][] {
  const reader = new ByteReader(bytes);
  const bins: [number, number][] = [];
  for (let bin = 0; !reader.atEnd; ) {
    bin += reader.varint();
    if (bin >= BINS) throw new RangeError(`The histogram has a bin ${bin}; there are ${BINS}.`);
    bins.push([bin, reader.varint()]);
  }
  return bins;
}

/** The other way. Throws a RangeError unless the bins ascend and exist. */
export function encodeBins(bins: readonly (readonly [bin: number, count: number])[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const [bin, count] of bins) {
    if (bin < last || bin >= BINS) throw new RangeError(`Bin ${bin} comes after bin ${last} of ${BINS}.`);
    pushVarint(bytes, bin - last);
    pushVarint(bytes, count);
    last = bin;
  }
  return Uint8Array.from(bytes);
}

/** Adds up encoded histograms, and tells their quantiles. */
export class Histogram {
  readonly #pages: (Uint32Array | undefined)[] = new Array(PAGES).fill(undefined);

  /** Adds what `encodeHistogram` wrote. Throws a RangeError when the bytes cannot have come from it. */
  merge(bytes: Uint8Array): void {
    const pages = this.#pages;
    const { length } = bytes;
    let at = 0;
    let bin = 0;
    // Read here and not by a `ByteReader`: a view of a month goes through tens of millions of bins.
    while (at < length) {
      let byte = bytes[at++]!;
      let gap = byte & 0x7f;
      for (let factor = 0x80; byte >= 0x80; factor *= 0x80) {
        byte = byteAt(bytes, at++);
        gap += (byte & 0x7f) * factor;
      }
      byte = byteAt(bytes, at++);
      let count = byte & 0x7f;
      for (let factor = 0x80; byte >= 0x80; factor *= 0x80) {
        byte = byteAt(bytes, at++);
        count += (byte & 0x7f) * factor;
      }
      bin += gap;
      if (bin >= BINS) throw new RangeError(`The histogram has a bin ${bin}; there are ${BINS}.`);
      const page = (pages[bin >>> PAGE_BITS] ??= new Uint32Array(BINS_PER_PAGE));
      page[bin & (BINS_PER_PAGE - 1)]! += count;
    }
  }

  add(other: Histogram): void {
    for (const [page, counts] of other.#pages.entries()) {
      if (counts === undefined) continue;
      const own = (this.#pages[page] ??= new Uint32Array(BINS_PER_PAGE));
      for (let offset = 0; offset < BINS_PER_PAGE; offset++) own[offset]! += counts[offset]!;
    }
  }

  encode(): Uint8Array {
    return encodeHistogram((page) => {
      const counts = this.#pages[page];
      return counts && { counts, at: 0 };
    });
  }

  /**
   * The durations, in nanoseconds, below or at which the given fractions of the values lie (nearest rank).
   * @param fractions ascending, each from 0 to 1
   * @returns one value a fraction; NaN where the histogram is empty
   */
  quantilesNs(fractions: readonly number[]): number[] {
    let total = 0;
    for (const counts of this.#pages) {
      for (let offset = 0; counts !== undefined && offset < BINS_PER_PAGE; offset++) total += counts[offset]!;
    }
    const ranks = fractions.map((fraction) => Math.max(1, Math.ceil(fraction * total)));
    const results: number[] = [];
    let seen = 0;
    for (const [page, counts] of this.#pages.entries()) {
      for (let offset = 0; counts !== undefined && offset < BINS_PER_PAGE; offset++) {
        if (counts[offset] === 0) continue;
        seen += counts[offset]!;
        while (results.length < ranks.length && ranks[results.length]! <= seen) {
          results.push(middleOfBinNs(page * BINS_PER_PAGE + offset));
        }
      }
    }
    while (results.length < fractions.length) results.push(Number.NaN);
    return results;
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError('The histogram ends in the middle of a number.');
  return byte;
}

function pushVarint(bytes: number[], number: number): void {
  let rest = number;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}
