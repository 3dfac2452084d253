import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryBacking } from '../../src/store/backing.ts';
import { type History, historyOf } from '../../src/store/history.ts';
import { LEVELS } from '../../src/store/levels.ts';
import { type SentTimeline, Timeline } from '../../src/store/timeline.ts';
import { Kept } from '../fixtures/kept.ts';

const [MINUTE, HOUR, DAY] = LEVELS;
const START_EPOCH_MS = Date.UTC(2026, 10, 20);
const RETENTION_MS = 60 * DAY.ms;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START_EPOCH_MS });
});
afterEach(() => vi.useRealTimers());

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

function open(): Promise<Kept> {
  return Kept.open(memoryBacking(), RETENTION_MS);
}

/** Calls two targets once a step for so long. */
async function run(kept: Kept, ms: number, stepMs: number = MINUTE.ms): Promise<number> {
  let calls = 0;
  for (const end = Date.now() + ms; Date.now() < end; pass(stepMs), calls++) {
    kept.call('a', [5]);
    kept.call('b', [7]);
    await kept.keeper.flush();
  }
  return calls;
}

async function history(kept: Kept, windowMs?: number): Promise<History> {
  return historyOf([await kept.timeline('a', windowMs)]);
}

/** As it arrives on another shard. */
async function sent(timeline: Timeline): Promise<Timeline> {
  return Timeline.receive('a', JSON.parse(JSON.stringify(await timeline.send())) as SentTimeline);
}

function total({ points }: History): number {
  return points.reduce((sum, { count }) => sum + count, 0);
}

test('of a minute, every figure is that of its calls', async () => {
  const kept = await open();
  kept.call('a', [10, 20, 30]);
  kept.call('a', [400], 'error');
  pass(MINUTE.ms);
  kept.call('b', [1]);
  pass(20_000);
  const { resolutionMs, points } = await history(kept);
  expect(resolutionMs).toBe(MINUTE.ms);
  expect(points).toEqual([
    {
      fromEpochMs: START_EPOCH_MS,
      toEpochMs: START_EPOCH_MS + MINUTE.ms,
      coveredMs: MINUTE.ms,
      count: 4,
      errors: 1,
      p50Ms: expect.closeTo(20, 0),
      p95Ms: expect.closeTo(400, -1),
      maxMs: 400,
    },
    {
      fromEpochMs: START_EPOCH_MS + MINUTE.ms,
      toEpochMs: START_EPOCH_MS + 2 * MINUTE.ms,
      coveredMs: 20_000,
      count: 0,
      errors: 0,
      p50Ms: Number.NaN,
      p95Ms: Number.NaN,
      maxMs: Number.NaN,
    },
  ]);
});

describe('the steps', () => {
  test.each([
    ['minutes', 30 * MINUTE.ms, undefined, MINUTE.ms, 31],
    ['minutes, of an hour', 3 * HOUR.ms, HOUR.ms, MINUTE.ms, 61],
    ['two minutes, where there would be too many', 2.5 * HOUR.ms, 2.5 * HOUR.ms, 2 * MINUTE.ms, 76],
    ['hours, where minutes are gone', 20 * HOUR.ms, undefined, HOUR.ms, 21],
    ['hours, of a day', 3 * DAY.ms, DAY.ms, HOUR.ms, 25],
    ['days, where hours are gone', 4 * DAY.ms, undefined, DAY.ms, 5],
  ])(
    'are %s',
    async (_, forMs, windowMs, resolutionMs, steps) => {
      const kept = await open();
      const stepMs = forMs > DAY.ms ? 10 * MINUTE.ms : MINUTE.ms;
      const calls = await run(kept, forMs, stepMs);
      pass(MINUTE.ms / 2);
      const found = await history(kept, windowMs);
      expect(found.resolutionMs).toBe(resolutionMs);
      expect(found.points).toHaveLength(steps);
      expect(total(found)).toBe((await kept.counts(windowMs))['a']);
      if (windowMs === undefined) expect(total(found)).toBe(calls);
    },
    60_000,
  );
});

