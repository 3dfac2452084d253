import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { Recorder } from '../../src/cog/recorder.ts';
import { Context } from '../../src/context/contexts.ts';
import { type CallSources, inFlightHere, suspects } from '../../src/inflight/calls.ts';
import { inFlightOf } from '../../src/inflight/report.ts';
import { stuckAfterMs } from '../../src/inflight/stuck.ts';
import type { FoundWait } from '../../src/inflight/waits.ts';
import type { CallOrigins } from '../../src/store/heaviest/heaviest.ts';
import { MetricStore } from '../../src/store/metric-store.ts';

const S = 1e9;
const MINUTE_S = 60;
/** The moment at which it is looked. */
const NOW_NS = 100_000 * S;

const recorders: Recorder[] = [];
afterEach(() => {
  for (const recorder of recorders.splice(0)) recorder.dispose();
});

/** Calls that began so many seconds ago, each with what settles it. */
function world() {
  const recorder = new Recorder(new MetricStore());
  recorders.push(recorder);
  const begin = (targetId: string, agoS: number, from?: CallOrigins, context?: Context) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const derived = recorder.follow(
      recorder.open(targetId),
      NOW_NS - agoS * S,
      promise,
      undefined,
      from,
      context,
    );
    const done = derived.catch(() => undefined);
    return {
      settle: () => {
        resolve();
        return done;
      },
      fail: () => {
        reject(new Error('planted'));
        return done;
      },
    };
  };
  const look = ({ limit = 100, ...changes }: Partial<CallSources> & { limit?: number } = {}) =>
    inFlightHere(
      {
        unsettled: recorder.unsettled,
        shard: 0,
        erasures: recorder.store.erasures,
        usualOf: () => undefined,
        goneOf: () => undefined,
        waits: [],
        ...changes,
      },
      limit,
      NOW_NS,
    );
  return { recorder, begin, look };
}

describe('when a call counts as stuck', () => {
  test.each([
    ['nothing is known of its target', undefined, 60_000],
    ['fewer than 20 calls are', { count: 19, p99Ms: 3_600_000 }, 60_000],
    ['its target is quick', { count: 20, p99Ms: 50 }, 10_000],
    ['its target takes long', { count: 500, p99Ms: 2_000 }, 20_000],
    ['its target waits for minutes, as a collector', { count: 20, p99Ms: 600_000 }, 6_000_000],
  ])('%s', (_, usual, expected) => {
    expect(stuckAfterMs(usual)).toBe(expected);
  });

  test('from there on', () => {
    const { begin, look } = world();
    for (const agoS of [9.9, 10.1, 59, 61]) {
      begin('known', agoS);
      begin('new', agoS);
    }
    const { stuck, targets, calls } = look({
      usualOf: (id) => (id === 'known' ? { count: 100, p99Ms: 30 } : undefined),
    });
    expect(stuck).toBe(4);
    expect(targets.map(({ targetId, stuck }) => [targetId, stuck])).toEqual([
      ['known', 3],
      ['new', 1],
    ]);
    const marked = (id: string) =>
      calls.filter(({ targetId }) => targetId === id).map(({ ageMs, isStuck }) => [ageMs, isStuck]);
    expect(marked('known')).toEqual([
      [61_000, true],
      [59_000, true],
      [10_100, true],
      [9_900, false],
    ]);
    expect(marked('new').map(([, isStuck]) => isStuck)).toEqual([true, false, false, false]);
  });

  test('what is usual is only asked for where a call is old enough', () => {
    const { recorder, begin } = world();
    begin('young', 9.9);
    begin('old', 10);
    expect(suspects(recorder.unsettled, NOW_NS)).toEqual(new Set(['old']));
  });
});

