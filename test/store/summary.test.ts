import { describe, expect, test } from 'vitest';
import type { Target } from '../../src/cog/target.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { OUTCOMES, type Outcome } from '../../src/store/row.ts';
import { summariseCogs, summariseTargets } from '../../src/store/summary.ts';

const BUCKET_MS = 60_000;
const RETENTION_MS = 10 * BUCKET_MS;
const START_EPOCH_MS = 1_800_000_000_000 - (1_800_000_000_000 % BUCKET_MS);

type Identity = Pick<Target, 'id' | 'cog' | 'kind' | 'name'>;

const play: Identity = { id: 'music/command/play', cog: 'music', kind: 'command', name: 'play' };
const skip: Identity = { id: 'music/command/skip', cog: 'music', kind: 'command', name: 'skip' };
const rank: Identity = { id: 'leveling/command/rank', cog: 'leveling', kind: 'command', name: 'rank' };

function storeWith(...targets: { id: string }[]): MetricStore {
  const store = new MetricStore(RETENTION_MS);
  store.turnTo(START_EPOCH_MS);
  for (const { id } of targets) store.open(id, START_EPOCH_MS);
  return store;
}

function add(store: MetricStore, { id }: { id: string }, durationsMs: number[], outcome: Outcome = 'ok') {
  const { index } = store.open(id, Number.NaN);
  for (const ms of durationsMs) store.add(index, 0, ms * 1e6, OUTCOMES.indexOf(outcome));
}

function summary(store: MetricStore, targets: Identity[], agoMs: number, nowMs: number) {
  return summariseTargets(targets, store.collect(nowMs - agoMs, nowMs), nowMs);
}

