import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LeastSeen } from '../../src/deadline/least-seen.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const arrivals = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }),
    delayMs: fc.integer({ min: 1, max: 5_000 }),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('the excess over the least seen', () => {
  test('is that over the least of at most the last hour, and of at least the last 45 minutes', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: -1e12, max: 1e12 }), (all, startMs) => {
        const least = new LeastSeen();
        const seen: { atMs: number; delayMs: number }[] = [];
        let atMs = startMs;
        for (const { afterMs, delayMs } of all) {
          atMs += afterMs;
          seen.push({ atMs, delayMs });
          const leastOf = (spanMs: number) =>
            Math.min(...seen.filter((one) => atMs - one.atMs < spanMs).map((one) => one.delayMs));
          const excessMs = least.excessOf(delayMs, atMs);
          expect(excessMs).toBeGreaterThanOrEqual(delayMs - leastOf(45 * MINUTE_MS));
          expect(excessMs).toBeLessThanOrEqual(delayMs - leastOf(HOUR_MS));
        }
      }),
    );
  });

  test('does not depend on what the clocks differ by', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: -1e10, max: 1e10 }), (all, skewMs) => {
        const [one, other] = [new LeastSeen(), new LeastSeen()];
        let atMs = 0;
        for (const { afterMs, delayMs } of all) {
          atMs += afterMs;
          expect(other.excessOf(delayMs + skewMs, atMs)).toBe(one.excessOf(delayMs, atMs));
        }
      }),
    );
  });

  test('of a clock that is stepped: forth it is right at once, back after an hour', () => {
    const least = new LeastSeen();
    for (let minute = 0; minute < 5; minute++) least.excessOf(100, minute * MINUTE_MS);
    expect(least.excessOf(130, 5 * MINUTE_MS)).toBe(30);
    expect(least.excessOf(-9_900, 6 * MINUTE_MS)).toBe(0);
    expect(least.excessOf(-9_870, 7 * MINUTE_MS)).toBe(30);
    expect(least.excessOf(100, 8 * MINUTE_MS)).toBe(10_000);
    least.excessOf(100, 8 * MINUTE_MS + HOUR_MS);
    expect(least.excessOf(130, 9 * MINUTE_MS + HOUR_MS)).toBe(30);
  });
});
