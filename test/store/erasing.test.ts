import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Archive } from '../../src/store/archive.ts';
import { statesOf } from '../../src/store/archive-state.ts';
import { openBacking } from '../../src/store/backing.ts';
import type { Erasure } from '../../src/store/erasures.ts';
import { LEVELS } from '../../src/store/levels.ts';
import { idsIn } from '../fixtures/ids.ts';
import { Kept, SHARD } from '../fixtures/kept.ts';
import { Mortal } from '../fixtures/mortal.ts';

const [MINUTE, HOUR, DAY] = LEVELS;
const RETENTION_MS = 3 * DAY.ms;
const GUILD = '100000000000000001';
const OTHER = '100000000000000002';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 21, 57, 30) });
});
afterEach(() => vi.useRealTimers());

/** A store, and processes that write to it. */
class Place {
  readonly map: Map<string, unknown>;

  constructor(map: Iterable<readonly [string, unknown]> = []) {
    this.map = new Map(map);
  }

  async backing(dyingAt?: number): Promise<Mortal> {
    return new Mortal(await openBacking(this.map, { onSetAside: () => undefined }), dyingAt);
  }

  async open(dyingAt?: number): Promise<{ kept: Kept; backing: Mortal }> {
    const backing = await this.backing(dyingAt);
    return { kept: await Kept.open(backing, RETENTION_MS), backing };
  }

  async has(id: string): Promise<boolean> {
    const found = await Promise.all([...this.map.values()].map((value) => idsIn(JSON.stringify(value))));
    return found.some((ids) => ids.has(id));
  }
}

function call(kept: Kept, target: string): void {
  kept.turn();
  const { index } = kept.store.open(target, Date.now());
  for (const id of [GUILD, OTHER]) {
    kept.store.add(index, 0, 5e6, 0, { names: ['guild'], ids: [id], erasures: kept.store.erasures });
  }
}

async function minutePasses(kept: Kept): Promise<void> {
  vi.setSystemTime(Date.now() + MINUTE.ms);
  await kept.keeper.flushAll();
}

/** Some minutes at the end of a day, such that hours and a day are put together next, and minutes removed. */
async function untilTheEndOfTheDay(place: Place): Promise<Kept> {
  vi.setSystemTime(Date.UTC(2026, 10, 20, 20, 58, 30));
  const { kept } = await place.open();
  for (const minutes of [1, 30, 30, 30, 30, 30, 28, 1]) {
    call(kept, 'a');
    vi.setSystemTime(Date.now() + minutes * MINUTE.ms);
    await kept.keeper.flushAll();
  }
  call(kept, 'b');
  return kept;
}

describe('an id that is erased', () => {
  test('is in no value any more, nor in memory; other ids, and what the targets did, stay', async () => {
    const place = new Place();
    const kept = await untilTheEndOfTheDay(place);
    await kept.keeper.flushAll();
    const before = await kept.counts();
    expect(await place.has(GUILD)).toBe(true);
    kept.forgotten.erasures.add({ origin: 'guild', id: GUILD }, Date.now());
    kept.store.erase(kept.forgotten.erasures.open);
    await kept.keeper.flushAll();
    expect(await place.has(GUILD)).toBe(false);
    expect(await place.has(OTHER)).toBe(true);
    for (let minute = 0; minute < 5; minute++) await minutePasses(kept);
    expect(await place.has(GUILD)).toBe(false);
    expect(await place.has(OTHER)).toBe(true);
    expect(await kept.counts()).toEqual(before);
    // It is not banned.
    call(kept, 'a');
    await kept.keeper.flushAll();
    expect(await place.has(GUILD)).toBe(true);
  });

  test('does not come back with what is being taken in from the store meanwhile', async () => {
    const place = new Place();
    const first = await place.open();
    call(first.kept, 'a');
    await first.kept.keeper.flushAll();
    // Within the same minute: what was counted of it before is read, and then held in memory.
    const { kept, backing } = await place.open();
    call(kept, 'b');
    const wish = { origin: 'guild', id: GUILD } as const;
    const { getMany } = backing;
    backing.getMany = async (keys) => {
      const values = await getMany.call(backing, keys);
      if (keys.some((key) => key.includes('minute')) && kept.forgotten.erasures.open.length === 0) {
        kept.forgotten.erasures.add(wish, Date.now());
        kept.store.erase([wish]);
      }
      return values;
    };
    await kept.keeper.flushAll();
    await kept.keeper.flushAll();
    expect(kept.forgotten.erasures.open).toHaveLength(1);
    expect(await place.has(GUILD)).toBe(false);
    call(kept, 'c');
    const [, row] = [...kept.store.rowsIn(kept.store.minute)].find(([id]) => id === 'a')!;
    expect(JSON.stringify([...row.heaviest!])).not.toContain(GUILD);
  });
});

