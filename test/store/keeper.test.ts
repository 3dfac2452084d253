import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Backing, memoryBacking, openBacking } from '../../src/store/backing.ts';
import { LEVELS } from '../../src/store/levels.ts';
import { Kept } from '../fixtures/kept.ts';
import { Mortal } from '../fixtures/mortal.ts';

const [MINUTE, HOUR, DAY] = LEVELS;
const START_EPOCH_MS = Date.UTC(2026, 10, 20, 10, 0);
const RETENTION_MS = 30 * DAY.ms;

let folder: string;
let backing: Backing;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START_EPOCH_MS });
  folder = await mkdtemp(join(tmpdir(), 'cogscope-'));
  backing = await openBacking(`sqlite:${join(folder, 'a.sqlite')}`, { onSetAside: () => undefined });
});

afterEach(async () => {
  await backing.close();
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** Calls one target each minute for so long. */
async function run(kept: Kept, ms: number): Promise<number> {
  let calls = 0;
  for (const end = Date.now() + ms; Date.now() < end; pass(MINUTE.ms)) {
    kept.call('a', [5]);
    calls++;
    await kept.keeper.flush();
  }
  return calls;
}

describe('what is counted', () => {
  test('is there after a restart, and the open minute goes on', async () => {
    const first = await Kept.open(backing, RETENTION_MS);
    first.call('a', [1, 2]);
    await first.keeper.flush();
    pass(20_000);
    const second = await Kept.open(backing, RETENTION_MS);
    expect(await second.counts()).toEqual({ a: 2 });
    second.call('a', [3]);
    second.call('b', [3]);
    expect(await second.counts()).toEqual({ a: 3, b: 1 });
    await second.keeper.flush();
    expect(await second.counts()).toEqual({ a: 3, b: 1 });
    const third = await Kept.open(backing, RETENTION_MS);
    expect(await third.counts()).toEqual({ a: 3, b: 1 });
  });

  test('stays the same when hours and days are put together', async () => {
    const kept = await Kept.open(backing, RETENTION_MS);
    const calls = await run(kept, 2 * DAY.ms);
    await kept.keeper.flush();
    expect(await kept.counts()).toEqual({ a: calls });
    const { minute, hour, day } = kept.archive.complete;
    expect({ minute, hour, day }).toEqual({
      // The open one is among them.
      minute: Math.floor(Date.now() / MINUTE.ms) + 1,
      hour: Math.floor(Date.now() / HOUR.ms),
      day: Math.floor(Date.now() / DAY.ms),
    });
    const sizes = await kept.archive.measure(Number.POSITIVE_INFINITY);
    expect(sizes.find(({ level }) => level === 'minute')!.values).toBeLessThanOrEqual(3 * 60);
    expect(sizes.find(({ level }) => level === 'day')!.values).toBe(2);
    expect(await kept.counts(5 * MINUTE.ms)).toEqual({ a: 5 });
  }, 60_000);

  test('is put together after the process was away', async () => {
    const first = await Kept.open(backing, RETENTION_MS);
    const calls = await run(first, 90 * MINUTE.ms);
    pass(10 * DAY.ms);
    const second = await Kept.open(backing, RETENTION_MS);
    await second.keeper.flush();
    second.call('a', [1]);
    await second.keeper.flush();
    expect(await second.counts()).toEqual({ a: calls + 1 });
    expect(await second.counts(DAY.ms)).toEqual({ a: 1 });
  });

  test('is forgotten when its time is over', async () => {
    const kept = await Kept.open(backing, HOUR.ms);
    await run(kept, 3 * HOUR.ms);
    const sizes = await kept.archive.measure(Number.POSITIVE_INFINITY);
    expect(sizes.reduce((sum, { values }) => sum + values, 0)).toBeLessThanOrEqual(62);
    expect((await kept.counts(HOUR.ms))['a']).toBeGreaterThanOrEqual(60);
  });
});

describe('a clock', () => {
  test('that is set back an hour loses nothing', async () => {
    const kept = await Kept.open(backing, RETENTION_MS);
    let calls = await run(kept, 90 * MINUTE.ms);
    pass(-HOUR.ms);
    calls += await run(kept, 90 * MINUTE.ms);
    expect(await kept.counts()).toEqual({ a: calls });
    const after = await Kept.open(backing, RETENTION_MS);
    expect(await after.counts()).toEqual({ a: calls });
  });

  test('that is set forward a day loses nothing', async () => {
    const kept = await Kept.open(backing, RETENTION_MS);
    let calls = await run(kept, 90 * MINUTE.ms);
    pass(DAY.ms);
    calls += await run(kept, 90 * MINUTE.ms);
    expect(await kept.counts()).toEqual({ a: calls });
  });
});

describe('a process that is killed at any of its writes', () => {
  /** Does something in a process that is killed at each write in turn, and then in one that is not. */
  async function killedAtEach(
    act: (kept: Kept) => Promise<unknown>,
    check: (map: Map<string, unknown>, killedAt: number) => Promise<void>,
  ): Promise<number> {
    const original = new Map<string, unknown>();
    const open = async (map: Map<string, unknown>, dyingAt?: number) => {
      const mortal = new Mortal(await openBacking(map, { onSetAside: () => undefined }), dyingAt);
      return { mortal, kept: await Kept.open(mortal, RETENTION_MS) };
    };
    const first = await open(original);
    first.kept.call('a', [1]);
    first.kept.call('b', [1]);
    await run(first.kept, 150 * MINUTE.ms);
    const epochMs = Date.now();
    for (let killedAt = 0; ; killedAt++) {
      vi.setSystemTime(epochMs);
      const map = new Map(original);
      const { kept, mortal } = await open(map, killedAt);
      const isKilled = await act(kept).then(
        () => false,
        () => true,
      );
      await check(map, killedAt);
      if (!isKilled) return mortal.writes;
    }
  }

  const reopened = async (map: Map<string, unknown>) =>
    Kept.open(await openBacking(map, { onSetAside: () => undefined }), RETENTION_MS);

  test('while it takes out what was forgotten leaves that to the next one', async () => {
    const forgotten = Date.now() + DAY.ms;
    const forget = async (kept: Kept) => {
      kept.forgotten.add('a', forgotten);
      await kept.keeper.flush();
    };
    const writes = await killedAtEach(forget, async (map, killedAt) => {
      const next = await reopened(map);
      await forget(next);
      expect(await next.counts(), `killed at ${killedAt}`).toEqual({ b: 1 });
    });
    expect(writes).toBeGreaterThan(3);
  });

  test('while it removes minutes leaves none behind that nobody knows of', async () => {
    const rollUp = async (kept: Kept) => {
      pass(HOUR.ms);
      await kept.keeper.flush();
    };
    const writes = await killedAtEach(rollUp, async (map, killedAt) => {
      const next = await reopened(map);
      await next.keeper.flush();
      const sizes = await next.archive.measure(Number.POSITIVE_INFINITY);
      const known = sizes.reduce((sum, { values }) => sum + values, 0);
      const buckets = [...map.keys()].filter((key) => !key.endsWith(':state'));
      expect(buckets, `killed at ${killedAt}`).toHaveLength(known);
    });
    expect(writes).toBeGreaterThan(3);
  });
});

test('whatever happens in whatever order, each call that was flushed counts once', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ call: fc.constantFrom('a', 'b', 'c'), times: fc.nat({ max: 3 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        passMs: fc.oneof(
          fc.nat({ max: 20_000 }),
          fc.nat({ max: 10 * MINUTE.ms }),
          fc.nat({ max: 5 * HOUR.ms }),
          fc.nat({ max: 3 * DAY.ms }),
          fc.integer({ min: -HOUR.ms, max: -1 }),
        ),
      }),
    },
    { weight: 4, arbitrary: fc.constant('flush' as const) },
    { weight: 2, arbitrary: fc.constant('kill' as const) },
    { weight: 2, arbitrary: fc.constant('look' as const) },
    { weight: 1, arbitrary: fc.constant('move' as const) },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      vi.setSystemTime(START_EPOCH_MS);
      const shard = { application: String(run++), shard: 0 };
      const flushed: Record<string, number> = {};
      const counted: Record<string, number> = {};
      let kept = await Kept.open(backing, 90 * DAY.ms, shard);
      let isSaved = true;
      for (const next of [...steps, 'flush' as const, 'kill' as const]) {
        if (typeof next === 'object' && 'call' in next) {
          kept.call(next.call, new Array(next.times).fill(7));
          counted[next.call] = (counted[next.call] ?? 0) + next.times;
        } else if (typeof next === 'object') {
          pass(next.passMs);
        } else if (next === 'flush') {
          await kept.keeper.flush();
          if (!isSaved) continue;
          Object.assign(flushed, counted);
          const { minute } = kept.store;
          if (!kept.archive.isLate(minute)) continue;
          // A minute that a clock set back has opened again, after its hour was complete, waits until it is over.
          for (const [id, { count }] of kept.store.rowsIn(minute)) flushed[id]! -= count;
        } else if (next === 'look') {
          expect(without0(await kept.counts())).toEqual(without0(counted));
        } else if (next === 'move') {
          await kept.use(isSaved ? memoryBacking() : backing, 90 * DAY.ms, shard);
          isSaved = !isSaved;
          if (isSaved) continue;
          await erase();
          for (const id of Object.keys(flushed)) delete flushed[id];
        } else if (isSaved) {
          kept = await Kept.open(backing, 90 * DAY.ms, shard);
          for (const id of Object.keys(counted)) counted[id] = flushed[id] ?? 0;
          expect(without0(await kept.counts())).toEqual(without0(counted));
        }
      }

      /** What has moved to memory is not to be found twice when it moves back. */
      async function erase(): Promise<void> {
        const left = await Kept.open(backing, 90 * DAY.ms, shard);
        left.archive.erase();
        await left.archive.drain();
      }
    }),
    { numRuns: 300 },
  );
}, 120_000);

function without0(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
