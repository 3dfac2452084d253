import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Complete,
  cover,
  coverEvenly,
  endOf,
  keptFrom,
  LEVELS,
  type Span,
  startOf,
} from '../../src/store/levels.ts';

const [MINUTE, HOUR, DAY] = LEVELS;
const NOW_EPOCH_MS = 1_800_000_000_000;

const clock = fc
  .record({
    nowEpochMs: fc.integer({ min: NOW_EPOCH_MS, max: NOW_EPOCH_MS + 3 * DAY.ms }),
    agoMs: fc.integer({ min: 0, max: 40 * DAY.ms }),
  })
  .map(({ nowEpochMs, agoMs }) => ({ nowEpochMs, fromEpochMs: nowEpochMs - agoMs }));

/** As it is when everything is put together as soon as it is over. */
function completeAt(epochMs: number): Complete {
  const of = (level: { ms: number }) => Math.floor(epochMs / level.ms);
  return { minute: of(MINUTE) + 1, hour: of(HOUR), day: of(DAY) };
}

function isThere({ level, index }: Span, complete: Complete): boolean {
  return index < complete[level.name] && index >= keptFrom(level, complete);
}

test('a window is covered once, without a gap, by buckets that are there', () => {
  fc.assert(
    fc.property(clock, ({ nowEpochMs, fromEpochMs }) => {
      const complete = completeAt(nowEpochMs);
      const spans = [...cover(fromEpochMs, nowEpochMs, complete)].sort((a, b) => startOf(a) - startOf(b));
      expect(spans.filter((span) => !isThere(span, complete))).toEqual([]);
      spans.slice(1).forEach((span, index) => {
        expect(startOf(span)).toBe(endOf(spans[index]!));
      });
      expect(startOf(spans[0]!)).toBeLessThanOrEqual(fromEpochMs);
      expect(endOf(spans.at(-1)!)).toBeGreaterThan(nowEpochMs);
      expect(endOf(spans.at(-1)!)).toBeLessThanOrEqual(nowEpochMs + MINUTE.ms);
    }),
  );
});

test('to be looked at one after the other, a window is covered by buckets of one level, and finer ones at its end', () => {
  fc.assert(
    fc.property(clock, ({ nowEpochMs, fromEpochMs }) => {
      const complete = completeAt(nowEpochMs);
      const spans = [...coverEvenly(fromEpochMs, nowEpochMs, complete)];
      expect(spans.filter((span) => !isThere(span, complete))).toEqual([]);
      spans.slice(1).forEach((span, at) => {
        expect(startOf(span)).toBe(endOf(spans[at]!));
        expect(span.level.ms).toBeLessThanOrEqual(spans[at]!.level.ms);
      });
      const [first] = spans;
      expect(startOf(first!)).toBeLessThanOrEqual(fromEpochMs);
      expect(endOf(first!)).toBeGreaterThan(fromEpochMs);
      expect(endOf(spans.at(-1)!)).toBeGreaterThan(nowEpochMs);
      // No finer one is there from the beginning of the window on.
      const finer = LEVELS[LEVELS.findIndex(({ name }) => name === first!.level.name) - 1];
      const begin = finer && { level: finer, index: Math.floor(fromEpochMs / finer.ms) };
      if (begin !== undefined && begin.index < complete[finer!.name])
        expect(isThere(begin, complete)).toBe(false);
      expect(spans.length).toBeLessThanOrEqual(40 + 24 + 3 * 60);
    }),
  );
});

test('few buckets are read, however long the window', () => {
  fc.assert(
    fc.property(clock, ({ nowEpochMs, fromEpochMs }) => {
      expect([...cover(fromEpochMs, nowEpochMs, completeAt(nowEpochMs))].length).toBeLessThanOrEqual(
        40 + 2 * 24 + 2 * 60,
      );
    }),
  );
});

test('the last hours begin with the minute asked for, the last day with the hour', () => {
  const complete = completeAt(NOW_EPOCH_MS);
  for (const [agoMs, atMostMs] of [
    [5 * MINUTE.ms, MINUTE.ms],
    [HOUR.ms, MINUTE.ms],
    [2 * HOUR.ms, MINUTE.ms],
    [DAY.ms, HOUR.ms],
    [2 * DAY.ms, DAY.ms],
    [30 * DAY.ms, DAY.ms],
  ] as const) {
    const [first] = [...cover(NOW_EPOCH_MS - agoMs, NOW_EPOCH_MS, complete)].sort(
      (a, b) => startOf(a) - startOf(b),
    );
    expect(NOW_EPOCH_MS - agoMs - startOf(first!)).toBeLessThan(atMostMs);
  }
});
