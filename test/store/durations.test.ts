import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Durations } from '../../src/store/durations.ts';
import { binOf, decodeBins } from '../../src/store/histogram.ts';

/** Many that share a bin, and many that do not: the table grows, and bins meet in its slots. */
const durationMs = fc.oneof(
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.integer({ min: 0, max: 60 }).map((exponent) => 2 ** exponent / 1e6),
  fc.constantFrom(0, 0.5, 3, 3000),
);

test('durations are counted by their bins, whatever came before, and merged', () => {
  fc.assert(
    fc.property(fc.array(durationMs, { maxLength: 600 }), fc.array(durationMs), (own, others) => {
      const durations = new Durations();
      const merged = new Durations();
      const truth = new Map<number, number>();
      for (const [to, values] of [
        [durations, own],
        [merged, others],
      ] as const) {
        for (const ms of values) {
          to.add(ms);
          const bin = binOf(ms * 1e6);
          truth.set(bin, (truth.get(bin) ?? 0) + 1);
        }
      }
      durations.merge(merged.maxMs, merged.encode());
      expect(decodeBins(Buffer.from(durations.encode(), 'base64'))).toEqual(
        [...truth].sort(([a], [b]) => a - b),
      );
      expect(durations.maxMs).toBe(Math.max(0, ...own, ...others));
    }),
  );
});
