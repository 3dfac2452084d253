import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AllocatedBytes, AllocationReport, Profiler } from '../../../src/index.ts';
import { SampleMemory } from '../../../src/memory/allocations/sample-memory.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { hold } from '../../fixtures/hold.ts';
import { livingTimers } from '../../fixtures/proxies.ts';
import { profilerAlone } from '../../fixtures/recording.ts';
import { CHUNK_BYTES, type LeakyCogs, LINES, leakyCogs } from './leaky-cogs.ts';

let folder: ReturnType<typeof temporaryFolder>;
let cogs: LeakyCogs;
let profiler: Profiler;
beforeEach(() => {
  folder = temporaryFolder();
  cogs = leakyCogs(folder.path);
  profiler = profilerAlone({ rootDir: folder.path });
});
afterEach(() => folder[Symbol.dispose]());

/** One in 20 is off by more than the uncertainty; by twice that, one in 10,000. */
const SURE = 2;

function expectBytes(found: AllocatedBytes | undefined, bytes: number): void {
  expect(found?.bytes).toBeGreaterThan(bytes - SURE * found!.uncertaintyBytes);
  expect(found?.bytes).toBeLessThan(bytes + SURE * found!.uncertaintyBytes);
  // Else nothing is said.
  expect(found!.uncertaintyBytes).toBeLessThan(bytes / 4);
}

const cogOf = ({ cogs }: AllocationReport, name: string) => cogs.find((one) => one.name === name);
const lineOf = ({ lines }: AllocationReport, name: string) => lines.find((one) => one.name === name);

/** Whether V8 samples, as another client of its inspector is told. */
function isSampling(): boolean {
  const session = new Session();
  session.connect();
  let failed = false;
  session.post('HeapProfiler.getSamplingProfile', (error) => {
    failed = error !== null;
  });
  session.disconnect();
  return !failed;
}

async function allocate(): Promise<string> {
  for (let round = 0; round < 40; round++) {
    cogs.music.leak(50);
    await cogs.economy.hoard(20);
    cogs.waste.burn(100);
    await turn();
  }
  return 'done';
}