describe('a call', () => {
  test('is there from its beginning until it settles, whichever way', async () => {
    const { begin, look } = world();
    const first = begin('a', 3);
    const second = begin('a', 2);
    begin('b', 1);
    expect(look()).toMatchObject({ count: 3, stuck: 0 });
    await first.settle();
    expect(look().targets.map(({ targetId, count, oldestMs }) => [targetId, count, oldestMs])).toEqual([
      ['a', 1, 2_000],
      ['b', 1, 1_000],
    ]);
    await second.fail();
    expect(look()).toMatchObject({ count: 1, targets: [{ targetId: 'b' }], calls: [{ targetId: 'b' }] });
  });

  test('that never settles is there for good, also where nobody holds its promise', async () => {
    const { recorder, look } = world();
    const books = recorder.open('a');
    for (let call = 0; call < 1_000; call++)
      void recorder.follow(books, NOW_NS - 20 * MINUTE_S * S, new Promise(() => undefined));
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    // What was made in the present turn may be on the stack still.
    await nextTurn();
    collectGarbage();
    expect(look({ limit: 3 })).toMatchObject({
      count: 1_000,
      stuck: 1_000,
      targets: [{ targetId: 'a', count: 1_000, oldestMs: 20 * MINUTE_S * 1_000 }],
      calls: [{ ageMs: 20 * MINUTE_S * 1_000, isStuck: true }, {}, {}],
    });
  });

  test('never has the age of another that was in its place', async () => {
    const { begin, look } = world();
    for (let round = 0; round < 50; round++) {
      const old = Array.from({ length: 40 }, () => begin('old', 500));
      await Promise.all(old.map(({ settle }) => settle()));
      const young = Array.from({ length: 30 }, (_, at) => begin('young', at / 10));
      const { calls, count } = look();
      expect(count).toBe(30);
      for (const { targetId, ageMs } of calls) {
        expect(targetId).toBe('young');
        expect(ageMs).toBeLessThan(3_000);
      }
      await Promise.all(young.map(({ fail }) => fail()));
      expect(look()).toEqual({ count: 0, stuck: 0, targets: [], calls: [] });
    }
  });

  test('of a target that is forgotten meanwhile goes on, as one of its own', async () => {
    const { recorder, begin, look } = world();
    const before = begin('a', 90);
    recorder.close('a');
    begin('a', 30);
    const goneOf: CallSources['goneOf'] = ({ index }) => (index === -1 ? 'detached' : undefined);
    const { targets, calls } = look({ goneOf });
    expect(targets).toMatchObject([{ targetId: 'a', count: 2, oldestMs: 90_000 }]);
    expect(calls.map(({ ageMs, gone }) => [ageMs, gone])).toEqual([
      [90_000, 'detached'],
      [30_000, undefined],
    ]);
    await before.settle();
    expect(look({ goneOf }).calls).toMatchObject([{ ageMs: 30_000 }]);
  });

  test('is told with the ids it came with, unless something was erased since', () => {
    const { recorder, begin, look } = world();
    const ids = ['100000000000000001', undefined];
    begin('a', 1, { names: ['guild', 'user'], ids, erasures: recorder.store.erasures });
    expect(look().calls[0]!.from).toEqual({ guild: ids[0] });
    recorder.store.beginErasure();
    expect(look().calls[0]).not.toHaveProperty('from');
  });
});