describe('whenever a process is killed', () => {
  /** What is to be erased, as the next process reads it in the settings. */
  const wishes: Erasure[] = [{ token: 'a', askedAtEpochMs: 0, origin: 'guild', id: GUILD }];

  /** Does something in a process that is killed at each of its writes in turn, and then in one that is not. */
  async function killedAtEach(
    before: (place: Place) => Promise<unknown>,
    act: (kept: Kept) => Promise<unknown>,
    check: (place: Place, killedAt: number) => Promise<void>,
  ): Promise<number> {
    const original = new Place();
    await before(original);
    const epochMs = Date.now();
    for (let killedAt = 0; ; killedAt++) {
      vi.setSystemTime(epochMs);
      const place = new Place(original.map);
      const { kept, backing } = await place.open(killedAt);
      const isKilled = await act(kept).then(
        () => false,
        () => true,
      );
      await check(place, killedAt);
      if (!isKilled) return backing.writes;
    }
  }

  const flushed = async (place: Place) => (await untilTheEndOfTheDay(place)).keeper.flushAll();
  const erase = async (kept: Kept) => {
    kept.forgotten.erasures.include(wishes);
    await kept.keeper.flushAll();
  };
  /** The roll-up of hours and a day, and the removal of what they were made of. */
  const rollUp = async (kept: Kept) => {
    for (let hour = 0; hour < 4; hour++) {
      vi.setSystemTime(Date.now() + HOUR.ms);
      call(kept, 'c');
      await kept.keeper.flushAll();
    }
  };

  test('while it erases, the next one finishes that', async () => {
    const writes = await killedAtEach(flushed, erase, async (place, killedAt) => {
      const { kept } = await place.open();
      await erase(kept);
      expect(await place.has(GUILD), `killed at ${killedAt}`).toBe(false);
      expect(await place.has(OTHER), `killed at ${killedAt}`).toBe(true);
      expect(await kept.counts()).toEqual({ a: 16, b: 2 });
    });
    expect(writes).toBeGreaterThan(5);
  }, 60_000);

  test('while it erases, or puts hours and days together, another does so where it does not come back', async () => {
    for (const act of [erase, rollUp]) {
      const writes = await killedAtEach(flushed, act, async (place, killedAt) => {
        const stateBefore = place.map.get('cogscope:v1:123:0:state');
        const other = await Kept.open(await place.backing(), RETENTION_MS, { ...SHARD, shard: 1 });
        other.forgotten.erasures.include(wishes);
        const options = { retentionMs: RETENTION_MS, forgotten: other.forgotten };
        await Archive.purgeFor(await place.backing(), SHARD, options);
        expect(await place.has(GUILD), `killed at ${killedAt}`).toBe(false);
        // Were it to come back, it goes on where it was.
        expect(place.map.get('cogscope:v1:123:0:state')).toEqual(stateBefore);
        const { kept } = await place.open();
        expect((await kept.counts())['a']).toBe(16);
      });
      expect(writes).toBeGreaterThan(5);
    }
  }, 120_000);
});

test('which erasures a shard has carried out is told of those that have archived something', async () => {
  const place = new Place();
  const kept = await untilTheEndOfTheDay(place);
  await kept.keeper.flushAll();
  const { token } = kept.forgotten.erasures.add({ origin: 'guild', id: GUILD }, Date.now());
  const backing = await place.backing();
  const shards = Array.from({ length: 20 }, (_, shard) => shard);
  expect(await statesOf(backing, '123', shards)).toEqual([{ shard: 0, erased: [] }]);
  await kept.keeper.flushAll();
  expect(await statesOf(backing, '123', shards)).toEqual([{ shard: 0, erased: [token] }]);
  await backing.set('cogscope:v1:123:7:state', '{"version":99}');
  expect(await statesOf(backing, '123', shards)).toContainEqual({ shard: 7, erased: undefined });
});