describe('a sample', () => {
  test('has what is alive of each cog, within what it says of its uncertainty', async () => {
    const { result, allocations } = await profiler.allocations(allocate, { intervalBytes: 16_384 });
    expect(result).toBe('done');
    expectBytes(cogOf(allocations, 'music'), 2_000 * CHUNK_BYTES);
    expectBytes(cogOf(allocations, 'economy'), 800 * CHUNK_BYTES);
    expect(cogOf(allocations, 'waste')?.bytes ?? 0).toBeLessThan(10 * CHUNK_BYTES);
    const [first, second] = allocations.lines;
    const file = (path: string) => join(folder.path, 'cogs', path);
    expect(first).toMatchObject({
      name: 'leak',
      file: file('music/player.cjs'),
      line: LINES.leak,
      cog: 'music',
    });
    expect(second).toMatchObject({ name: 'hoard', file: file('economy/bank.cjs'), line: LINES.hoard });
    const sum = (rows: readonly AllocatedBytes[]) => rows.reduce((all, { bytes }) => all + bytes, 0);
    expect(sum(allocations.cogs)).toBe(allocations.all.bytes);
    expect(sum(allocations.functions)).toBe(allocations.all.bytes);
    expect(allocations).toMatchObject({ name: 'allocate', churn: false, intervalBytes: 16_384, notes: [] });
    expect(allocations.pauseMs).toBeGreaterThan(0);
    expect(isSampling()).toBe(false);
  });

  test('counts, where that is wanted, what is garbage by the end', async () => {
    const { allocations } = await profiler.allocations(allocate, { intervalBytes: 32_768, churn: true });
    expectBytes(cogOf(allocations, 'waste'), 4_000 * CHUNK_BYTES);
    expectBytes(cogOf(allocations, 'music'), 2_000 * CHUNK_BYTES);
    expect(allocations.lines[0]).toMatchObject({ name: 'burn', line: LINES.burn });
  });

  test('has each object where the interval is a byte', async () => {
    const { allocations } = await profiler.allocations(() => cogs.music.leak(100), { intervalBytes: 1 });
    const music = cogOf(allocations, 'music')!;
    // The list of songs grows beside.
    expect(music.bytes).toBeGreaterThanOrEqual(100 * CHUNK_BYTES);
    expect(music.bytes).toBeLessThan(105 * CHUNK_BYTES);
    expect(music.samples).toBeGreaterThanOrEqual(100);
    expect(music.uncertaintyBytes).toBeLessThan(10);
  });

  test('does not count buffers, and says by how much they grew', async () => {
    const { result, allocations } = await profiler.allocations(() => Buffer.alloc(32 * 2 ** 20));
    expect(allocations.all.bytes).toBeLessThan(result.length / 8);
    expect(allocations.arrayBuffersBytes / result.length).toBeGreaterThan(0.9);
    expect(allocations.externalBytes / result.length).toBeGreaterThan(0.9);
  });

  test('leaves out what the warm-up allocates', async () => {
    const { allocations } = await profiler.allocations(() => cogs.music.leak(300), { warmup: 3 });
    expectBytes(cogOf(allocations, 'music'), 300 * CHUNK_BYTES);
  });

  test('names functions by the source of the owner, which is TypeScript', async () => {
    const source = join(folder.path, 'src/cogs/shop/stock.cts');
    mkdirSync(join(source, '..'), { recursive: true });
    writeFileSync(
      source,
      [
        'interface Item {',
        '  readonly price: number;',
        '}',
        '',
        'const items: (readonly Item[])[] = [];',
        '',
        'export function restock(times: number): void {',
        '  for (let at = 0; at < times; at++) items.push(new Array<Item>(1_000).fill({ price: at }));',
        '}',
      ].join('\n'),
    );
    const tsc = join(import.meta.dirname, '../../../node_modules/.bin/tsc');
    const options = [
      '--ignoreConfig',
      '--sourceMap',
      '--module',
      'nodenext',
      '--types',
      '',
      '--skipLibCheck',
    ];
    execFileSync(tsc, [
      ...options,
      '--rootDir',
      join(folder.path, 'src'),
      '--outDir',
      join(folder.path, 'out'),
      source,
    ]);
    const { restock } = createRequire(source)(join(folder.path, 'out/cogs/shop/stock.cjs'));
    const { allocations } = await profiler.allocations(() => restock(500));
    expect(allocations.lines[0]).toMatchObject({ name: 'restock', file: source, line: 7, cog: 'shop' });
  });

  test('is taken of one call of a target, after others have gone by', async () => {
    const buy = profiler.wrap(async (chunks: number) => {
      cogs.music.leak(chunks);
      await turn();
      cogs.music.leak(chunks);
    }, 'shop/buy');
    const [target] = profiler.tracked.keys();
    const run = await profiler.memory.allocations.start({
      target: target!,
      warmupCalls: 2,
      intervalBytes: 4_096,
    });
    expect(run.progress.stage).toBe('waiting');
    await buy(500);
    await buy(500);
    expect(run.progress.stage).toBe('waiting');
    cogs.music.leak(300);
    const call = buy(200);
    expect(run.progress.stage).toBe('sampling');
    await call;
    cogs.music.leak(700);
    const report = await run.done;
    expect(report).toMatchObject({ target, name: target });
    expectBytes(lineOf(report, 'leak'), 400 * CHUNK_BYTES);
    expect(isSampling()).toBe(false);
  });
});

describe('one at a time', () => {
  test('a second sample is told who takes the first, and how long it may take', async () => {
    const { allocations } = profiler.memory;
    const run = await allocations.start({ startedBy: 'Ada', durationMs: 60_000 });
    const refused = allocations.start({ startedBy: 'Bob' });
    await expect(refused).rejects.toThrow(
      /^One recording at a time: Ada has been recording the allocations of the bot for [01] s, and it takes up to \d+ s more\.$/,
    );
    await expect(profiler.startRecording()).rejects.toMatchObject({ code: 'RECORDING_BUSY' });
    await expect(allocations.startSources()).rejects.toMatchObject({ code: 'SAMPLING_BUSY' });
    run.cancel();
    await expect(run.done).rejects.toMatchObject({ code: 'RECORDING_CANCELLED' });
    expect(isSampling()).toBe(false);
    await (await allocations.start()).stop();
    expect(allocations.list).toHaveLength(1);
  });

  test('a sampler of somebody else is left alone', async () => {
    const session = new Session();
    session.connect();
    session.post('HeapProfiler.startSampling', { samplingInterval: 1_024 });
    await expect(profiler.allocations(() => 1)).rejects.toThrow(
      'V8 samples allocations for one at a time, and does so for another program in this process now.',
    );
    expect(isSampling()).toBe(true);
    session.disconnect();
    await profiler.allocations(() => 1);
  });

  test('a sample is lost where somebody else stops the sampler, and the next one is not', async () => {
    const run = await profiler.memory.allocations.start();
    const session = new Session();
    session.connect();
    session.post('HeapProfiler.stopSampling');
    session.disconnect();
    await expect(run.stop()).rejects.toMatchObject({ code: 'SAMPLING_LOST' });
    expect(run.progress.stage).toBe('over');
    await profiler.allocations(() => 1);
  });
});

