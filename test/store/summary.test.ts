import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { identityFrom } from '../../src/cog/identify.ts';
import type { Target } from '../../src/cog/target.ts';
import { Archive } from '../../src/store/archive.ts';
import { memoryBacking } from '../../src/store/backing.ts';
import type { Figures } from '../../src/store/figures.ts';
import { Keeper } from '../../src/store/keeper.ts';
import { MetricStore, minuteOf } from '../../src/store/metric-store.ts';
import { OUTCOMES, type Outcome, type Row } from '../../src/store/row.ts';
import { Forgotten } from '../../src/store/settings.ts';
import { type Grouping, type SummaryRow, summarise } from '../../src/store/summary.ts';

const BUCKET_MS = 60_000;
const RETENTION_MS = 10 * BUCKET_MS;
const START_EPOCH_MS = 1_800_000_000_000 - (1_800_000_000_000 % BUCKET_MS);

type Identity = Pick<Target, 'id' | 'cog' | 'kind' | 'name'>;

const play: Identity = { id: 'music/command/play', cog: 'music', kind: 'command', name: 'play' };
const skip: Identity = { id: 'music/command/skip', cog: 'music', kind: 'command', name: 'skip' };
const rank: Identity = { id: 'leveling/command/rank', cog: 'leveling', kind: 'command', name: 'rank' };

beforeEach(() => {
  // What is awaited goes on: only the clock stands still.
  vi.useFakeTimers({ toFake: ['Date'], now: START_EPOCH_MS });
});
afterEach(() => vi.useRealTimers());

function raise(error: unknown): never {
  throw error;
}

/** What is counted on one shard, by the clock, and the archive that it goes to. */
class Shard {
  readonly store = new MetricStore();
  readonly #forgotten = new Forgotten();
  readonly keeper = new Keeper(this);

  constructor(...targets: readonly { id: string }[]) {
    this.fold();
    for (const target of targets) this.open(target);
  }

  /** As the recorder does it when there is a call, or a question. */
  fold(): void {
    if (this.store.minute !== minuteOf(Date.now())) this.store.turnTo(Date.now());
  }

  moveTo(epochMs: number): void {
    vi.setSystemTime(epochMs);
    this.fold();
  }

  open({ id }: { id: string }) {
    return this.store.open(id, Date.now());
  }

  add({ id }: { id: string }, durationsMs: readonly number[], outcome: Outcome = 'ok'): void {
    const { index } = this.store.open(id, Number.NaN);
    for (const ms of durationsMs) this.store.add(index, 0, ms * 1e6, OUTCOMES.indexOf(outcome));
  }

