import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TargetDetails } from '../src/index.ts';
import { startBot } from './fixtures/bot.ts';

const FAIL = 'fixtures/command/fail';
const PING = 'fixtures/command/ping';
const ADD = 'fixtures/command/queue add';

let bot: Awaited<ReturnType<typeof startBot>>;
beforeAll(async () => {
  bot = await startBot();
});
afterAll(() => bot[Symbol.asyncDispose]());

async function use(...commands: string[]): Promise<void> {
  for (const command of commands) await (await bot.discord.owner.runs(command)).reply();
}

async function details(id: string, count: number): Promise<TargetDetails> {
  await expect.poll(async () => (await bot.profiler.details(id))?.row.count, { timeout: 5_000 }).toBe(count);
  return (await bot.profiler.details(id))!;
}

test('before anything is attached there are none', async () => {
  expect(await bot.profiler.details(PING)).toBeUndefined();
  expect(await bot.profiler.details('no such thing')).toBeUndefined();
});

describe('the details of a target', () => {
  beforeAll(async () => {
    bot.profiler.attach('all');
    bot.profiler.attach('fixtures/listener/interactionCreate');
    await use('ping', 'ping', 'queue add', 'queue list', 'fail', 'fail');
  });

  test('are those of its calls, everywhere the same', async () => {
    const found = await details(PING, 2);
    const { rows } = await bot.profiler.summary();
    const { count, errors, p95Ms, maxMs, totalMs } = rows.find(({ id }) => id === PING)!;
    expect(found.row).toMatchObject({ id: PING, count, errors, p95Ms, maxMs, totalMs });
    expect(found.shards).toEqual([]);
    expect(found.distribution.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(found.distribution.at(-1)!.toMs).toBe(maxMs);
    expect(found.history.resolutionMs).toBe(60_000);
    expect(found.history.points.reduce((sum, point) => sum + point.count, 0)).toBe(2);
    expect(found.latest).toHaveLength(2);
    expect(found.slowest[0]!.durationMs).toBe(maxMs);
    expect(found).toMatchObject({
      summary: { missingShards: [], shardsWithoutCalls: [], problem: undefined },
      failed: [],
      errorGroups: [],
      ungroupedErrors: 0,
      isTracked: true,
      thresholdMs: 0,
      location: { file: expect.stringMatching(/fixtures\/bot\.ts$/) },
    });
    expect(found.firstSeenEpochMs).toBeLessThan(found.lastSeenEpochMs!);
    expect(found.lastSeenEpochMs).toBe(found.latest[0]!.startedAtEpochMs);
    expect(found.summary.fromEpochMs).toBeLessThan(found.summary.toEpochMs);
  });

  test('tell the caller as far as there was one on the stack', async () => {
    const { callers } = await details(ADD, 1);
    const [dispatcher] = [...bot.profiler.tracked.keys()].filter((id) => id.includes('interactionCreate'));
    expect(callers).toEqual({ known: [{ targetId: dispatcher, count: 1 }], others: 0, unknown: 0 });
    expect((await details(dispatcher!, 6)).callers).toEqual({ known: [], others: 0, unknown: 6 });
  });

  test('tell what it failed with and where, and nothing of the message', async () => {
    const found = await details(FAIL, 2);
    const topFrame = expect.stringMatching(/^(Object\.)?execute \(.*fixtures\/bot\.ts:\d+:\d+\)$/);
    const error = { kind: 'RangeError', topFrame };
    for (const calls of [found.failed, found.latest, found.slowest])
      expect(calls).toEqual([
        expect.objectContaining({ outcome: 'error', error, shard: 0 }),
        expect.objectContaining({ outcome: 'error', error, shard: 0 }),
      ]);
    expect(found.errorGroups).toEqual([
      {
        ...error,
        count: 2,
        firstAtEpochMs: expect.any(Number),
        lastAtEpochMs: expect.any(Number),
        frames: expect.any(Array),
      },
    ]);
    const [{ firstAtEpochMs, lastAtEpochMs, frames }] = found.errorGroups as [
      TargetDetails['errorGroups'][0],
    ];
    expect(firstAtEpochMs).toBeLessThan(lastAtEpochMs);
    expect(frames[0]).toEqual(found.errorGroups[0]!.topFrame);
    expect(frames.join('\n')).not.toMatch(/attach\.ts|recorder\.ts/);
    expect(JSON.stringify(found)).not.toContain('planted');
    expect(bot.profiler.calls(FAIL)).toEqual({
      first: found.first,
      latest: found.latest,
      slowest: found.slowest,
      failed: found.failed,
    });
  });

  test('end with what is forgotten', async () => {
    await bot.profiler.clear(FAIL);
    expect(await bot.profiler.details(FAIL)).toMatchObject({
      row: { count: 0, p50Ms: Number.NaN },
      distribution: [],
      first: [],
      latest: [],
      slowest: [],
      failed: [],
      errorGroups: [],
      callers: { known: [], others: 0, unknown: 0 },
      lastSeenEpochMs: undefined,
      isTracked: true,
    });
    await use('fail');
    expect((await details(FAIL, 1)).errorGroups).toMatchObject([{ count: 1 }]);
    bot.profiler.detach(FAIL, { keepFigures: true });
    const kept = await details(FAIL, 1);
    expect(kept.isTracked).toBe(false);
    expect(kept.failed).toHaveLength(1);
    expect(kept.errorGroups).toHaveLength(1);
    bot.profiler.detach(FAIL);
    expect(await bot.profiler.details(FAIL)).toBeUndefined();
    expect(bot.profiler.calls(FAIL)).toBeUndefined();
  });

  test('are of the window that is asked for', async () => {
    const found = (await bot.profiler.details(PING, { since: 'start', windowMs: 60_000 }))!;
    const { fromEpochMs, toEpochMs } = found.summary;
    expect(toEpochMs - fromEpochMs).toBeLessThanOrEqual(60_000 + 1);
    expect(found.row.count).toBe(2);
  });
});