test('whatever happens, the points are in order, in equal steps, and have each call once', async () => {
  const step = fc.oneof(
    fc.record({ call: fc.constantFrom('a', 'b'), times: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      passMs: fc.oneof(
        fc.nat({ max: 10 * MINUTE.ms }),
        fc.nat({ max: 5 * HOUR.ms }),
        fc.nat({ max: 3 * DAY.ms }),
      ),
    }),
    fc.constant('flush' as const),
    fc.constant('restart' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      vi.setSystemTime(START_EPOCH_MS);
      const backing = memoryBacking();
      let kept = await Kept.open(backing, RETENTION_MS);
      for (const next of steps) {
        if (next === 'flush') await kept.keeper.flush();
        else if (next === 'restart') {
          await kept.keeper.flushAll();
          kept = await Kept.open(backing, RETENTION_MS);
        } else if ('passMs' in next) pass(next.passMs);
        else kept.call(next.call, new Array(next.times).fill(5));
      }
      const timeline = await kept.timeline('a');
      const found = await historyOf([timeline]);
      expect(await historyOf([await sent(timeline)])).toEqual(found);
      expect(total(found)).toBe((await kept.counts())['a'] ?? 0);
      expect(found.points.length).toBeLessThanOrEqual(121);
      for (const [at, point] of found.points.entries()) {
        expect(point.fromEpochMs % found.resolutionMs).toBe(0);
        expect(point.toEpochMs - point.fromEpochMs).toBe(found.resolutionMs);
        if (at > 0) expect(point.fromEpochMs).toBeGreaterThanOrEqual(found.points[at - 1]!.toEpochMs);
        expect(point.coveredMs).toBeLessThanOrEqual(found.resolutionMs);
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('what was not measured has no point, and what was measured without a call has one', async () => {
  const backing = memoryBacking();
  const first = await Kept.open(backing, RETENTION_MS);
  first.call('a', [5]);
  pass(MINUTE.ms);
  first.turn();
  pass(MINUTE.ms);
  await first.keeper.flushAll();
  pass(10 * MINUTE.ms);
  const second = await Kept.open(backing, RETENTION_MS);
  second.call('b', [5]);
  pass(MINUTE.ms);
  second.turn();
  const { points } = await history(second);
  const minutes = points.map(({ fromEpochMs, count }) => [(fromEpochMs - START_EPOCH_MS) / MINUTE.ms, count]);
  expect(minutes).toEqual([
    [0, 1],
    [1, 0],
    [12, 0],
  ]);
});

test('before a target was counted, nothing was measured of it', async () => {
  const kept = await open();
  kept.call('b', [5]);
  pass(5.5 * MINUTE.ms);
  kept.call('a', [5]);
  pass(MINUTE.ms);
  const { points } = await history(kept);
  expect(points.map(({ fromEpochMs, coveredMs }) => [fromEpochMs - START_EPOCH_MS, coveredMs])).toEqual([
    [5 * MINUTE.ms, MINUTE.ms / 2],
    [6 * MINUTE.ms, MINUTE.ms / 2],
  ]);
  expect((await history(await open())).points).toEqual([]);
});

test('calls of shards add up, the time that they measured does not', async () => {
  const [a, b] = [await open(), await open()];
  a.call('a', [1, 1, 1]);
  pass(MINUTE.ms / 2);
  b.call('a', [9]);
  pass(MINUTE.ms / 2 - 1);
  const [point, ...others] = (await historyOf([await a.timeline('a'), await sent(await b.timeline('a'))]))
    .points;
  expect(point).toMatchObject({ count: 4, coveredMs: MINUTE.ms - 1, maxMs: 9 });
  expect(point!.p50Ms).toBeCloseTo(1, 1);
  expect(point!.p95Ms).toBeCloseTo(9, 1);
  expect(others).toEqual([]);
});

test('where one shard has only days of a time, all is told by the day', async () => {
  const [old, young] = [await open(), await open()];
  old.call('a', [1]);
  pass(3 * DAY.ms);
  await old.keeper.flush();
  old.call('a', [1]);
  young.call('a', [1, 1]);
  pass(MINUTE.ms);
  const found = await historyOf([await old.timeline('a'), await young.timeline('a')]);
  expect(found.resolutionMs).toBe(DAY.ms);
  expect(total(found)).toBe(4);
  expect(found.points.at(-1)).toMatchObject({ count: 3 });
});

test('what cannot be read is told, and what is in memory is there', async () => {
  const backing = memoryBacking();
  const kept = await Kept.open(backing, RETENTION_MS);
  await run(kept, 5 * MINUTE.ms);
  await kept.keeper.flush();
  kept.call('a', [5]);
  backing.getMany = async () => {
    throw new Error('planted');
  };
  expect(total(await history(kept))).toBe(1);
  expect(kept.failures).toEqual([new Error('planted')]);
});