describe('nothing is left behind', () => {
  test('where the function throws', async () => {
    const before = livingTimers().length;
    const failing = profiler.allocations(() => {
      throw new RangeError('planted');
    });
    await expect(failing).rejects.toThrow('planted');
    expect(isSampling()).toBe(false);
    expect(profiler.memory.allocations.list).toEqual([]);
    expect(livingTimers().length).toBe(before);
  });

  test('where the profiler is destroyed half-way', async () => {
    const run = await profiler.memory.allocations.start();
    expect(isSampling()).toBe(true);
    await profiler.destroy();
    await expect(run.done).rejects.toMatchObject({ code: 'RECORDING_CANCELLED' });
    expect(isSampling()).toBe(false);
    await expect(profiler.memory.allocations.start()).rejects.toMatchObject({ code: 'DESTROYED' });
  });

  test('where it is destroyed while the sources are watched', async () => {
    await profiler.memory.allocations.startSources();
    expect(isSampling()).toBe(true);
    await profiler.destroy();
    expect(isSampling()).toBe(false);
  });

  test('where it is aborted, or no call of the target comes', async () => {
    const { allocations } = profiler.memory;
    const controller = new AbortController();
    const run = await allocations.start({ signal: controller.signal });
    controller.abort();
    await expect(run.done).rejects.toThrow('The recording was cancelled: it was aborted.');
    hold(profiler.wrap(() => 1, 'shop/buy'));
    const [target] = profiler.tracked.keys();
    const waiting = await allocations.start({ target: target!, durationMs: 1_000 });
    await expect(waiting.done).rejects.toThrow('there was no call of');
    expect(isSampling()).toBe(false);
  });
});

test.each([
  [{ durationMs: 10 }, 'durationMs'],
  [{ intervalBytes: 0 }, 'intervalBytes'],
  [{ intervalBytes: 2 ** 21 }, 'intervalBytes'],
  [{ intervalBytes: 1.5 }, 'intervalBytes'],
  [{ target: 'shop/none' }, 'target'],
  [{ warmupCalls: 1 }, 'warmupCalls'],
  [{ target: 'shop/none', warmupMs: 5 }, 'warmupMs'],
  [{ startedBy: ' ' }, 'startedBy'],
])('%o is refused by name', async (options, name) => {
  const started = profiler.memory.allocations.start(options);
  await expect(started).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    details: [name, expect.any(String)],
  });
});

test('a sample is refused where its memory is not free, with the numbers, and ends where it takes too much', async () => {
  expect(() => SampleMemory.check(100 * 2 ** 20)).toThrow(
    'A sample of allocations takes 128 MiB of memory to be looked at, and 100 MiB are free.',
  );
  const notes: string[] = [];
  const note = await new Promise<string>((full) => {
    // Any memory is too much.
    new SampleMemory((said) => {
      notes.push(said);
      full(said);
    }, Number.NEGATIVE_INFINITY);
  });
  expect(note).toMatch(/^It ended early: the samples took -?\d+ MiB\. Sample with a larger interval\.$/);
  expect(notes).toHaveLength(1);
});

test('of many samples the latest are kept, and can be removed', async () => {
  const { allocations } = profiler.memory;
  for (let taken = 0; taken < 10; taken++) await profiler.allocations(() => taken);
  expect(allocations.list.map(({ id }) => id)).toEqual(['10', '9', '8', '7', '6', '5', '4', '3']);
  expect(() => allocations.get('2')).toThrow('There is no recording 2');
  expect(allocations.remove('10')).toBe(true);
  expect(allocations.remove('10')).toBe(false);
  allocations.clear();
  expect(allocations.list).toEqual([]);
});

test('a worker thread of the bot may sample its own allocations', async () => {
  const index = new URL('../../../dist/index.js', import.meta.url).href;
  const code = `
    const { parentPort } = require('node:worker_threads');
    (async () => {
      const { Profiler } = await import(${JSON.stringify(index)});
      const { Client } = await import('discord.js');
      const profiler = new Profiler(new Client({ intents: [] }));
      const kept = [];
      const { allocations } = await profiler.allocations(() => { for (let at = 0; at < 500; at++) kept.push(new Array(1_000).fill(null)); });
      parentPort.postMessage(allocations.all.bytes);
      await profiler.destroy();
    })();`;
  const worker = new Worker(code, { eval: true });
  const bytes = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
  expect(bytes).toBeGreaterThan(250 * CHUNK_BYTES);
  await worker.terminate();
});
