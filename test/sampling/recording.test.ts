import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ProfilerError } from '../../src/index.ts';
import { lineHits } from '../../src/sampling/functions.ts';
import { groupShares } from '../../src/sampling/groups.ts';
import { promisesAreWatched } from '../fixtures/contexts.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { compiledModule, profileOf, profilerAlone, spin } from '../fixtures/recording.ts';
import { recordedUs, samplesOf } from './build.ts';

/** The handles of this process that could keep it alive. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((type) => type === 'MessagePort' || type === 'Worker');
}

/** The threads of this process, as Linux numbers them. */
function threadIds(): string[] {
  return readdirSync('/proc/self/task');
}

describe('a recording', () => {
  test('tells what ran, in which line of the source, and adds up', async () => {
    using folder = temporaryFolder();
    const { hot } = compiledModule(folder.path);
    const profiler = profilerAlone({ rootDir: folder.path });
    const { result, recording } = await profiler.profile(() => hot(600), { name: 'hot', exact: true });
    expect(result).toBeGreaterThan(0);
    expect(profiler.recordings.list).toEqual([recording]);
    const profile = profileOf(profiler, recording.id);
    expect(recordedUs(profile)).toBe(profile.durationUs);
    expect(recording.samples).toBe(samplesOf(profile));
    expect(recording.samples).toBeGreaterThan(50);
    const [hottest] = lineHits(profile);
    const frame = profile.frames[hottest!.frame]!;
    expect(frame).toMatchObject({ name: expect.stringContaining('hot'), line: 3, kind: 'bot', cog: 'hot' });
    expect(frame.file).toBe(join(folder.path, 'src', 'hot.ts'));
    expect(hottest!.line).toBe(5);
    const [first] = groupShares(profile, 'cog');
    expect(first!.name).toBe('hot');
  }, 60_000);

  test('leaves nothing behind in the bot', async () => {
    const profiler = profilerAlone();
    const [listeners, handles] = [process.listenerCount('exit'), resources()];
    await profiler.profile(() => sleep(20));
    await (await profiler.startRecording()).cancel();
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(resources()).toEqual(handles);
    expect(await promisesAreWatched()).toBe(false);
  }, 60_000);

  test('is the only one: another is refused with who records what', async () => {
    const profiler = profilerAlone();
    await using first = await profiler.startRecording({
      startedBy: 'ada',
      name: 'the evening',
      durationMs: 9_000,
    });
    const refused = await profilerAlone()
      .startRecording()
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'RECORDING_BUSY' });
    expect(String(refused)).toMatch(
      /ada has been recording the evening for \d+ s, and it takes up to \d s more/,
    );
    await first.stop();
    await (await profiler.startRecording()).cancel();
    // One that never began is in nobody's way.
    await expect(profiler.startRecording({ durationMs: 1 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
    await expect(profiler.startRecording({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'RECORDING_CANCELLED',
    });
    await (await profiler.startRecording()).cancel();
  }, 60_000);

  test('ends by itself, and says how far it is', async () => {
    const profiler = profilerAlone();
    const told: number[] = [];
    const recording = await profiler.startRecording({
      durationMs: 1_600,
      onProgress: ({ samples }) => told.push(samples),
    });
    const done = recording.done.then(() => true);
    while (!(await Promise.race([done, sleep(10)]))) spin(10);
    const { durationMs, samples } = await recording.done;
    // Timers of Node may be a fraction of a millisecond early.
    expect(durationMs).toBeGreaterThan(1_599);
    expect(samples).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThan(0);
    expect(recording.progress.leftMs).toBe(0);
    expect(recording.progress.samples).toBe(samples);
  }, 60_000);

  test('keeps nothing of the time in which it warms up', async () => {
    const profiler = profilerAlone();
    const [cold, hot] = [
      profiler.wrap(() => spin(30), 'shop/cold'),
      profiler.wrap(() => spin(30), 'shop/hot'),
    ];
    const recording = await profiler.startRecording({ warmupMs: 300 });
    expect(recording.progress).toMatchObject({ elapsedMs: 0, leftMs: 30_000 });
    expect(recording.progress.warmupLeftMs).toBeGreaterThan(0);
    let isWarm = false;
    void recording.warm.then(() => (isWarm = true));
    while (!isWarm) {
      cold();
      await sleep(1);
    }
    expect(recording.progress.warmupLeftMs).toBe(0);
    for (let call = 0; call < 10; call++) {
      hot();
      await sleep(1);
    }
    const { id, durationMs } = await recording.stop();
    const profile = profileOf(profiler, id);
    expect(recordedUs(profile)).toBe(profile.durationUs);
    expect(durationMs).toBeCloseTo(profile.durationUs / 1_000, 0);
    expect(profile.markers.filter(({ kind }) => kind === 'call').map(({ name }) => name)).toEqual(
      Array<string>(10).fill('shop/method/hot'),
    );
    const targets = groupShares(profile, 'command').map(({ name }) => name);
    expect(targets).toContain('shop/method/hot');
    expect(targets).not.toContain('shop/method/cold');
    // What had not begun has nothing to be kept.
    const stopped = await profiler.startRecording({ warmupMs: 60_000 });
    await expect(stopped.stop()).rejects.toMatchObject({ code: 'RECORDING_CANCELLED' });
    await stopped.warm;
    // Of a target, only calls count that begin later.
    const counted = await profiler.startRecording({ target: 'shop/method/hot', calls: 2, warmupMs: 50 });
    hot();
    await counted.warm;
    hot();
    hot();
    expect(await counted.done).toMatchObject({ calls: 2 });
  }, 60_000);

  test('can be cancelled, by a signal too; nothing is kept', async () => {
    const profiler = profilerAlone();
    const abort = new AbortController();
    const recording = await profiler.startRecording({ signal: abort.signal });
    abort.abort();
    await expect(recording.done).rejects.toThrow('The recording was cancelled: it was aborted.');
    await expect(
      profiler.profile(() => {
        throw new RangeError('planted');
      }),
    ).rejects.toThrow('planted');
    const dying = await profiler.startRecording();
    await profiler.destroy();
    await expect(dying.done).rejects.toBeInstanceOf(ProfilerError);
    expect(profiler.recordings.list).toEqual([]);
    await expect(profiler.startRecording()).rejects.toMatchObject({ code: 'DESTROYED' });
  }, 60_000);

  test.runIf(process.platform === 'linux')(
    'has its thread outlive its connection to the bot’s, else Node may abort the process',
    async () => {
      const profiler = profilerAlone();
      // What Node starts once for all is there before.
      await profiler.profile(() => sleep(20));
      const before = threadIds();
      const recording = await profiler.startRecording();
      const own = threadIds().filter((id) => !before.includes(id));
      const left = () => threadIds().filter((id) => own.includes(id));
      const cancelled = recording.cancel();
      // The bot's thread does not come to it.
      spin(500);
      expect(left()).toHaveLength(1);
      await cancelled;
      expect(left()).toEqual([]);
    },
    60_000,
  );

  test('of one target has what runs for its next calls, and ends with the last', async () => {
    const profiler = profilerAlone();
    const inner = profiler.wrap(() => spin(4), 'shop/inner');
    const work = profiler.wrap(async () => {
      spin(6);
      await sleep(1);
      inner();
    }, 'shop/work');
    const other = profiler.wrap(() => spin(8), 'shop/other');
    const recording = await profiler.startRecording({
      target: 'shop/method/work',
      calls: 12,
      durationMs: 300_000,
    });
    for (let call = 0; call < 20; call++) {
      await work();
      other();
    }
    const info = await recording.done;
    expect(info).toMatchObject({ target: 'shop/method/work', calls: 12, name: 'shop/method/work' });
    const profile = profileOf(profiler, info.id);
    const names = groupShares(profile, 'command').map(({ name }) => name);
    expect(names.sort()).toEqual(['shop/method/inner', 'shop/method/work']);
    const calls = profile.markers.filter(({ kind }) => kind === 'call').map(({ name }) => name);
    expect(calls.sort()).toEqual([
      ...Array<string>(12).fill('shop/method/inner'),
      ...Array<string>(12).fill('shop/method/work'),
    ]);
    await expect(profiler.startRecording({ target: 'shop/method/nothing' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  }, 60_000);

  test('marks calls, stalls of the loop, and when garbage was collected', async () => {
    const profiler = profilerAlone();
    const hog = profiler.wrap(() => spin(120), 'shop/hog');
    const { recording } = await profiler.profile(async () => {
      await sleep(5);
      hog();
      await sleep(5);
      for (let round = 0; round < 200; round++) Array.from({ length: 20_000 }, () => ({ round }));
      await sleep(5);
    });
    const { markers } = profileOf(profiler, recording.id);
    const named = (kind: string) => markers.filter((marker) => marker.kind === kind).map(({ name }) => name);
    expect(named('call')).toEqual(['shop/method/hog']);
    expect(named('stall')).toContain('shop/method/hog');
    expect(named('gc')).toContain('minor');
  }, 60_000);

  test('is not disturbed by a bot that has a console of its own, nor disturbs one that listens', async () => {
    const profiler = profilerAlone();
    const { profile, profileEnd } = console;
    const seen: string[] = [];
    Object.assign(console, {
      profile: () => seen.push('profile'),
      profileEnd: () => seen.push('profileEnd'),
    });
    const { Session } = process.getBuiltinModule('node:inspector');
    const session = new Session();
    session.connect();
    session.post('Runtime.enable');
    session.on('Runtime.consoleAPICalled', ({ params }) => seen.push(params.type));
    try {
      const { recording } = await profiler.profile(() => spin(100));
      expect(recording.samples).toBeGreaterThan(0);
    } finally {
      Object.assign(console, { profile, profileEnd });
      session.disconnect();
    }
    expect(seen).toEqual([]);
  }, 60_000);
});

test('worker threads are recorded beside the bot’s own, and ours are not', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'cog.cjs');
  writeFileSync(
    file,
    `function crunch() { for (const endMs = performance.now() + 20; performance.now() < endMs; ); }
     setInterval(crunch, 25);
     setTimeout(() => process.exit(), require('node:worker_threads').workerData.lastsMs);`,
  );
  const start = (lastsMs: number) => new Worker(file, { workerData: { lastsMs }, name: 'cruncher' });
  const profiler = profilerAlone({ rootDir: folder.path });
  const worker = start(60_000);
  onTestFinished(async () => void (await worker.terminate()));
  await once(worker, 'online');
  const { recording } = await profiler.profile(
    async () => {
      for (let round = 0; round < 60; round++) {
        spin(10);
        await sleep(10);
        if (round === 10) start(700);
      }
    },
    { workers: true, exact: true },
  );
  const profile = profileOf(profiler, recording.id);
  expect(profile.threads[0]).toMatchObject({ name: 'main', id: 0 });
  expect(recording.threads.length).toBeGreaterThanOrEqual(2);
  expect(recording.threads.join()).not.toContain('cogscope');
  for (const thread of profile.threads.slice(1)) {
    const { weightUs, atUs } = thread;
    const [most] = groupShares({ ...profile, threads: [thread] }, 'cog');
    expect(most!.name).toBe('cog');
    expect(Math.min(...weightUs)).toBeGreaterThanOrEqual(0);
    // One that was not there all the time has no more than the time that it was there.
    const us = weightUs.reduce((sum, weight) => sum + weight, 0);
    expect(us).toBeLessThanOrEqual(profile.durationUs);
    expect(us).toBeGreaterThanOrEqual(atUs.at(-1)! - atUs[0]!);
    expect(us).toBeGreaterThan(0);
  }
}, 60_000);
