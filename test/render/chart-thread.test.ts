import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DrawingThread } from '../../src/render/chart/drawing-thread.ts';
import type { Timeline } from '../../src/render/chart/timeline.ts';
import { livingTimers } from '../fixtures/proxies.ts';
import { anHour } from '../fixtures/timelines.ts';

const DRAWING_PROCESS = fileURLToPath(new URL('../fixtures/drawing-process.ts', import.meta.url));
const SOURCE = new URL('../../src/own-files.ts', import.meta.url).href;
const BUILT = new URL('../../dist/own-files.js', import.meta.url).href;

/** What is loaded in the thread that draws, and nowhere else. */
const NOT_HERE = /node_modules|(?:chart|chunks)\/(drawings\/|worker|picture|canvas|lettering)/;

/** The threads that were started, and of those the ones that have not ended. */
let started: Worker[];
let living: Set<Worker>;

function note(worker: Worker): void {
  started.push(worker);
  living.add(worker);
  worker.once('exit', () => living.delete(worker));
}

beforeEach(() => {
  started = [];
  living = new Set();
  process.on('worker', note);
});

afterEach(async () => {
  process.off('worker', note);
  vi.unstubAllEnvs();
  await Promise.all([...living].map((worker) => worker.terminate()));
});

function heightOf(png: Buffer | undefined): number {
  return png!.readUInt32BE(20);
}

describe('the thread that draws', () => {
  test('draws what waits in order, one after the other, in one thread', async () => {
    await using thread = new DrawingThread();
    const done: number[] = [];
    const { panels, ...rest } = anHour();
    const orders = Array.from({ length: 20 }, (_, index) => ({
      ...rest,
      panels: Array.from({ length: 1 + (index % 3) }, () => panels[1]!),
    }));
    const heights = await Promise.all(
      orders.map(async (order, index) => {
        const png = await thread.draw('timeline', order);
        done.push(index);
        return heightOf(png);
      }),
    );
    expect(done).toEqual(orders.map((_, index) => index));
    // Each got its own picture.
    expect(new Set(heights).size).toBe(3);
    expect(heights).toEqual(heights.map((_, index) => heights[index % 3]));
    expect(started).toHaveLength(1);
  });

  test('leaves the loop of the bot free', async () => {
    await using thread = new DrawingThread();
    await thread.draw('timeline', anHour());
    const before = performance.eventLoopUtilization();
    for (let round = 0; round < 10; round++) await thread.draw('timeline', anHour());
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.3);
  });

  test('says that there is nothing to draw', async () => {
    await using thread = new DrawingThread();
    expect(await thread.draw('timeline', { ...anHour(), panels: [] })).toBeUndefined();
  });

  test('ends when nothing was drawn for a while, and starts again', async () => {
    await using thread = new DrawingThread({ idleMs: 20 });
    await thread.draw('timeline', anHour());
    const ended = vi.spyOn(started[0]!, 'terminate');
    await vi.waitUntil(() => ended.mock.calls.length > 0, { interval: 1, timeout: 10_000 });
    // The end of the one comes while the other draws, and does not disturb it.
    expect(heightOf(await thread.draw('timeline', anHour()))).toBeGreaterThan(0);
    expect(started).toHaveLength(2);
    await expect.poll(() => living.size).toBe(0);
  });

  test('is not blamed for a loop that was held', async () => {
    const deadlineMs = 2_000;
    await using thread = new DrawingThread({ deadlineMs });
    const drawn = thread.draw('timeline', anHour());
    // After a turn of the loop, timers come before answers.
    await turn();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, deadlineMs + 50);
    expect(await drawn).toBeInstanceOf(Buffer);
    await turn();
    expect(await thread.draw('timeline', anHour())).toBeInstanceOf(Buffer);
    expect(started).toHaveLength(1);
  });

  test('is ended, and replaced, when a picture takes too long', async () => {
    // Even the start of a thread takes longer than that.
    await using thread = new DrawingThread({ deadlineMs: 1 });
    const answers = await Promise.allSettled([1, 2].map(() => thread.draw('timeline', anHour())));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { name: 'DrawingError', problem: 'deadline' },
      });
    }
    expect(started).toHaveLength(2);
    await expect.poll(() => living.size).toBe(0);
  });

  test('takes in only so many at a time', async () => {
    await using thread = new DrawingThread({ mostWaiting: 2 });
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => thread.draw('timeline', anHour())));
    // One is drawn, two wait.
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(answers[3]).toMatchObject({ reason: { problem: 'busy' } });
    expect(await thread.draw('timeline', anHour())).toBeInstanceOf(Buffer);
  });

  test('survives a drawing that goes wrong, and what cannot be sent to it', async () => {
    await using thread = new DrawingThread();
    const wrong = { ...anHour(), panels: [{ label: 'no series' }] } as unknown as Timeline;
    const unsendable = { ...anHour(), title: () => 'a function' } as unknown as Timeline;
    const answers = await Promise.allSettled(
      [wrong, unsendable, anHour()].map((order) => thread.draw('timeline', order)),
    );
    expect(answers).toMatchObject([
      { reason: { problem: 'failed' } },
      { reason: { problem: 'failed' } },
      { status: 'fulfilled' },
    ]);
    expect(started).toHaveLength(1);
  });

  test('takes no more memory than it may, and the next picture gets another', async () => {
    await using thread = new DrawingThread({ mostHeapMib: 16 });
    const { panels, ...rest } = anHour();
    const points = Array.from({ length: 1_000_000 }, (_, index) => [rest.fromEpochMs + index, 1] as const);
    const huge = { ...rest, panels: [{ ...panels[0]!, series: [{ ...panels[0]!.series[0]!, points }] }] };
    await expect(thread.draw('timeline', huge)).rejects.toMatchObject({ problem: 'failed' });
    expect(await thread.draw('timeline', anHour())).toBeInstanceOf(Buffer);
    expect(started).toHaveLength(2);
  });

  test('is gone once it is disposed, with all that waited', async () => {
    const thread = new DrawingThread();
    await thread.draw('timeline', anHour());
    // The one that ends it after a while.
    expect(livingTimers()).toHaveLength(1);
    const answers = Promise.allSettled([1, 2].map(() => thread.draw('timeline', anHour())));
    await thread.dispose();
    expect(living.size).toBe(0);
    expect(livingTimers()).toEqual([]);
    for (const answer of await answers) expect(answer).toMatchObject({ reason: { problem: 'closed' } });
    await expect(thread.draw('timeline', anHour())).rejects.toMatchObject({ problem: 'closed' });
    expect(started).toHaveLength(1);
  });

  test('is not started again where the library cannot be loaded', async () => {
    vi.stubEnv('NAPI_RS_NATIVE_LIBRARY_PATH', '/nowhere/skia.node');
    await using thread = new DrawingThread();
    const answers = await Promise.allSettled([1, 2, 3].map(() => thread.draw('timeline', anHour())));
    const message = "Pictures cannot be drawn in this process: Cannot find module '/nowhere/skia.node'";
    const refused = { name: 'DrawingError', problem: 'unavailable', message };
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: refused });
    await expect(thread.draw('timeline', anHour())).rejects.toMatchObject(refused);
    expect(started).toHaveLength(1);
    await expect.poll(() => living.size).toBe(0);
  });
});

