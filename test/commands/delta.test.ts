import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

const MINUTE_MS = 60_000;
const NOW_EPOCH_MS = Date.UTC(2026, 10, 21, 12, 30);

let folder: ReturnType<typeof temporaryFolder>;
let bot: Awaited<ReturnType<typeof startBot>>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_EPOCH_MS });
  folder = temporaryFolder();
  bot = await startBot({ profileDir: folder.path });
  await bot.profiler.importData([
    JSON.stringify({ cogscope: 1 }),
    ...[20, 19, 2].map((minutes) => rowOf(NOW_EPOCH_MS - minutes * MINUTE_MS)),
  ]);
});
afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
  vi.useRealTimers();
});

function rowOf(startEpochMs: number): string {
  return JSON.stringify({
    shard: 0,
    level: 'minute',
    startEpochMs,
    coveredMs: MINUTE_MS,
    target: 'fixtures/command/ping',
    sinceEpochMs: startEpochMs,
    count: 1,
    timed: 1,
    errors: 0,
    aborted: 0,
    sumNs: 1e6,
    minNs: 1e6,
    maxNs: 1e6,
    sumOfSquaresMs2: 1,
    histogram: [[957, 1]],
    errorKinds: {},
  });
}

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const calls = async () => (await bot.profiler.summary()).rows.reduce((sum, { count }) => sum + count, 0);

test('without hours it says how long figures are kept, and what they take', async () => {
  const page = await ask('profiler delta');
  expect(textOf(page)).toMatch(
    /^Figures are kept for 1h\n[\s\S]*Takes now\*\*\n3 values \(3 minutes\), \d+ B/,
  );
  expect(buttonsOf(page)).toEqual([]);
});

test('longer holds at once, and forgets nothing', async () => {
  const page = await ask('profiler delta hours:720');
  expect(textOf(page)).toMatch(/^Figures are kept for 30d\nBefore it was 1h\.\n.*nothing was forgotten/);
  expect(buttonsOf(page)).toEqual([]);
  expect(textOf(await ask('profiler delta hours:720'))).toMatch(/They were before, too/);
  expect(await calls()).toBe(3);
});

test('shorter first shows what goes, and does nothing until it is confirmed', async () => {
  const question = await ask('profiler delta hours:0.1');
  expect(textOf(question)).toMatch(/^Keep figures for only 6min\?\nThey are kept for 1h now/);
  expect(textOf(question)).toMatch(/Forgotten at once\*\*\n2 values \(2 minutes\), \d+ B/);
  expect(textOf(question)).toMatch(/Of all that is kept\*\*\n3 values \(3 minutes\), \d+ B/);
  const cancelled = await answer(bot.discord.owner.clicks(question, 'Cancel'));
  expect(textOf(cancelled)).toMatch(/^Figures are kept for 1h/);
  expect(buttonsOf(cancelled)).toEqual([]);
  await expect(bot.discord.owner.clicks(cancelled, 'Forget what is older than 6min')).rejects.toThrow();
  expect(await calls()).toBe(3);

  const confirmed = await answer(
    bot.discord.owner.clicks(await ask('profiler delta hours:0.1'), 'Forget what is older than 6min'),
  );
  expect(textOf(confirmed)).toMatch(
    /^Figures are kept for 6min\nBefore it was 1h\.\nForgotten: 2 values \(2 minutes\), \d+ B/,
  );
  expect(await calls()).toBe(1);
  expect(bot.profiler.retentionMs).toBe(6 * MINUTE_MS);
});

test('times are told as people say them, and Discord refuses what is out of range', async () => {
  for (const [hours, told] of [
    [0.025, '90s'],
    [0.75, '45min'],
    [1.5, '1.5h'],
    [36, '36h'],
    [2_160, '90d'],
  ] as const) {
    await bot.profiler.setRetention(hours);
    expect(textOf(await ask('profiler delta'))).toContain(`Figures are kept for ${told}\n`);
  }
  await expect(ask('profiler delta hours:0.01')).rejects.toThrow('is under');
  await expect(ask('profiler delta hours:2161')).rejects.toThrow('is over');
});

test('cleanup removes what is needed no more, and says how much it was', async () => {
  expect(textOf(await ask('profiler data cleanup'))).toMatch(
    /^Nothing too old is left\nFigures are kept for 1h, and removed by themselves/,
  );
  await bot.profiler.setRetention(24);
  vi.setSystemTime(NOW_EPOCH_MS + 5 * 60 * MINUTE_MS);
  const page = textOf(await ask('profiler data cleanup'));
  expect(page).toMatch(/^Removed 3 values, \d+ B\n/);
  expect(page).toMatch(/Before: 3 values \(3 minutes\), \d+ B\nAfter: 1 value \(1 hour\), \d+ B/);
  expect(await calls()).toBe(3);
  vi.setSystemTime(NOW_EPOCH_MS + 26 * 60 * MINUTE_MS);
  expect(textOf(await ask('profiler data cleanup'))).toMatch(/After: no values/);
  expect(await calls()).toBe(0);
});
