import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, test, vi } from 'vitest';
import { healed, servedBy, survives } from './fixtures/outage.ts';
import { Saved } from './fixtures/saved.ts';
import type { SavingBot } from './fixtures/saving-bot.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LONGEST_PAUSE_MS = 500;

const saved = new Saved();

/** A storage adapter for Keyv that does its part, until it is told what to do in its place. */
class Moody {
  readonly #values = new Map<string, unknown>();
  /** What it does in place of reading or writing; undefined where it does its part. */
  mood: ((method: 'get' | 'set' | 'delete') => unknown) | undefined;

  async get(key: string) {
    return this.mood === undefined ? this.#values.get(key) : this.mood('get');
  }

  async set(key: string, value: unknown) {
    if (this.mood !== undefined) return this.mood('set');
    this.#values.set(key, value);
    return true;
  }

  async delete(key: string) {
    return this.mood === undefined ? this.#values.delete(key) : this.mood('delete');
  }

  async clear() {
    this.#values.clear();
  }
}

describe('a Keyv', () => {
  test.each<[what: string, mood: NonNullable<Moody['mood']>, problem: RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no luck');
      },
      /failed: no luck/,
    ],
    ['throws what is no error', () => Promise.reject(undefined), /Moody/],
    ['says that it has not written', (method) => (method === 'get' ? undefined : false), /Moody/],
    [
      'says that it has written, and has not',
      (method) => (method === 'get' ? undefined : true),
      /does not keep/,
    ],
    ['answers with numbers', () => 42, /Moody/],
    ['answers with a text', () => 'hello', /Moody|archive/],
    ['answers with somebody else’s values', () => '{"value":{"a":1}}', /Moody/],
  ])(
    'that %s costs no call',
    async (_, mood, problem) => {
      const store = new Moody();
      const bot = await saved.start({ store: store as never });
      await survives(bot, {
        begins: () => (store.mood = mood),
        ends: () => (store.mood = undefined),
        problem,
      });
      await healed(bot);
      await saved.stopAll();
      expect(await (await saved.start({ store: store as never })).counts()).toEqual(servedBy(bot));
    },
    60_000,
  );

  test('that hangs costs no call', async () => {
    const store = new Moody();
    const bot = await saved.start({ store: store as never });
    const hanging = Promise.withResolvers<undefined>();
    await survives(bot, {
      begins: () => (store.mood = () => hanging.promise),
      ends: () => {
        store.mood = undefined;
        hanging.resolve(undefined);
      },
      problem: /does not answer/,
    });
    await saved.stopAll();
    expect(await (await saved.start({ store: store as never })).counts()).toEqual(servedBy(bot));
  }, 60_000);
});

describe('a clock', () => {
  /** Calls a command until a minute of the clock as it is now has begun. */
  async function onceItsMinuteHasBegun({ profiler, run }: SavingBot): Promise<number> {
    const { id } = [...profiler.tracked.values()].find(({ name }) => name === 'ping')!;
    let calls = 0;
    const fromNow = async () => {
      run('ping', 1);
      calls++;
      await profiler.flush();
      return Math.abs(profiler.calls(id)!.latest[0]!.startedAtEpochMs - Date.now());
    };
    await expect.poll(fromNow, { timeout: 10_000 }).toBeLessThan(MINUTE_MS / 2);
    return calls;
  }

  test.each([
    ['back an hour', -HOUR_MS],
    ['forward a day', 24 * HOUR_MS],
  ])(
    'that is set %s while figures are saved costs no call',
    async (_, stepMs) => {
      // A second before a minute ends: as long as this clock stands, the next one begins each second.
      const beginMs = Date.UTC(2026, 10, 20, 10, 30, 59);
      vi.setSystemTime(beginMs);
      const options = { retentionHours: 72 };
      const bot = await saved.start(options);
      await bot.serve('ping', 2);
      await bot.profiler.flush();
      let run = 0;
      for (let minute = 0; minute < 3; minute++) {
        vi.setSystemTime(beginMs + stepMs + minute * MINUTE_MS);
        run += await onceItsMinuteHasBegun(bot);
        await bot.serve('ping', 2);
        await bot.profiler.flush();
        expect(await bot.counts()).toEqual({ ping: servedBy(bot)['ping']! + run, pong: 0 });
      }
      // Once all that is to be there after the restart is of minutes that are over.
      const counts = await bot.counts();
      vi.setSystemTime(beginMs + stepMs + 3 * MINUTE_MS);
      run = await onceItsMinuteHasBegun(bot);
      await healed(bot);
      expect(bot.warnings).toEqual([]);
      await saved.stopAll();
      const { ping } = await (await saved.start(options)).counts();
      expect(ping).toBeGreaterThanOrEqual(counts['ping']!);
      expect(ping).toBeLessThanOrEqual(counts['ping']! + run);
    },
    60_000,
  );
});

test('10,000 targets are kept, and hold nobody up', async () => {
  vi.useRealTimers();
  const names = Array.from({ length: 10_000 }, (_, at) => `command-${at}`);
  const store = `sqlite:${join(saved.path, 'many.sqlite')}`;
  const bot = await saved.start({ store }, { names });
  for (const name of names) bot.run(name, 1);
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const longestMs = [];
  for (let time = 0; time < 2; time++) {
    delays.reset();
    const flushed = bot.profiler.flush();
    await bot.serve(names[0]!, 2);
    await flushed;
    await bot.profiler.summary();
    longestMs.push(delays.max / 1e6);
  }
  delays.disable();
  // Others may be using the machine, once.
  expect(Math.min(...longestMs)).toBeLessThan(LONGEST_PAUSE_MS);
  const wanted = { ...Object.fromEntries(names.map((name) => [name, 1])), [names[0]!]: 5 };
  expect(await bot.counts()).toEqual(wanted);
  await saved.stopAll();
  const restarted = await saved.start({ store }, { names });
  expect(await restarted.counts()).toEqual(wanted);
  expect([...bot.warnings, ...restarted.warnings]).toEqual([]);
}, 90_000);
