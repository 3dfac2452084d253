import timers from 'node:timers';
import timersPromises, { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'discord.js';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Attachment, original } from '../../src/cog/attach.ts';
import { Recorder } from '../../src/cog/recorder.ts';
import type { AnyFunction, Target } from '../../src/cog/target.ts';
import { FRAMEWORK_PACKAGES } from '../../src/frameworks/index.ts';
import { Surroundings } from '../../src/frameworks/surroundings.ts';
import { pendingTimeouts, type Timeout } from '../../src/frameworks/timers.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { createFinder } from '../fixtures/discover.ts';
import { recordedIn } from '../fixtures/recorded.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const store = new MetricStore();
const recorder = new Recorder(store);
afterEach(() => recorder.dispose());

let client: Client;
let tasks: () => Target[];
beforeEach(() => {
  client = new Client({ intents: [] });
  const find = createFinder(client, import.meta.dirname);
  tasks = () => [...find().values()].filter(({ kind }) => kind === 'task');
});
afterEach(() => client.destroy());

const names = () => tasks().map(({ name }) => name);
const named = (name: string) => tasks().find((task) => task.name === name)!;

function attach(target: Target) {
  const attachment = new Attachment(target, recorder);
  onTestFinished(() => attachment.remove());
  attachment.record(target, recorder.open(target.id));
  return attachment;
}

function countOf({ id }: Target): number {
  recorder.fold();
  return recordedIn(store).get(id)?.count ?? 0;
}

function startInterval(fn: AnyFunction, ms: number, ...args: unknown[]): Timeout {
  const timer = setInterval(fn, ms, ...args);
  onTestFinished(() => clearInterval(timer));
  return timer as unknown as Timeout;
}

function startTimeout(fn: AnyFunction, ms: number): Timeout {
  const timer = setTimeout(fn, ms);
  onTestFinished(() => clearTimeout(timer));
  return timer as unknown as Timeout;
}

/** A function that schedules itself again until the test is over. */
function repeat(run: () => unknown = () => undefined, ms = 5) {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  async function tick() {
    await run();
    if (!over) timer = setTimeout(tick, ms);
  }
  timer = setTimeout(tick, ms);
  onTestFinished(() => {
    over = true;
    clearTimeout(timer);
  });
  return { tick };
}

describe('timers', () => {
  test('go by the name of their function, or else by their time', () => {
    startInterval(function refresh() {}, HOUR_MS);
    startInterval(function refuse() {}.bind(undefined), HOUR_MS);
    startInterval(() => {}, 5 * MINUTE_MS);
    startInterval(() => {}, 1_500);
    startInterval(() => {}, 59_990);
    startTimeout(function remind() {}, HOUR_MS);
    startTimeout(() => {}, 5_000);
    expect(names()).toEqual([
      'refresh',
      'refuse',
      'every 5min',
      'every 1.5s',
      'every 1min',
      'remind',
      'after 5s',
    ]);
  });

  test('of one time and cog are numbered as they come in the source, and keep their numbers', () => {
    const timer = startInterval(() => 'first', HOUR_MS);
    startInterval(() => 'second', HOUR_MS);
    const slots = () => tasks().map(({ name, slot }) => [name, slot.get()?.()]);
    expect(slots()).toEqual([
      ['every 1h', 'first'],
      ['every 1h #2', 'second'],
    ]);
    clearInterval(timer as unknown as NodeJS.Timeout);
    expect(slots()).toEqual([['every 1h #2', 'second']]);
  });

  test('of Node, of frameworks and of time limits in packages are not listed', async () => {
    const over = new AbortController();
    const waits = [
      timersPromises.setTimeout(HOUR_MS, undefined, over),
      timersPromises.setInterval(HOUR_MS, undefined, over).next(),
      new Promise<void>((resolve) => void startTimeout(resolve, 100)),
    ];
    AbortSignal.timeout(HOUR_MS);
    const surroundings = new Surroundings(import.meta.dirname, FRAMEWORK_PACKAGES);
    const packages = [...pendingTimeouts()].map((timer) =>
      surroundings.packageOf(surroundings.locationOf(timer._onTimeout)),
    );
    expect(packages).toContain('vitest');
    expect(names()).toEqual([]);
    over.abort();
    await Promise.allSettled(waits);
  });

  test('that were cleared are gone', () => {
    const interval = startInterval(() => {}, HOUR_MS);
    const timeout = startTimeout(() => {}, HOUR_MS);
    expect(names()).toEqual(['every 1h', 'after 1h']);
    clearInterval(interval as unknown as NodeJS.Timeout);
    clearTimeout(timeout as unknown as NodeJS.Timeout);
    expect(names()).toEqual([]);
  });

  test('are timed without a difference, and as before when they are detached', async () => {
    const calls: unknown[][] = [];
    function refresh(this: unknown, ...args: unknown[]) {
      calls.push([this, ...args]);
    }
    const timer = startInterval(refresh, 5, 'one', timers);
    const before = Object.getOwnPropertyDescriptors(timer);
    const target = named('refresh');
    const attachment = attach(target);
    expect(timer._onTimeout === refresh).toBe(false);
    await vi.waitUntil(() => calls.length > 2);
    expect(countOf(target)).toBe(calls.length);
    for (const [self, ...args] of calls) {
      expect(self === timer).toBe(true);
      expect(args).toEqual(['one', timers]);
    }
    expect(named('refresh').slot === target.slot).toBe(true);
    attachment.remove();
    expect(timer._onTimeout === refresh).toBe(true);
    const now = Object.getOwnPropertyDescriptors(timer);
    expect(Reflect.ownKeys(now)).toEqual(Reflect.ownKeys(before));
    expect(now._onTimeout).toEqual(before._onTimeout);
  });

  test('that are looked for by their own function are there', async () => {
    const seen = await new Promise((resolve) => {
      startInterval(function look() {
        resolve(names());
      }, 5);
      expect(names()).toEqual(['look']);
    });
    expect(seen).toEqual(['look']);
  });
});

