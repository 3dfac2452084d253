import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
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
