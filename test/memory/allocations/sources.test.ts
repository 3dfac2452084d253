import { Session } from 'node:inspector';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Allocations } from '../../../src/index.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { profilerAlone } from '../../fixtures/recording.ts';
import { CHUNK_BYTES, type LeakyCogs, LINES, leakyCogs } from './leaky-cogs.ts';

let folder: ReturnType<typeof temporaryFolder>;
let cogs: LeakyCogs;
let allocations: Allocations;
beforeEach(() => {
  folder = temporaryFolder();
  cogs = leakyCogs(folder.path);
  allocations = profilerAlone({ rootDir: folder.path }).memory.allocations;
});
afterEach(() => folder[Symbol.dispose]());

/** What a bot does between two looks. */
async function interval({ leak = 0, hoard = 0 }: { leak?: number; hoard?: number }): Promise<void> {
  for (let round = 0; round < 10; round++) {
    cogs.music.leak(leak / 10);
    await cogs.economy.hoard(hoard / 10);
    cogs.waste.burn(100);
    await turn();
  }
  await allocations.lookAtSources();
}

test.each([
  // What it is by default.
  [524_288, 3_000],
  [16_384, 400],
])(
  'the line that leaks is the first within three intervals, beside a larger cache that was filled once: each %i bytes',
  async (intervalBytes, leak) => {
    await allocations.startSources(intervalBytes === 524_288 ? {} : { intervalBytes });
    await interval({ leak, hoard: 3 * leak });
    await interval({ leak });
    await interval({ leak });
    const report = allocations.sources()!;
    expect(report).toMatchObject({ isRunning: true, looks: 3, intervalBytes, problem: undefined });
    const [first, ...others] = report.sources;
    expect(first).toMatchObject({
      owner: 'music',
      isCog: true,
      name: 'leak',
      file: join(folder.path, 'cogs/music/player.cjs'),
      line: LINES.leak,
    });
    const file = join(folder.path, 'cogs/music/player.cjs');
    expect(first!.stack).toContainEqual({ name: 'leak', file, line: LINES.leak });
    expect(first!.leftBytes).toHaveLength(3);
    for (const bytes of [...first!.leftBytes, first!.steadyBytes, first!.newBytes]) {
      expect(bytes / (leak * CHUNK_BYTES)).toBeGreaterThan(0.3);
      expect(bytes / (leak * CHUNK_BYTES)).toBeLessThan(1.7);
    }
    expect(others.map(({ name }) => name)).not.toContain('hoard');
    expect(report.pauseMs).toBeGreaterThan(0);
    expect(report.allPausesMs).toBeGreaterThan(report.pauseMs);
  },
);

test('what was let go of is no source any more, and nothing new is none', async () => {
  await allocations.startSources({ intervalBytes: 16_384 });
  for (let looks = 0; looks < 3; looks++) await interval({ leak: 400 });
  expect(allocations.sources()!.sources[0]!.name).toBe('leak');
  cogs.music.drop();
  await interval({});
  const names = allocations.sources()!.sources.map(({ name }) => name);
  expect(names).not.toContain('leak');
  expect(names).not.toContain('burn');
});

test('what is alive is told by cog, from the first look on, while it is watched', async () => {
  expect(allocations.liveByCog()).toBeUndefined();
  await allocations.startSources({ intervalBytes: 16_384 });
  expect(allocations.liveByCog()).toBeUndefined();
  await interval({ leak: 1_000, hoard: 500 });
  await interval({ leak: 1_000 });
  const { cogs: living, intervalBytes } = allocations.liveByCog()!;
  expect(intervalBytes).toBe(16_384);
  for (const [name, chunks] of [
    ['music', 2_000],
    ['economy', 500],
  ] as const) {
    const { bytes, uncertaintyBytes } = living.find(({ cog }) => cog === name)!;
    expect(Math.abs(bytes - chunks * CHUNK_BYTES)).toBeLessThan(2 * uncertaintyBytes);
    expect(uncertaintyBytes).toBeLessThan((chunks * CHUNK_BYTES) / 4);
  }
  allocations.stopSources();
  expect(allocations.liveByCog()).toBeUndefined();
});

test('only the latest ten intervals are told apart', async () => {
  await allocations.startSources({ intervalBytes: 16_384 });
  for (let looks = 0; looks < 12; looks++) await interval({ leak: 100 });
  const { sources, looks } = allocations.sources()!;
  expect(looks).toBe(12);
  expect(sources[0]!.name).toBe('leak');
  expect(sources[0]!.leftBytes).toHaveLength(10);
});

test('the watch rests while a sample is taken, and goes on after it', async () => {
  await allocations.startSources({ intervalBytes: 16_384 });
  await expect(allocations.startSources()).rejects.toMatchObject({ code: 'SOURCES_RUNNING' });
  await interval({ leak: 400 });
  const run = await allocations.start({ intervalBytes: 8_192 });
  expect(allocations.liveByCog()).toBeUndefined();
  await interval({ leak: 400 });
  expect(allocations.sources()!.looks).toBe(1);
  const report = await run.stop();
  expect(report.lines[0]!.name).toBe('leak');
  await interval({ hoard: 400 });
  const { looks, sources, isRunning } = allocations.sources()!;
  expect({ looks, isRunning }).toEqual({ looks: 2, isRunning: true });
  expect(sources[0]!.name).toBe('hoard');
  expect(sources[0]!.leftBytes).toHaveLength(1);
  const stopped = allocations.stopSources();
  expect(stopped).toEqual({ ...allocations.sources(), isRunning: false });
  expect(() => allocations.stopSources()).toThrow('is not watched now');
});

test('it ends with a reason where somebody else stops the sampler', async () => {
  await allocations.startSources({ intervalBytes: 16_384 });
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.stopSampling');
  session.disconnect();
  await expect(allocations.lookAtSources()).rejects.toMatchObject({ code: 'SAMPLING_LOST' });
  expect(allocations.sources()).toMatchObject({
    isRunning: false,
    problem: expect.stringContaining('something else in this process has stopped'),
  });
  await allocations.startSources();
});

test.each([
  [{ intervalMs: 1_000 }, 'intervalMs'],
  [{ intervalBytes: 10 }, 'intervalBytes'],
])('%o is refused by name', async (options, name) => {
  const started = allocations.startSources(options);
  await expect(started).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    details: [name, expect.any(String)],
  });
});