describe('a function that schedules itself again', () => {
  test('is one target over all its runs, and each is counted', async () => {
    let runs = 0;
    repeat(() => runs++);
    const target = named('tick');
    await vi.waitUntil(() => runs > 2);
    expect(named('tick').slot === target.slot).toBe(true);
    runs = 0;
    const attachment = attach(target);
    await vi.waitUntil(() => runs > 5);
    expect(attachment.inPlace).toBe(true);
    expect(named('tick').slot === target.slot).toBe(true);
    await vi.waitUntil(() => countOf(target) === runs);
  });

  test('is there while it runs, and until it has stayed away for a minute', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let runs = 0;
    const { tick } = repeat(() => gates[runs++]?.promise, 100);
    expect(names()).toEqual(['tick']);
    await vi.waitUntil(() => runs === 1);
    expect(names()).toEqual([]);
    gates[0]!.resolve();
    await turn();
    const [target] = tasks() as [Target];
    await vi.waitUntil(() => runs === 2);
    for (const _ of [1, 2]) {
      expect(tasks().map(({ slot }) => slot === target.slot)).toEqual([true]);
      expect(target.slot.get() === tick).toBe(true);
      vi.advanceTimersByTime(MINUTE_MS / 2);
    }
    vi.advanceTimersByTime(1);
    expect(names()).toEqual([]);
    gates[1]!.resolve();
    await vi.waitUntil(() => runs > 2);
    expect(tasks().map(({ slot }) => slot === target.slot)).toEqual([true]);
  });

  test('is as before when it is detached: its timers, those that have run, and `setTimeout`', async () => {
    const holders = [globalThis, timers] as { setTimeout: AnyFunction }[];
    const before = holders.map((holder) => Object.getOwnPropertyDescriptor(holder, 'setTimeout')!);
    const own = holders.map((holder) => holder.setTimeout);
    let runs = 0;
    const { tick } = repeat(() => runs++);
    const first = [...pendingTimeouts()].find(({ _onTimeout }) => _onTimeout === tick)!;
    const other = startTimeout(function other() {}, HOUR_MS);
    const [one, two] = [named('tick'), named('other')].map(attach) as [Attachment, Attachment];
    await vi.waitUntil(() => runs > 0);
    expect(first._destroyed).toBe(true);
    one.remove();
    for (const { _onTimeout } of pendingTimeouts()) {
      if (_onTimeout !== other._onTimeout) expect(original(_onTimeout) === _onTimeout).toBe(true);
    }
    expect(setTimeout === own[0]).toBe(false);
    two.remove();
    expect(other._onTimeout!.name).toBe('other');
    expect(original(other._onTimeout!) === other._onTimeout).toBe(true);
    holders.forEach((holder, index) => {
      expect(holder.setTimeout === own[index]).toBe(true);
      expect(Object.getOwnPropertyDescriptor(holder, 'setTimeout')).toEqual(before[index]);
    });
  });

  test('has its own function back in the timer that it was run by last', async () => {
    let runs = 0;
    const once = startTimeout(function once() {
      runs++;
    }, 5);
    const fn = once._onTimeout;
    const attachment = attach(named('once'));
    await vi.waitUntil(() => runs === 1);
    expect(once._onTimeout === fn).toBe(false);
    attachment.remove();
    expect(once._onTimeout === fn).toBe(true);
  });

  test('is timed again in timers that a `setTimeout` from before has made, once these are seen', () => {
    const before = setTimeout;
    const tick = () => undefined;
    startTimeout(tick, HOUR_MS);
    const [target] = tasks() as [Target];
    attach(target);
    const late = before(tick, HOUR_MS) as unknown as Timeout;
    onTestFinished(() => clearTimeout(late as unknown as NodeJS.Timeout));
    expect(late._onTimeout === tick).toBe(true);
    expect(tasks().length).toBe(1);
    expect(late._onTimeout === target.slot.get()).toBe(true);
  });
});

