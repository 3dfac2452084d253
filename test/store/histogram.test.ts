import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Histogram } from '../../src/store/histogram.ts';
import { LiveRows } from '../../src/store/live-rows.ts';

const FRACTIONS = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1];
const LEAST_NS = 32;
const MOST_NS = 2 ** 46 - 2 ** 20;
/** Durations are spread over the orders of magnitude, not only over the largest. */
const durationNs = fc
  .tuple(fc.integer({ min: 5, max: 45 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([exponent, mantissa]) => Math.min(MOST_NS, Math.round(2 ** exponent * mantissa)));
const durationsNs = fc.array(durationNs, { minLength: 1, maxLength: 300 });

/** As the recorder fills it: through the row of a target among others. */
function histogramOf(values: readonly number[]): Histogram {
  const rows = new LiveRows();
  rows.reserve(3);
  for (const index of [0, 1, 2]) rows.clear(index, 0);
  rows.add(0, 5, 0);
  for (const value of values) rows.add(1, value, 0);
  rows.add(2, 7, 0);
  const histogram = new Histogram();
  histogram.merge(rows.read(1, 0, new Map()).histogram);
  return histogram;
}

function nearestRank(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(fraction * sorted.length)) - 1]!;
}

describe('Histogram', () => {
  test('quantiles are within 0.8 % of the nearest rank', () => {
    fc.assert(
      fc.property(durationsNs, (values) => {
        const quantiles = histogramOf(values).quantilesNs(FRACTIONS);
        FRACTIONS.forEach((fraction, index) => {
          const exact = nearestRank(values, fraction);
          expect(Math.abs(quantiles[index]! - exact) / exact).toBeLessThanOrEqual(1 / 128);
        });
      }),
    );
  });

  test('merging loses nothing and does not depend on the order', () => {
    fc.assert(
      fc.property(durationsNs, durationsNs, (left, right) => {
        const merged = histogramOf(right);
        merged.merge(histogramOf(left).encode());
        expect(merged.encode()).toEqual(histogramOf([...left, ...right]).encode());
      }),
    );
  });

  test('what is encoded is decoded, counts above 2^20 included', () => {
    fc.assert(
      fc.property(durationsNs, fc.integer({ min: 0, max: 5 }), (values, doublings) => {
        const histogram = histogramOf(values);
        for (let doubling = 0; doubling < doublings * 4; doubling++) histogram.merge(histogram.encode());
        const decoded = new Histogram();
        decoded.merge(histogram.encode());
        expect(decoded.encode()).toEqual(histogram.encode());
        expect(decoded.quantilesNs(FRACTIONS)).toEqual(histogram.quantilesNs(FRACTIONS));
      }),
    );
  });

  test('values outside the range count in the outermost bins', () => {
    const [low, high] = histogramOf([0, 2 ** 60]).quantilesNs([0, 1]) as [number, number];
    expect(low).toBeCloseTo(LEAST_NS, -1);
    expect(high).toBeGreaterThan(2 ** 45);
  });

  test('an empty histogram has no quantiles and no bytes', () => {
    expect(new Histogram().quantilesNs([0.5])).toEqual([Number.NaN]);
    expect(new Histogram().encode()).toHaveLength(0);
  });

  test('a thousand like values take few bytes', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => 1e6 * (1 + (index % 100) / 100));
    expect(histogramOf(values).encode().length).toBeLessThan(300);
  });

  test('a row that is cleared gives its pages back, empty', () => {
    const rows = new LiveRows();
    rows.reserve(1);
    rows.clear(0, 0);
    for (let round = 0; round < 100; round++) {
      for (let exponent = 5; exponent < 46; exponent++) rows.add(0, 2 ** exponent, 0);
      expect(rows.read(0, 0, new Map()).histogram).toHaveLength(2 * 41);
      rows.clear(0, round);
      expect(rows.read(0, 0, new Map())).toMatchObject({ count: 0, histogram: new Uint8Array() });
    }
    expect(rows.sizeBytes).toBeLessThan(50_000);
  });

  test.each([
    ['cut in the middle of a number', [0x80]],
    ['a bin out of range', [0xff, 0xff, 0xff, 0x7f, 1]],
    ['a bin without its count', [5]],
  ])('refuses bytes that did not come from it: %s', (_, bytes) => {
    expect(() => new Histogram().merge(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
