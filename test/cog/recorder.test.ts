import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { OriginReader } from '../../src/cog/origins.ts';
import { Recorder } from '../../src/cog/recorder.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { recordedIn } from '../fixtures/recorded.ts';

const run = promisify(execFile);
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

describe('Recorder', () => {
  const store = new MetricStore();
  const recorder = new Recorder(store);
  afterEach(() => recorder.dispose());

  function count(targetId: string): number {
    recorder.fold();
    return recordedIn(store).get(targetId)!.count;
  }

  test('no call is lost when the log is folded, whatever the number', () => {
    for (const calls of [1, 1_023, 1_024, 1_025, 5_000]) {
      const books = recorder.open(`t${calls}`);
      for (let call = 0; call < calls; call++) recorder.returned(books, 0);
      expect(count(`t${calls}`)).toBe(calls);
    }
  });

  test('a place in the log that is free again is not mistaken for its former target', () => {
    const first = recorder.open('first');
    recorder.returned(first, 0);
    recorder.close('first');
    const second = recorder.open('second');
    recorder.returned(first, 0);
    recorder.returned(second, 0);
    expect(count('second')).toBe(1);
    recorder.open('first');
    expect(count('first')).toBe(0);
  });

  test('no timer is left once all is closed', () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const lone = new Recorder(new MetricStore());
    lone.open('a');
    lone.open('b');
    expect(
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    ).toBeGreaterThanOrEqual(before);
    lone.close('a');
    lone.close('b');
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
  });
});

describe('where calls come from', () => {
  const GUILD = '100000000000000001';
  const interaction = { guildId: GUILD };
  const start = () => {
    const store = new MetricStore();
    const reader = new OriginReader(['guild']);
    const recorder = new Recorder(store, undefined, reader);
    onTestFinished(() => recorder.dispose());
    const books = recorder.open('a');
    const row = () => {
      recorder.fold();
      return recordedIn(store).get('a')!;
    };
    const calls = () =>
      row()
        .heaviest?.get('guild')
        ?.hitters.find(({ id }) => id === GUILD)?.calls ?? 0;
    return { store, recorder, books, row, calls, from: () => recorder.originsOf([interaction], reader) };
  };

  test('is kept of each call that says it, and of no other, whatever the number', () => {
    const { recorder, books, row, calls, from } = start();
    for (let call = 0; call < 5_000; call++) {
      recorder.returned(books, 0, call % 2 === 0 ? from() : undefined);
      if (call % 1_000 === 0) recorder.fold();
    }
    expect([row().count, calls()]).toEqual([5_000, 2_500]);
    for (let call = 0; call < 5_000; call++) recorder.returned(books, 0);
    expect([row().count, calls()]).toEqual([10_000, 2_500]);
  });

  test('is kept of promises, failures, and of a branch and the whole of a function', async () => {
    const { recorder, books, row, calls, from } = start();
    const whole = recorder.open('b');
    const error = new Error('planted');
    await recorder.follow(books, 0, Promise.resolve(), whole, from());
    await recorder.follow(books, 0, Promise.reject(error), whole, from()).catch(() => undefined);
    recorder.threw(books, 0, error, undefined, from());
    recorder.threw(books, 0, new DOMException('', 'AbortError'), undefined, from());
    expect(calls()).toBe(4);
    const [hitter] = row().heaviest!.get('guild')!.hitters;
    expect(hitter).toMatchObject({ calls: 4, errors: 2 });
    expect(recordedIn(recorder.store).get('b')!.heaviest!.get('guild')!.hitters).toMatchObject([
      { id: GUILD, calls: 2, errors: 1 },
    ]);
  });

  test('is not kept of calls that were running when something was erased', async () => {
    const { store, recorder, books, row, calls, from } = start();
    const gate = Promise.withResolvers<void>();
    const running = recorder.follow(books, 0, gate.promise, undefined, from());
    const within = from();
    recorder.returned(books, 0, from());
    recorder.fold();
    store.beginErasure();
    store.erase([{ origin: 'guild', id: GUILD }]);
    gate.resolve();
    await running;
    recorder.returned(books, 0, within);
    expect([row().count, calls()]).toEqual([3, 0]);
    recorder.returned(books, 0, from());
    expect([row().count, calls()]).toEqual([4, 1]);
  });

  test.each([
    ['something is erased', ({ store }: Recorder) => store.beginErasure()],
    ['nothing is timed any more', (recorder: Recorder) => recorder.close('a')],
  ])('is let go of a call that never settles, within a second after %s', (_, act) => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { recorder, books, from } = start();
    void recorder.follow(books, 0, new Promise(() => undefined), undefined, from());
    const kept = () => {
      const all: unknown[] = [];
      recorder.unsettled.forEach((_, call) => {
        all.push(call.from?.ids);
      });
      return all;
    };
    vi.advanceTimersByTime(2_000);
    expect(kept()).toEqual([[GUILD]]);
    act(recorder);
    vi.advanceTimersByTime(1_000);
    expect(kept()).toEqual([undefined]);
  });

  test('stands for all calls, where not all are timed', () => {
    const { recorder, books, row, calls, from } = start();
    for (let call = 0; call < 10; call++) recorder.returned(books, 0, from());
    books.untimed = 70;
    expect([row().count, row().timed, calls()]).toEqual([80, 10, 80]);
  });
});

test('an unhandled rejection of a tracked function is still reported as such', async () => {
  const { stdout } = await run(process.execPath, [fixture('unhandled-rejection.ts')]);
  expect(JSON.parse(stdout)).toEqual({ unhandled: ['bare', 'tracked'], handledLater: [] });
});

test('a million calls leave the heap where it was', async () => {
  const { stdout } = await run(process.execPath, ['--expose-gc', fixture('million-calls.ts')]);
  const { calls, grownBytes } = JSON.parse(stdout) as { calls: number; grownBytes: number };
  expect(calls).toBe(1_000_000);
  expect(Math.abs(grownBytes)).toBeLessThan(1_000_000);
});