describe('summaries', () => {
  test('every figure of known durations', () => {
    const store = storeWith(play);
    add(store, play, [10, 20, 30]);
    add(store, play, [40], 'error');
    add(store, play, [50], 'aborted');
    store.addErrorKind(store.open(play.id, 0), 'TypeError');
    const [row] = summary(store, [play], RETENTION_MS, START_EPOCH_MS + 30_000);
    expect(row).toMatchObject({
      ...play,
      count: 5,
      errors: 1,
      aborted: 1,
      errorKinds: [['TypeError', 1]],
      minMs: 10,
      meanMs: 30,
      maxMs: 50,
      totalMs: 150,
      coveredMs: 30_000,
      callsPerMinute: 10,
    });
    expect(row!.deviationMs).toBeCloseTo(Math.sqrt(200), 9);
    expect(row!.impact).toBeCloseTo(10 * (30 + Math.sqrt(200)), 9);
    for (const [figure, exact] of [
      ['p50Ms', 30],
      ['p95Ms', 50],
      ['p99Ms', 50],
    ] as const) {
      expect(Math.abs(row![figure] - exact) / exact).toBeLessThan(0.008);
    }
  });

  test('a minute holds as many calls as there are', () => {
    const store = storeWith(play);
    const calls = 150_000;
    const { index } = store.open(play.id, START_EPOCH_MS);
    for (let call = 0; call < calls; call++) store.add(index, 0, 10e6, 0);
    add(store, play, [500]);
    const [row] = summary(store, [play], RETENTION_MS, START_EPOCH_MS + BUCKET_MS - 1);
    expect(row).toMatchObject({ count: calls + 1, minMs: 10, maxMs: 500, totalMs: calls * 10 + 500 });
    expect(Math.abs(row!.p99Ms - 10) / 10).toBeLessThan(0.008);
  });

  test('one call just after attaching is no storm: the rate is over a second at least', () => {
    const store = storeWith(play);
    add(store, play, [5]);
    expect(summary(store, [play], RETENTION_MS, START_EPOCH_MS + 10)[0]!.callsPerMinute).toBe(60);
  });

  test('a target that was never called has no durations and no impact', () => {
    const [row] = summary(storeWith(play), [play], RETENTION_MS, START_EPOCH_MS + 5_000);
    expect(row).toMatchObject({ count: 0, impact: 0, callsPerMinute: 0 });
    expect([row!.minMs, row!.meanMs, row!.p95Ms, row!.maxMs]).toEqual(Array(4).fill(Number.NaN));
  });

  test('the window counts whole minutes, and a rate only the time since the target was attached', () => {
    const store = storeWith(play);
    add(store, play, [1, 1, 1]);
    store.turnTo(START_EPOCH_MS + BUCKET_MS);
    store.open(skip.id, START_EPOCH_MS + 1.5 * BUCKET_MS);
    add(store, play, [1]);
    add(store, skip, [1]);
    const now = START_EPOCH_MS + 2 * BUCKET_MS - 1;
    const last = summary(store, [play, skip], BUCKET_MS - 1, now);
    expect(last.map(({ id, count, coveredMs }) => [id, count, coveredMs])).toEqual([
      [skip.id, 1, BUCKET_MS / 2 - 1],
      [play.id, 1, BUCKET_MS - 1],
    ]);
    expect(summary(store, [play], RETENTION_MS, now)[0]).toMatchObject({
      count: 4,
      coveredMs: 2 * BUCKET_MS - 1,
    });
  });

  test('sealed minutes and open ones add up alike', () => {
    const store = storeWith(play);
    for (let minute = 1; minute <= 5; minute++) {
      add(store, play, [minute, minute * 10]);
      store.turnTo(START_EPOCH_MS + minute * BUCKET_MS);
    }
    const before = summary(store, [play], RETENTION_MS, START_EPOCH_MS + 5 * BUCKET_MS);
    store.sealSome();
    expect(summary(store, [play], RETENTION_MS, START_EPOCH_MS + 5 * BUCKET_MS)).toEqual(before);
    expect(before[0]).toMatchObject({ count: 10, minMs: 1, maxMs: 50, totalMs: 165 });
  });

  test('a minute is forgotten when its retention is over, and memory with it', () => {
    const store = storeWith(play);
    add(store, play, [1]);
    for (let minute = 1; minute <= 30; minute++) {
      store.turnTo(START_EPOCH_MS + minute * BUCKET_MS);
      add(store, play, [1]);
      store.sealSome();
    }
    const now = START_EPOCH_MS + 30 * BUCKET_MS;
    const size = store.sizeBytes;
    expect(summary(store, [play], 1e12, now)[0]!.count).toBe(11);
    store.turnTo(now + 100 * BUCKET_MS);
    expect(store.collect(0, now + 100 * BUCKET_MS).get(play.id)!.row.count).toBe(0);
    expect(store.sizeBytes).toBeLessThan(size);
  });

  test('what is forgotten is gone from every minute', () => {
    const store = storeWith(play, skip);
    add(store, play, [1]);
    add(store, skip, [1]);
    store.turnTo(START_EPOCH_MS + BUCKET_MS);
    store.forget(play.id);
    store.sealSome();
    const collected = store.collect(0, START_EPOCH_MS + BUCKET_MS);
    expect([...collected.keys()]).toEqual([skip.id]);
    store.open(play.id, START_EPOCH_MS + BUCKET_MS);
    expect(store.collect(0, START_EPOCH_MS + BUCKET_MS).get(play.id)!.row.count).toBe(0);
  });

  test('a cog is its targets taken together', () => {
    const store = storeWith(play, skip, rank);
    add(store, play, [10, 20]);
    add(store, skip, [30], 'error');
    add(store, rank, [5]);
    const now = START_EPOCH_MS + 30_000;
    const rows = summariseCogs([play, skip, rank], store.collect(0, now), now);
    expect(rows.map(({ id, count, errors, meanMs, kind }) => [id, count, errors, meanMs, kind])).toEqual([
      ['music', 3, 1, 20, undefined],
      ['leveling', 1, 0, 5, undefined],
    ]);
  });

  test('kinds of errors are bounded', () => {
    const store = storeWith(play);
    const books = store.open(play.id, START_EPOCH_MS);
    add(store, play, [1], 'error');
    for (let kind = 0; kind < 1_000; kind++) store.addErrorKind(books, `Error ${kind}`);
    const { errorKinds } = store.collect(0, START_EPOCH_MS).get(play.id)!.row;
    expect([errorKinds.size, errorKinds.get('other')]).toEqual([17, 984]);
  });

  test('the kind of an error stays with the minute of its call', () => {
    const store = storeWith(play);
    add(store, play, [1], 'error');
    store.addErrorKind(store.open(play.id, 0), 'TypeError');
    store.turnTo(START_EPOCH_MS + BUCKET_MS);
    add(store, play, [1]);
    const now = START_EPOCH_MS + BUCKET_MS + 1;
    expect(summary(store, [play], 0, now)[0]!.errorKinds).toEqual([]);
    expect(summary(store, [play], BUCKET_MS, now)[0]!.errorKinds).toEqual([['TypeError', 1]]);
  });

  test('a clock that is set back loses nothing', () => {
    const store = storeWith(play);
    add(store, play, [1]);
    for (const minutes of [1, 0, 1, -1, 0]) {
      store.turnTo(START_EPOCH_MS + minutes * BUCKET_MS);
      add(store, play, [1]);
    }
    expect(summary(store, [play], RETENTION_MS, START_EPOCH_MS + 1)[0]).toMatchObject({
      count: 6,
      totalMs: 6,
    });
  });

  test('many targets are sealed a few at a time, and what is not sealed yet is counted', () => {
    const targets = Array.from({ length: 1_000 }, (_, index) => ({ ...play, id: `music/command/${index}` }));
    const store = storeWith(...targets);
    for (const target of targets) add(store, target, [5]);
    store.turnTo(START_EPOCH_MS + BUCKET_MS);
    const count = () =>
      summary(store, targets, RETENTION_MS, START_EPOCH_MS + BUCKET_MS).filter((row) => row.count === 1);
    for (let round = 0; round < 12; round++) {
      expect(count()).toHaveLength(1_000);
      store.sealSome();
    }
  });
});
