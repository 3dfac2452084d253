import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Thread } from '../../src/sampling/profile.ts';
import { stretchesOf } from '../../src/sampling/stretches.ts';
import { buildProfile } from './build.ts';

function thread(atUs: readonly number[], weightUs: readonly number[]): Thread {
  const [built] = buildProfile([{ stack: ['play@music'], times: Math.max(1, atUs.length) }]).threads;
  return { ...built!, atUs: Float64Array.from(atUs), weightUs: Float64Array.from(weightUs) };
}

test('a sample stands for the time before it was taken', () => {
  const { fromUs, toUs } = stretchesOf(thread([1_000, 2_000, 9_000], [1_000, 1_000, 500]));
  expect([...fromUs]).toEqual([0, 1_000, 8_500]);
  expect([...toUs]).toEqual([1_000, 2_000, 9_000]);
});

test('nothing overlaps, nothing is before the beginning, and each keeps its time', () => {
  const samples = fc.array(fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 5_000 })), { maxLength: 30 });
  fc.assert(
    fc.property(samples, (samples) => {
      const sorted = [...samples].sort(([a], [b]) => a - b);
      const weights = sorted.map(([, us]) => us);
      const { fromUs, toUs } = stretchesOf(
        thread(
          sorted.map(([at]) => at),
          weights,
        ),
      );
      sorted.forEach((_, at) => {
        expect(fromUs[at]).toBeGreaterThanOrEqual(at === 0 ? 0 : toUs[at - 1]!);
        expect(toUs[at]! - fromUs[at]!).toBe(weights[at]);
      });
    }),
  );
});
