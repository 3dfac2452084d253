import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distributionOf } from '../../src/store/distribution.ts';
import { MetricStore } from '../../src/store/metric-store.ts';

function distribution(durationsNs: readonly number[]) {
  const store = new MetricStore();
  store.turnTo(0);
  const { index } = store.open('a', 0);
  for (const ns of durationsNs) store.add(index, 0, ns, 0);
  return [...store.rowsIn(0)].flatMap(([, row]) => distributionOf(row));
}

/** From nanoseconds to hours, as many of each size. */
const durationNs = fc.double({ min: 0, max: 44, noNaN: true }).map((exponent) => Math.round(2 ** exponent));

test('each call is in the one class that its duration falls into', () => {
  fc.assert(
    fc.property(fc.array(durationNs, { minLength: 1, maxLength: 200 }), (durationsNs) => {
      const classes = distribution(durationsNs);
      expect(classes.length).toBeLessThanOrEqual(16);
      expect(classes[0]!.fromMs).toBe(Math.min(...durationsNs) / 1e6);
      expect(classes.at(-1)!.toMs).toBe(Math.max(...durationsNs) / 1e6);
      classes.forEach(({ fromMs, toMs, count }, at) => {
        const isLast = at === classes.length - 1;
        if (!isLast) expect(classes[at + 1]!.fromMs).toBe(toMs);
        const inside = durationsNs.filter((ns) => ns / 1e6 >= fromMs && (isLast || ns / 1e6 < toMs));
        expect(count).toBe(inside.length);
      });
    }),
  );
});

test('classes are about as many times as long as the one before', () => {
  const classes = distribution([1e3, 1e9]).slice(1, -1);
  expect(classes.length).toBeGreaterThan(7);
  for (const { fromMs, toMs } of classes)
    expect(toMs / fromMs).toBeCloseTo(classes[0]!.toMs / classes[0]!.fromMs);
});

test('what was never called has no classes, and one duration has one', () => {
  expect(distribution([])).toEqual([]);
  expect(distribution([5e6, 5e6])).toEqual([{ fromMs: 5, toMs: 5, count: 2 }]);
});