describe('what it waits for', () => {
  const wait = (changes: Partial<FoundWait> = {}): FoundWait => ({
    kind: 'limit',
    name: 'PATCH /channels/:id',
    ageMs: 700,
    ...changes,
  });
  const source = (...own: FoundWait[]) => ({ waits: (id: string) => (id === 'a' ? own : []) });

  test('is told of a call that is alone, and of the target', () => {
    const { begin, look } = world();
    begin('a', 2);
    begin('b', 2);
    const { targets, calls } = look({
      waits: [source(wait()), source(wait({ kind: 'database', name: 'SELECT' }))],
    });
    const waits = [wait(), wait({ kind: 'database', name: 'SELECT' })];
    expect(calls.find(({ targetId }) => targetId === 'a')!.waits).toEqual(waits);
    expect(targets.find(({ targetId }) => targetId === 'a')!.waits).toEqual(waits);
    expect(calls.find(({ targetId }) => targetId === 'b')).not.toHaveProperty('waits');
  });

  test('is told of none of several calls, unless it says of which', () => {
    const { recorder, begin, look } = world();
    const context = new Context(recorder.open('a'), undefined, NOW_NS);
    begin('a', 2);
    begin('a', 1, undefined, context);
    const own = wait({ name: 'GET /users/:id', context });
    const { targets, calls } = look({ waits: [source(wait(), own)] });
    expect(targets[0]!.waits).toHaveLength(2);
    expect(calls.map(({ waits }) => waits)).toEqual([undefined, [wait({ name: 'GET /users/:id' })]]);
  });

  test('is bounded: the longest waits are told', () => {
    const { begin, look } = world();
    begin('a', 2);
    const many = Array.from({ length: 1_000 }, (_, at) => wait({ ageMs: (at * 7) % 1_000 }));
    const { targets, calls } = look({ waits: [source(...many)] });
    const ages = Array.from({ length: 10 }, (_, at) => 999 - at);
    for (const { waits = [] } of [targets[0]!, calls[0]!])
      expect(waits.map(({ ageMs }) => ageMs)).toEqual(ages);
  });
});

describe('many calls', () => {
  test('of one target do not crowd out others, and stuck ones come first', () => {
    const { begin, look } = world();
    for (let at = 0; at < 5_000; at++) begin('leaking', 50 - at / 1_000);
    begin('usual', 1);
    begin('stuck', 12);
    const usualOf = (id: string) => (id === 'stuck' ? { count: 50, p99Ms: 5 } : undefined);
    const { count, targets, calls } = look({ usualOf });
    expect(count).toBe(5_002);
    expect(targets.map(({ targetId }) => targetId)).toEqual(['stuck', 'leaking', 'usual']);
    expect(calls.map(({ targetId }) => targetId)).toEqual([
      'stuck',
      ...Array.from({ length: 20 }, () => 'leaking'),
      'usual',
    ]);
    expect(calls.slice(1, 21).map(({ ageMs }) => Math.round(ageMs))).toEqual(
      Array.from({ length: 20 }, (_, at) => 50_000 - at),
    );
    expect(look({ limit: 5 }).calls).toHaveLength(5);
  });

  test('a hundred thousand are counted, and told in some kilobytes', () => {
    const { begin, look } = world();
    for (let at = 0; at < 100_000; at++) begin(`target ${at % 1_000}`, at / 1_000);
    const here = look();
    expect(here.count).toBe(100_000);
    expect(here.targets).toHaveLength(500);
    expect(here.targets.every(({ count }) => count === 100)).toBe(true);
    expect(here.calls).toHaveLength(100);
    expect(JSON.stringify(here).length).toBeLessThan(200_000);
  });
});

test('what shards know is put together: targets once, the worst first', () => {
  const [one, other] = [world(), world()];
  one.begin('a', 100);
  one.begin('b', 5);
  other.begin('a', 200);
  other.begin('c', 6);
  const sent = [
    { ...one.look(), pings: [{ shard: 0, pingMs: 40 }] },
    { ...other.look({ shard: 1 }), pings: [{ shard: 1, pingMs: null }] },
  ];
  const { count, stuck, targets, calls, pings } = inFlightOf(JSON.parse(JSON.stringify(sent)), 3);
  expect([count, stuck]).toEqual([4, 2]);
  expect(targets.map(({ targetId, count, stuck, oldestMs }) => [targetId, count, stuck, oldestMs])).toEqual([
    ['a', 2, 2, 200_000],
    ['c', 1, 0, 6_000],
    ['b', 1, 0, 5_000],
  ]);
  expect(calls.map(({ targetId, shard }) => [targetId, shard])).toEqual([
    ['a', 1],
    ['a', 0],
    ['c', 1],
  ]);
  expect(pings).toEqual([
    { shard: 0, pingMs: 40 },
    { shard: 1, pingMs: null },
  ]);
});