describe('while a timeout is timed, `setTimeout`', () => {
  test('looks and works as ever, in both of its places', async () => {
    const own = setTimeout;
    startTimeout(function remind() {}, HOUR_MS);
    attach(named('remind'));
    expect(setTimeout === own).toBe(false);
    expect(timers.setTimeout === setTimeout).toBe(true);
    expect([setTimeout.name, setTimeout.length]).toEqual([own.name, own.length]);
    expect(Reflect.ownKeys(setTimeout)).toEqual(Reflect.ownKeys(own));
    expect(promisify(setTimeout) === timersPromises.setTimeout).toBe(true);
    expect(await promisify(setTimeout)(1, 'value')).toBe('value');
    const args = await new Promise((resolve) => setTimeout((...given: unknown[]) => resolve(given), 1, 2, 3));
    expect(args).toEqual([2, 3]);
    expect(() => setTimeout(undefined as unknown as () => void)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });

  test('goes on working for a tool that has wrapped it meanwhile, and is replaced no second time', () => {
    const own = setTimeout;
    onTestFinished(() => void (globalThis.setTimeout = own));
    const timer = startTimeout(function remind() {}, HOUR_MS);
    const remind = timer._onTimeout!;
    const attachment = attach(named('remind'));
    const ours = setTimeout;
    const tool = ((...args: Parameters<typeof setTimeout>) => ours(...args)) as typeof setTimeout;
    globalThis.setTimeout = tool;
    const again = attach({ ...named('remind'), id: 'again' });
    expect(setTimeout === tool).toBe(true);
    const timed = startTimeout(remind, HOUR_MS);
    expect(timed._onTimeout === remind).toBe(false);
    again.remove();
    expect(attachment.inPlace).toBe(true);
    attachment.remove();
    expect(setTimeout === tool).toBe(true);
    expect(timers.setTimeout === own).toBe(true);
    expect(startTimeout(remind, HOUR_MS)._onTimeout === remind).toBe(true);
    attach(named('remind')).remove();
    expect(setTimeout === tool).toBe(true);
  });
});

describe('functions from one place in the source', () => {
  const remindOf = (what: string) => () => what;

  test('are one task, which cannot be timed: each runs once', () => {
    const timer = startTimeout(remindOf('one'), HOUR_MS);
    const [first] = tasks() as [Target];
    expect(first.name).toBe('after 1h');
    expect(first.obstacle).toBeUndefined();
    for (let index = 0; index < 100; index++) startTimeout(remindOf(`${index}`), MINUTE_MS);
    for (let look = 0; look < 2; look++) {
      const [now, ...more] = tasks() as [Target];
      expect(more).toEqual([]);
      expect(now.slot === first.slot).toBe(true);
      expect(now.obstacle).toBe('each time it is run, it is another function');
    }
    clearTimeout(timer as unknown as NodeJS.Timeout);
    expect(tasks().map(({ name, obstacle }) => [name, obstacle])).toEqual([
      ['after 1min', 'each time it is run, it is another function'],
    ]);
  });

  test('are tasks of their own when they schedule themselves again', async () => {
    const runs = [0, 0];
    repeat(() => runs[0]!++);
    repeat(() => runs[1]!++);
    tasks();
    await vi.waitUntil(() => runs.every((count) => count > 1));
    await vi.waitUntil(() => names().length === 2);
    expect(tasks().map(({ name, obstacle }) => [name, obstacle])).toEqual([
      ['tick', undefined],
      ['tick #2', undefined],
    ]);
  });
});
