import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slopeOf, student975 } from '../../../src/memory/growth/slope.ts';

const HOUR_MS = 3_600_000;

/** Numbers that are always the same, from 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Noise of a normal distribution (Box and Muller), of which each remembers a part of the one before. */
function noise(count: number, memory: number, next: () => number): number[] {
  let last = 0;
  return Array.from({ length: count }, () => {
    const own = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    last = memory * last + own;
    return last;
  });
}

/** In how many of 300 series with a known slope that is within the uncertainty. */
function covered(memory: number): number {
  const next = random(7);
  let within = 0;
  for (let run = 0; run < 300; run++) {
    const points = noise(120, memory, next).map((error, at) => [at * 30_000, at * 0.05 + error] as const);
    const { perHour, uncertaintyPerHour } = slopeOf(points)!;
    if (Math.abs(perHour - 6) <= uncertaintyPerHour) within++;
  }
  return within / 300;
}

describe('the slope', () => {
  test('of known points is that of the textbook', () => {
    // x 1 to 5, y 2, 4, 5, 4, 5: b = 0.6, Σe² = 2.4, s_b = √(0.8 / 10), t of three degrees of freedom = 3.182; what is
    // left is not alike from one to the next.
    const points = [2, 4, 5, 4, 5].map((value, at) => [(at + 1) * HOUR_MS, value] as const);
    const { perHour, uncertaintyPerHour, points: count } = slopeOf(points)!;
    expect(perHour).toBeCloseTo(0.6, 10);
    expect(uncertaintyPerHour / (Math.sqrt(0.08) * 3.182)).toBeCloseTo(1, 1);
    expect(count).toBe(5);
  });

  test('of a straight line is that line, without uncertainty', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 3, max: 100 }),
        (perHour, start, count) => {
          const points = Array.from(
            { length: count },
            (_, at) => [1.7e12 + at * HOUR_MS, start + at * perHour] as const,
          );
          const slope = slopeOf(points)!;
          expect(slope.perHour).toBeCloseTo(perHour, 5);
          expect(slope.uncertaintyPerHour).toBeLessThan(1e-3);
        },
      ),
    );
  });

  test('is not told of too few points, or of one time; NaN does not count', () => {
    expect(slopeOf([])).toBeUndefined();
    expect(
      slopeOf([
        [0, 1],
        [1, 2],
      ]),
    ).toBeUndefined();
    expect(
      slopeOf([
        [5, 1],
        [5, 2],
        [5, 3],
      ]),
    ).toBeUndefined();
    expect(
      slopeOf([
        [0, 1],
        [1, Number.NaN],
        [2, 3],
      ]),
    ).toBeUndefined();
  });

  test('is within the uncertainty in nearly 95 % of all cases, where noise is independent or remembers', () => {
    expect(covered(0)).toBeGreaterThan(0.91);
    expect(covered(0)).toBeLessThan(0.99);
    expect(covered(0.7)).toBeGreaterThan(0.87);
  });

  test('is less certain than independent noise would make it where points go one way and back', () => {
    const points = [0, 1, 2, 3, 3, 2, 1, 0].map((value, at) => [at * HOUR_MS, value] as const);
    const { perHour, uncertaintyPerHour } = slopeOf(points)!;
    expect(perHour).toBeCloseTo(0, 10);
    // Σe² = 10, Σ(t−t̄)² = 42, six degrees of freedom.
    expect(uncertaintyPerHour).toBeGreaterThan(2 * Math.sqrt(10 / 6 / 42) * 2.447);
  });
});

test('the quantiles of Student are those of the tables', () => {
  const table = { 1: 12.706, 2: 4.303, 3: 3.182, 5: 2.571, 10: 2.228, 30: 2.042, 120: 1.98 };
  for (const [freedom, quantile] of Object.entries(table))
    expect(Math.abs(student975(Number(freedom)) / quantile - 1)).toBeLessThan(0.01);
});
