import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GrowthReport } from '../../src/index.ts';
import { Slices } from '../../src/memory/slices.ts';
import { Trend } from '../../src/memory/trend.ts';
import { startBot } from '../fixtures/bot.ts';
import { livingTimers } from '../fixtures/proxies.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

describe('of a bot', () => {
  let bot: Bot;
  beforeEach(async () => {
    bot = await startBot();
  });
  afterEach(() => bot[Symbol.asyncDispose]());

  test('the process is told as Node has it', async () => {
    const held = Buffer.alloc(64 * 2 ** 20);
    const { own, shards, missingShards } = await bot.profiler.memory.now();
    const { usage } = own;
    expect(shards).toEqual([own]);
    expect(missingShards).toEqual([]);
    expect(usage.arrayBuffersBytes).toBeGreaterThanOrEqual(held.length);
    expect(usage.externalBytes).toBeGreaterThanOrEqual(usage.arrayBuffersBytes);
    expect(usage.rssBytes).toBeGreaterThan(usage.heapUsedBytes);
    const spaces = usage.spaces.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
    expect(spaces / usage.heapUsedBytes).toBeGreaterThan(0.9);
    expect(spaces / usage.heapUsedBytes).toBeLessThan(1.1);
  });

  test('threads that are started are told until they end', async () => {
    const worker = new Worker('setInterval(() => {}, 1e6)', { eval: true });
    await once(worker, 'online');
    const { threadId } = worker;
    const threads = async () =>
      (await bot.profiler.memory.now()).own.threads.filter(({ id }) => id === threadId);
    expect(await threads()).toEqual([
      { id: threadId, heapUsedBytes: expect.any(Number), heapLimitBytes: expect.any(Number) },
    ]);
    await worker.terminate();
    expect(await threads()).toEqual([]);
  });

  test('child processes are told until they end, by the names of their programs alone', async () => {
    const work =
      'for (const end = Date.now() + 300; Date.now() < end; ); console.log(1); setInterval(() => {}, 1e6)';
    const child = spawn(process.execPath, ['-e', `${work}; "a-secret-argument"`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const children = async () => (await bot.profiler.memory.now()).own.children;
    const [told, ...others] = await children();
    expect(others).toEqual([]);
    expect(told).toEqual({
      pid: child.pid,
      name: 'node',
      rssBytes: expect.any(Number),
      cpuPercent: expect.any(Number),
    });
    expect(told!.rssBytes).toBeGreaterThan(10 * 2 ** 20);
    expect(told!.cpuPercent).toBeGreaterThan(1);
    const page = (await bot.discord.owner.runs('profiler memory')).reply();
    expect((await page).embeds[0]!.description).toMatch(
      new RegExp(
        `1 child process, beside the memory of this one:\\n- \`node\` ${child.pid}: \\S+ MiB, \\S+ % of a core`,
      ),
    );
    child.kill();
    await once(child, 'exit');
    expect(await children()).toEqual([]);
  });

  test('what is watched grows: listeners, timers, calls in flight, and caches', async () => {
    const { memory } = bot.profiler;
    memory.startGrowth();
    const hang = bot.profiler.wrap(() => new Promise<never>(() => undefined), 'shop/hang');
    const timers: NodeJS.Timeout[] = [];
    const [guild] = bot.client.guilds.cache.values();
    const roles = guild!.roles as unknown as { _add(data: object): void };
    await memory.countGrowth();
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let at = 0; at < 8; at++) {
      vi.setSystemTime(Date.now() + 30_000);
      void hang();
      bot.client.on('debug', () => undefined);
      timers.push(setInterval(() => undefined, 1e6));
      roles._add({ id: String(900_000_000_000_000_000n + BigInt(at)), name: `role ${at}`, permissions: '0' });
      await memory.countGrowth();
    }
    const { rows, samples, counters }: GrowthReport = await memory.stopGrowth();
    vi.useRealTimers();
    for (const timer of timers) clearInterval(timer);
    expect(samples).toBeGreaterThanOrEqual(9);
    expect(counters).toBeGreaterThan(30);
    const growing = new Map(rows.filter(({ isGrowing }) => isGrowing).map((row) => [row.name, row.value]));
    expect(growing.get('calls in flight')).toBe(8);
    expect(growing.get('client debug listeners')).toBe(8);
    expect(growing.has('Timeout resources')).toBe(true);
    expect(growing.has('guild.roles cache')).toBe(true);
    expect(growing.has('client.guilds cache')).toBe(false);
  });

  test('a reload of a cog is noted', async () => {
    // As a file that is required anew: another function each time.
    const load = () => bot.commands.set('ping', { data: { name: 'ping' }, execute: async () => undefined });
    load();
    bot.profiler.attach('ping');
    const { memory } = bot.profiler;
    memory.startGrowth();
    await memory.countGrowth();
    const before = Date.now();
    load();
    bot.profiler.reconcile();
    await memory.countGrowth();
    await memory.countGrowth();
    const { reloads } = memory.growth()!;
    const { cog } = [...bot.profiler.tracked.values()][0]!;
    expect(reloads).toEqual([{ cog, atEpochMs: expect.any(Number) }]);
    expect(reloads[0]!.atEpochMs).toBeGreaterThanOrEqual(before);
  });

  test('an interval that is none is refused', () => {
    const { memory } = bot.profiler;
    for (const intervalMs of [0, 4_999, 3_600_001, Number.NaN, 'often' as never])
      expect(() => memory.startGrowth({ intervalMs })).toThrow('The option `intervalMs` must be from');
    expect(memory.growth()).toBeUndefined();
  });

  test('once the profiler is destroyed nothing of it runs', async () => {
    bot.profiler.memory.startGrowth();
    await bot.profiler.memory.countGrowth();
    const ours = () => livingTimers().filter((place) => place.includes('/src/memory/'));
    expect(ours()).toHaveLength(2);
    const counting = bot.profiler.memory.countGrowth();
    await bot.profiler.destroy();
    await counting;
    await turn();
    expect(ours()).toEqual([]);
  });
});

test('the trend keeps six hours: of more, the latest', () => {
  const trend = new Trend();
  for (let at = 0; at < 5_000; at++) trend.sample(at);
  const samples = trend.samples();
  expect(samples).toHaveLength(2_160);
  expect(samples[0]!.atEpochMs).toBe(2_840);
  expect(samples.at(-1)!.atEpochMs).toBe(4_999);
  expect(samples.at(-1)!.rssBytes).toBeGreaterThan(samples.at(-1)!.heapUsedBytes);
  const few = trend.samples(60);
  expect(few.length).toBeLessThanOrEqual(60);
  expect(few.length).toBeGreaterThan(50);
  expect(few.at(-1)!.atEpochMs).toBe(4_999);
  expect(new Trend().samples()).toEqual([]);
});

test('work in slices lets others run in between', async () => {
  const slices = new Slices();
  let turns = 0;
  let isDone = false;
  const others = (): void => {
    turns++;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  const array = Array.from({ length: 1_000 }, (_, at) => at);
  let paused = 0;
  while (paused < 5) {
    array.toSorted((a, b) => b - a);
    if (!slices.isOver) continue;
    paused++;
    await slices.pause();
  }
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(4);
  expect(slices.workedMs).toBeGreaterThan(0);
});