interface Said {
  bytes?: number;
  problem?: string;
  message?: string;
  loadedHere: string[];
  sharedObjects: string[];
}

/** A process that draws once and then has nothing to do; whoever hangs is killed, which rejects. */
async function drawIn(module: string, nodeOptions: readonly string[], environment = {}): Promise<Said> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...nodeOptions, DRAWING_PROCESS, module],
    { timeout: 15_000, env: { ...process.env, ...environment } },
  );
  return JSON.parse(stdout);
}

describe('a process that draws', () => {
  test.each([
    ['the sources', SOURCE],
    ['the build', BUILT],
  ])('from %s loads nothing of it in its own thread, and ends while the other waits', async (_, module) => {
    expect(existsSync(fileURLToPath(module)), 'npm run build').toBe(true);
    const { bytes, loadedHere, sharedObjects } = await drawIn(module, []);
    expect(bytes).toBeGreaterThan(10_000);
    expect(loadedHere).toContain(module);
    expect(loadedHere.filter((url) => NOT_HERE.test(url))).toEqual([]);
    // Those are of all threads: the library was there.
    expect(sharedObjects.filter((path) => /skia|canvas/.test(path))).toHaveLength(1);
  });

  test.each([
    ['as an option', { nodeOptions: (preload: string) => ['--import', preload], environment: () => ({}) }],
    [
      'by the environment',
      {
        nodeOptions: () => [],
        environment: (preload: string) => ({ NODE_OPTIONS: `--import ${preload}` }),
      },
    ],
  ])('does not preload into the other thread what it preloads itself, %s', async (_, given) => {
    const endsThreads = `import{isMainThread}from"node:worker_threads";if(!isMainThread)process.exit(7)`;
    const preload = `data:text/javascript;base64,${Buffer.from(endsThreads).toString('base64')}`;
    const { bytes, loadedHere } = await drawIn(
      SOURCE,
      given.nodeOptions(preload),
      given.environment(preload),
    );
    expect(bytes).toBeGreaterThan(10_000);
    expect(loadedHere).toContain(SOURCE);
  });

  test('says so where it is not permitted to start threads', async () => {
    const said = await drawIn(SOURCE, ['--permission', '--allow-fs-read=*']);
    expect(said).toMatchObject({ problem: 'unavailable' });
    expect(said.message).toMatch(/^Pictures cannot be drawn in this process: /);
  });

  test('says so where it is not permitted to load the library', async () => {
    const said = await drawIn(SOURCE, ['--permission', '--allow-fs-read=*', '--allow-worker']);
    expect(said).toMatchObject({ problem: 'unavailable' });
    expect(said.message).toMatch(/addons is disabled/);
  });
});