  async openArchive(): Promise<void> {
    const shard = { application: '1', shard: 0 };
    const options = { retentionMs: RETENTION_MS, forgotten: this.#forgotten };
    await this.keeper.switchTo(await Archive.open(memoryBacking(), shard, options));
  }

  /** What is to be done now and then: forgets what is too old, and archives what is new where there is an archive. */
  async flush(): Promise<void> {
    this.store.held.dropBefore(Date.now() - RETENTION_MS);
    await this.keeper.flush();
  }

  forget({ id }: { id: string }): void {
    this.store.forget(id);
    this.#forgotten.add(id, Date.now());
  }

  /** How many values there are in the archive. */
  async archived(): Promise<number> {
    const sizes = (await this.keeper.archive?.measure(Number.POSITIVE_INFINITY)) ?? [];
    return sizes.reduce((sum, { values }) => sum + values, 0);
  }

  figures(agoMs: number): Promise<Figures> {
    const fromEpochMs = Date.now() - agoMs;
    return this.keeper.collect(() => fromEpochMs, fromEpochMs, raise);
  }

  async row({ id }: { id: string }): Promise<Row> {
    return (await this.figures(Date.now())).rows.get(id)!;
  }

  async summary(agoMs: number, by: Grouping = 'target'): Promise<SummaryRow[]> {
    const fromEpochMs = Date.now() - agoMs;
    return summarise(by, new Map([[0, await this.figures(agoMs)]]), () => fromEpochMs, identityFrom);
  }
}

describe.each([
  ['in memory', false],
  ['in the archive, but for the open minute', true],
])('summaries of what is %s', (_, isArchived) => {
  async function shardWith(...targets: readonly { id: string }[]): Promise<Shard> {
    const shard = new Shard(...targets);
    if (isArchived) await shard.openArchive();
    return shard;
  }

  test('every figure of known durations', async () => {
    const shard = await shardWith(play);
    shard.add(play, [10, 20, 30]);
    shard.add(play, [40], 'error');
    shard.add(play, [50], 'aborted');
    shard.open(play).addErrorKind('TypeError');
    shard.moveTo(START_EPOCH_MS + 30_000);
    await shard.flush();
    const figures = {
      ...play,
      count: 5,
      timed: 5,
      errors: 1,
      aborted: 1,
      errorKinds: [['TypeError', 1]],
      minMs: 10,
      meanMs: 30,
      maxMs: 50,
      totalMs: 150,
    };
    const [row] = await shard.summary(RETENTION_MS);
    expect(row).toMatchObject({ ...figures, coveredMs: 30_000, callsPerMinute: 10 });
    expect(row!.deviationMs).toBeCloseTo(Math.sqrt(200), 9);
    expect(row!.impact).toBeCloseTo(10 * (30 + Math.sqrt(200)), 9);
    for (const [figure, exact] of [
      ['p50Ms', 30],
      ['p95Ms', 50],
      ['p99Ms', 50],
    ] as const) {
      expect(Math.abs(row![figure] - exact) / exact).toBeLessThan(0.008);
    }
    shard.moveTo(START_EPOCH_MS + BUCKET_MS);
    await shard.flush();
    const [whole] = await shard.summary(RETENTION_MS);
    expect(whole).toMatchObject({ ...figures, coveredMs: BUCKET_MS, callsPerMinute: 5 });
    for (const figure of ['deviationMs', 'p50Ms', 'p95Ms', 'p99Ms'] as const) {
      expect(whole![figure]).toBe(row![figure]);
    }
  });

  test('a minute holds as many calls as there are', async () => {
    const shard = await shardWith(play);
    const calls = 150_000;
    const { index } = shard.open(play);
    for (let call = 0; call < calls; call++) shard.store.add(index, 0, 10e6, 0);
    shard.add(play, [500]);
    for (const atMs of [BUCKET_MS - 1, BUCKET_MS]) {
      shard.moveTo(START_EPOCH_MS + atMs);
      await shard.flush();
      const [row] = await shard.summary(RETENTION_MS);
      expect(row).toMatchObject({ count: calls + 1, minMs: 10, maxMs: 500, totalMs: calls * 10 + 500 });
      expect(Math.abs(row!.p99Ms - 10) / 10).toBeLessThan(0.008);
    }
  });

  test('one call just after attaching is no storm: the rate is over a second at least', async () => {
    const shard = await shardWith(play);
    shard.add(play, [5]);
    shard.moveTo(START_EPOCH_MS + 10);
    await shard.flush();
    expect((await shard.summary(RETENTION_MS))[0]!.callsPerMinute).toBe(60);
  });

  test('a target that was never called has no durations and no impact', async () => {
    const shard = await shardWith(play);
    for (const afterMs of [5_000, 2 * BUCKET_MS]) {
      shard.moveTo(START_EPOCH_MS + afterMs);
      await shard.flush();
      const [row] = await shard.summary(RETENTION_MS);
      expect(row).toMatchObject({ count: 0, impact: 0, callsPerMinute: 0 });
      expect([row!.minMs, row!.meanMs, row!.p95Ms, row!.maxMs]).toEqual(Array(4).fill(Number.NaN));
    }
  });

  test('the window counts whole minutes, and a rate only the time since the target was attached', async () => {
    const shard = await shardWith(play);
    shard.add(play, [1, 1, 1]);
    shard.moveTo(START_EPOCH_MS + BUCKET_MS);
    await shard.flush();
    shard.moveTo(START_EPOCH_MS + 1.5 * BUCKET_MS);
    shard.open(skip);
    shard.add(play, [1]);
    shard.add(skip, [1]);
    shard.moveTo(START_EPOCH_MS + 2 * BUCKET_MS - 1);
    await shard.flush();
    const last = await shard.summary(BUCKET_MS - 1);
    expect(last.map(({ id, count, coveredMs }) => [id, count, coveredMs])).toEqual([
      [skip.id, 1, BUCKET_MS / 2 - 1],
      [play.id, 1, BUCKET_MS - 1],
    ]);
    for (const windowMs of [RETENTION_MS, BUCKET_MS]) {
      const rows = await shard.summary(windowMs);
      expect(rows.find(({ id }) => id === play.id)).toMatchObject({ count: 4, coveredMs: 2 * BUCKET_MS - 1 });
    }
  });

  test('quiet minutes are measured too', async () => {
    const shard = await shardWith(play);
    shard.add(play, [1]);
    for (let minute = 1; minute <= 5; minute++) {
      shard.moveTo(START_EPOCH_MS + minute * BUCKET_MS);
      await shard.flush();
    }
    expect((await shard.summary(RETENTION_MS))[0]).toMatchObject({
      coveredMs: 5 * BUCKET_MS,
      callsPerMinute: 0.2,
    });
  });

  test('sealed minutes and open ones add up alike', async () => {
    const shard = await shardWith(play);
    for (let minute = 1; minute <= 5; minute++) {
      shard.add(play, [minute, minute * 10]);
      shard.moveTo(START_EPOCH_MS + minute * BUCKET_MS);
    }
    const before = await shard.summary(RETENTION_MS);
    shard.store.sealSome();
    expect(await shard.summary(RETENTION_MS)).toEqual(before);
    await shard.flush();
    expect(await shard.summary(RETENTION_MS)).toEqual(before);
    expect(before[0]).toMatchObject({ count: 10, minMs: 1, maxMs: 50, totalMs: 165 });
  });

  test('a minute is forgotten when its retention is over, and memory with it', async () => {
    const shard = await shardWith(play);
    shard.add(play, [1]);
    for (let minute = 1; minute <= 30; minute++) {
      shard.moveTo(START_EPOCH_MS + minute * BUCKET_MS);
      shard.add(play, [1]);
      shard.store.sealSome();
      await shard.flush();
    }
    const size = shard.store.sizeBytes;
    expect(await shard.archived()).toBe(isArchived ? 10 : 0);
    expect((await shard.summary(1e12))[0]!.count).toBe(11);
    shard.moveTo(START_EPOCH_MS + 130 * BUCKET_MS);
    shard.store.sealSome();
    await shard.flush();
    expect((await shard.row(play)).count).toBe(0);
    expect(await shard.archived()).toBe(0);
    if (!isArchived) expect(shard.store.sizeBytes).toBeLessThan(size);
  });

  test('what is forgotten is gone from every minute', async () => {
    const shard = await shardWith(play, skip);
    shard.add(play, [1]);
    shard.add(skip, [1]);
    shard.moveTo(START_EPOCH_MS + BUCKET_MS);
    await shard.flush();
    shard.add(play, [1]);
    shard.forget(play);
    shard.store.sealSome();
    expect([...(await shard.figures(RETENTION_MS)).rows.keys()]).toEqual([skip.id]);
    shard.open(play);
    expect((await shard.row(play)).count).toBe(0);
    shard.add(play, [1, 1]);
    shard.moveTo(START_EPOCH_MS + 2 * BUCKET_MS);
    await shard.flush();
    expect((await shard.row(play)).count).toBe(2);
    expect((await shard.row(skip)).count).toBe(1);
  });

  test('a cog is its targets taken together, and so is a shard', async () => {
    const shard = await shardWith(play, skip, rank);
    shard.add(play, [10, 20]);
    shard.add(skip, [30], 'error');
    shard.add(rank, [5]);
    shard.moveTo(START_EPOCH_MS + BUCKET_MS);
    await shard.flush();
    const figures = (rows: SummaryRow[]) =>
      rows.map(({ id, count, errors, meanMs, kind }) => [id, count, errors, meanMs, kind]);
    expect(figures(await shard.summary(RETENTION_MS, 'cog'))).toEqual([
      ['music', 3, 1, 20, undefined],
      ['leveling', 1, 0, 5, undefined],
    ]);
    expect(figures(await shard.summary(RETENTION_MS, 'shard'))).toEqual([
      ['shard 0', 4, 1, 16.25, undefined],
    ]);
  });

  test('calls that were not timed are counted, and the others stand for them', async () => {
    const shard = await shardWith(play);
    shard.add(play, [10, 30]);
    shard.open(play).untimed = 6;
    for (const atMs of [BUCKET_MS - 1, BUCKET_MS]) {
      shard.moveTo(START_EPOCH_MS + atMs);
      await shard.flush();
      const [row] = await shard.summary(RETENTION_MS);
      expect(row).toMatchObject({ count: 8, timed: 2, minMs: 10, meanMs: 20, maxMs: 30, totalMs: 160 });
      expect(row!.deviationMs).toBeCloseTo(10, 9);
    }
  });

  test('kinds of errors are bounded', async () => {
    const shard = await shardWith(play);
    const books = shard.open(play);
    shard.add(play, [1], 'error');
    for (let kind = 0; kind < 1_000; kind++) books.addErrorKind(`Error ${kind}`);
    for (const minute of [0, 1]) {
      shard.moveTo(START_EPOCH_MS + minute * BUCKET_MS);
      await shard.flush();
      const { errorKinds } = await shard.row(play);
      expect([errorKinds.size, errorKinds.get('other')]).toEqual([17, 984]);
    }
  });

  test('the kind of an error stays with the minute of its call', async () => {
    const shard = await shardWith(play);
    shard.add(play, [1], 'error');
    shard.open(play).addErrorKind('TypeError');
    shard.moveTo(START_EPOCH_MS + BUCKET_MS);
    shard.add(play, [1]);
    shard.moveTo(START_EPOCH_MS + BUCKET_MS + 1);
    await shard.flush();
    expect((await shard.summary(0))[0]!.errorKinds).toEqual([]);
    expect((await shard.summary(BUCKET_MS))[0]!.errorKinds).toEqual([['TypeError', 1]]);
  });

  test('a clock that is set back loses nothing', async () => {
    const shard = await shardWith(play);
    shard.add(play, [1]);
    for (const minutes of [1, 0, 1, -1, 0]) {
      shard.moveTo(START_EPOCH_MS + minutes * BUCKET_MS);
      shard.add(play, [1]);
      await shard.flush();
    }
    shard.moveTo(START_EPOCH_MS + 1);
    expect((await shard.summary(RETENTION_MS))[0]).toMatchObject({ count: 6, totalMs: 6 });
  });

  test('many targets are sealed a few at a time, and what is not sealed yet is counted', async () => {
    const targets = Array.from({ length: 1_000 }, (_, index) => ({ id: `music/command/${index}` }));
    const shard = await shardWith(...targets);
    for (const target of targets) shard.add(target, [5]);
    shard.moveTo(START_EPOCH_MS + BUCKET_MS);
    const called = async () => (await shard.summary(RETENTION_MS)).filter((row) => row.count === 1);
    for (let round = 0; round < 12; round++) {
      expect(await called()).toHaveLength(1_000);
      shard.store.sealSome();
      if (round === 5) await shard.flush();
    }
  });
});
