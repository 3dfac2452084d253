import { createRequire } from 'node:module';
import { CronJob } from 'cron';
import { Cron } from 'croner';
import { Client } from 'discord.js';
import nodeCron from 'node-cron';
import {
  AsyncTask,
  LongIntervalJob,
  SimpleIntervalJob,
  Task,
  CronJob as ToadCronJob,
  ToadScheduler,
} from 'toad-scheduler';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { original } from '../../src/cog/attach.ts';
import { propertySlot, type Slot } from '../../src/cog/slots.ts';
import type { AnyFunction, Target } from '../../src/cog/target.ts';
import { FRAMEWORK_PACKAGES } from '../../src/frameworks/index.ts';
import { Surroundings } from '../../src/frameworks/surroundings.ts';
import { pendingTimeouts } from '../../src/frameworks/timers.ts';
import { Profiler } from '../../src/index.ts';
import { createFinder } from '../fixtures/discover.ts';
import type { BotFunction, FrameworkBot, FrameworkFixture } from '../fixtures/frameworks/index.ts';
import { necord } from '../fixtures/frameworks/necord.ts';
import { schedulers } from '../fixtures/frameworks/schedulers.ts';
import { StandIn } from '../standin/standin.ts';

interface NodeScheduleJob {
  cancel(): void;
  on(event: 'success', listener: (result: unknown) => void): void;
}
interface NodeSchedule {
  scheduleJob(name: string, when: string, fn: AnyFunction): NodeScheduleJob;
  scheduleJob(when: string, fn: AnyFunction): NodeScheduleJob;
}
const nodeSchedule = createRequire(import.meta.url)('node-schedule') as NodeSchedule;

const EVERY_SECOND = '* * * * * *';
const YEARLY = '0 0 1 1 *';

/** Counts the searches of the heap, each of which holds the bot. */
class WatchedSurroundings extends Surroundings {
  searches = 0;

  override instancesOf(prototype: object): object[] {
    this.searches++;
    return super.instancesOf(prototype);
  }
}

function createWatched(client: Client, rootDir: string) {
  const surroundings = new WatchedSurroundings(rootDir, FRAMEWORK_PACKAGES);
  const find = createFinder(client, rootDir, surroundings);
  const tasks = () => [...find().values()].filter(({ kind }) => kind === 'task');
  return { tasks, names: () => tasks().map(({ name }) => name), searches: () => surroundings.searches };
}

async function start(fixture: FrameworkFixture) {
  const discord = await StandIn.start();
  onTestFinished(() => discord.stop());
  const bot = await fixture.create(discord);
  onTestFinished(() => bot.destroy());
  await bot.login();
  return { bot, discord };
}

/** Those that have not had their only run when the bot was ready. */
function tasksOf(bot: FrameworkBot): BotFunction[] {
  return bot.functions.filter(({ kind, once, ran }) => kind === 'task' && !(once && ran() > 0));
}

function createProfiler(bot: FrameworkBot): Profiler {
  const profiler = new Profiler(bot.client, { rootDir: bot.rootDir, budgetPercent: 100 });
  onTestFinished(() => profiler.destroy());
  return profiler;
}

/** Where tasks live that are in a property, with all that those objects hold beside; but not what changes by itself. */
function snapshot(targets: Iterable<Target>) {
  const holders = new Set<object>([globalThis, process.getBuiltinModule('node:timers')]);
  for (const { slot } of targets) {
    const holder = (slot as Slot & { holder?: WeakRef<object> }).holder?.deref();
    if (holder !== undefined) holders.add(holder);
  }
  return [...holders].flatMap((of) =>
    Reflect.ownKeys(of).map((key) => {
      const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(of, key)!;
      return { of, key, value: typeof value === 'function' ? value : (get ?? set), flags };
    }),
  );
}

/** Compared with ===, as deep equality would take one function for another. */
function expectSame(now: ReturnType<typeof snapshot>, before: ReturnType<typeof snapshot>): void {
  expect(now.map(({ key, flags }) => [key, flags])).toEqual(before.map(({ key, flags }) => [key, flags]));
  now.forEach(({ of, key, value }, index) => {
    const was = before[index]!;
    expect(of === was.of && value === was.value, String(key)).toBe(true);
  });
}

describe.each([schedulers, necord])('the tasks of the bot "$name"', (fixture) => {
  test('are all found by their ids, without the timers of libraries and of the profiler', async () => {
    const { bot } = await start(fixture);
    const profiler = createProfiler(bot);
    profiler.attach('tasks');
    const { tasks } = createWatched(bot.client, bot.rootDir);
    expect(
      tasks()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      tasksOf(bot)
        .map(({ id }) => id)
        .sort(),
    );
    const surroundings = new Surroundings(bot.rootDir, FRAMEWORK_PACKAGES);
    const files = [...pendingTimeouts()].map(({ _onTimeout }) => surroundings.locationOf(_onTimeout)?.file);
    expect(files.filter((file) => file?.includes('/src/cog/'))).not.toEqual([]);
  });

  test('are found again without searching the heap, as often as they have run since', async () => {
    const { bot } = await start(fixture);
    const { tasks, searches } = createWatched(bot.client, bot.rootDir);
    const found = new Map(tasks().map(({ id, slot }) => [id, slot]));
    const before = searches();
    expect(before).toBeGreaterThan(0);
    for (let round = 0; round < 2; round++) {
      await Promise.all(
        tasksOf(bot)
          .filter(({ once }) => !once)
          .map((fn) => fn.trigger()),
      );
      for (const { id, slot } of tasks()) expect(slot === found.get(id), id).toBe(true);
    }
    expect(searches()).toBe(before);
  });

  test('are counted run by run, called as before, and are as before when they are detached', async () => {
    const { bot } = await start(fixture);
    const profiler = createProfiler(bot);
    const functions = tasksOf(bot);
    const lasting = functions.filter(({ once }) => !once);
    const before = snapshot(profiler.targets.values());
    // What is to run once soon is attached before anything is waited for.
    const ranBefore = new Map(functions.map(({ id, ran }) => [id, ran()]));
    for (const { id } of functions) profiler.attach(`target:${id}`);
    expect([...profiler.tracked.keys()].sort()).toEqual(functions.map(({ id }) => id).sort());
    for (let round = 0; round < 2; round++) await Promise.all(functions.map((fn) => fn.once || fn.trigger()));
    await Promise.all(functions.map(({ ran }) => expect.poll(ran).toBeGreaterThan(0)));
    const counts = () => new Map(profiler.summary().rows.map(({ id, count }) => [id, count]));
    const runs = () => new Map(functions.map(({ id, ran }) => [id, ran() - ranBefore.get(id)!]));
    await expect.poll(() => [...runs()].filter(([id, ran]) => counts().get(id) !== ran)).toEqual([]);
    const timed = new Map(lasting.map(({ id, calls }) => [id, calls().slice(-2)]));

    profiler.detach('all');
    for (const { _onTimeout } of pendingTimeouts()) expect(original(_onTimeout) === _onTimeout).toBe(true);
    const live = new Set(before.map(({ of }) => of));
    expectSame(
      snapshot(profiler.targets.values()).filter(({ of }) => live.has(of)),
      before,
    );
    for (let round = 0; round < 2; round++) await Promise.all(lasting.map((fn) => fn.trigger()));
    for (const { id, calls, self } of lasting) {
      const [first, second] = timed.get(id)!;
      const [third, fourth] = calls().slice(-2);
      expect(second!.args.map(typeOf), id).toEqual(fourth!.args.map(typeOf));
      expect(typeOf(second!.self), id).toBe(typeOf(fourth!.self));
      // What is the same in two runs by itself is the same in those that were timed.
      if (third!.self === fourth!.self) expect(first!.self === fourth!.self, id).toBe(true);
      if (self !== undefined) expect(second!.self === self(), id).toBe(true);
    }
  });
});

function typeOf(value: unknown): unknown {
  return (value as object | undefined)?.constructor ?? value;
}

interface Library {
  readonly name: string;
  /** Starts a job that is the only one of its name, and returns what stops it. */
  start(fn: AnyFunction, when?: string): () => void;
  /** What a job is called whose function has no name; it was started for the new year. */
  readonly nameless: string;
  /** Whether the library lists its jobs itself. */
  readonly lists?: true;
}

const libraries: readonly Library[] = [
  {
    name: 'cron',
    start(fn, when = EVERY_SECOND) {
      const job = CronJob.from({ cronTime: when, onTick: fn, start: true });
      return () => void job.stop();
    },
    nameless: YEARLY,
  },
  {
    name: 'croner',
    start(fn, when = EVERY_SECOND) {
      const job = new Cron(when, fn);
      return () => job.stop();
    },
    nameless: YEARLY,
  },
  {
    name: 'node-cron',
    start(fn, when = EVERY_SECOND) {
      const task = nodeCron.schedule(when, fn);
      return () => void task.stop();
    },
    nameless: YEARLY,
  },
  {
    name: 'node-schedule',
    start(fn, when = EVERY_SECOND) {
      const job = nodeSchedule.scheduleJob(when, fn);
      return () => job.cancel();
    },
    nameless: 'job',
    lists: true,
  },
  {
    name: 'toad-scheduler',
    start(fn) {
      const job = new SimpleIntervalJob({ milliseconds: 50 }, new Task('clean; up', fn));
      job.start();
      return () => job.stop();
    },
    nameless: 'clean; up',
  },
];

function named(name: string): AnyFunction {
  return Object.defineProperty(() => undefined, 'name', { value: name, configurable: true });
}

let client: Client;
beforeEach(() => {
  client = new Client({ intents: [] });
});
afterEach(() => client.destroy());

const MINUTE_MS = 60_000;

describe.each(libraries)('jobs of $name', (library) => {
  const start = (...args: Parameters<Library['start']>) => {
    const stop = library.start(...args);
    onTestFinished(stop);
    return stop;
  };

  test('go when they are stopped', () => {
    const { names, searches } = createWatched(client, import.meta.dirname);
    const stop = start(named('a'));
    start(named('b'));
    expect(names().sort()).toEqual(['a', 'b']);
    const before = searches();
    stop();
    expect(names()).toEqual(['b']);
    expect(searches()).toBe(before);
  });

  test('that are created later are found, at the latest after a minute', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { names, searches } = createWatched(client, import.meta.dirname);
    expect(names()).toEqual([]);
    start(named('a'));
    expect(names()).toEqual(['a']);
    start(named('b'));
    const soon = library.lists ? ['a', 'b'] : ['a'];
    const before = searches();
    for (let look = 0; look < 3; look++) expect(names().sort()).toEqual(soon);
    vi.advanceTimersByTime(MINUTE_MS - 1);
    expect(names().sort()).toEqual(soon);
    expect(searches()).toBe(before);
    vi.advanceTimersByTime(1);
    for (let look = 0; look < 3; look++) expect(names().sort()).toEqual(['a', 'b']);
    expect(searches()).toBe(library.lists ? before : before + 1);
  });

  test('go by their own name, or by the time, where the function has none', () => {
    const { names } = createWatched(client, import.meta.dirname);
    start(named(''), YEARLY);
    expect(names()).toEqual([library.nameless]);
  });
});

describe('jobs', () => {
  test('that the bot named go by that, unless their function has a name', () => {
    const { names, searches } = createWatched(client, import.meta.dirname);
    const noName = named('');
    const jobs = [
      new Cron(YEARLY, { name: 'croner, nightly' }, noName),
      new Cron(YEARLY, { name: 'croner, hourly' }, named('sweep')),
    ];
    const cronJob = CronJob.from({ cronTime: YEARLY, name: 'cron nightly', onTick: () => {}, start: true });
    const task = nodeCron.schedule(YEARLY, noName, { name: 'node-cron nightly' });
    const scheduled = nodeSchedule.scheduleJob('node-schedule nightly', YEARLY, noName);
    onTestFinished(() => {
      for (const job of jobs) job.stop();
      void cronJob.stop();
      void task.destroy();
      scheduled.cancel();
    });
    expect(names().sort()).toEqual([
      'cron nightly',
      'croner; nightly',
      'node-cron nightly',
      'node-schedule nightly',
      'sweep',
    ]);
    // Croner lists the jobs that have names, node-schedule all.
    expect(searches()).toBe(2);
  });

  test('of toad-scheduler that others run are found once: by cron, and by very long intervals', () => {
    const { names, tasks, searches } = createWatched(client, import.meta.dirname);
    const toad = new ToadScheduler();
    onTestFinished(() => toad.stop());
    const later = async () => undefined;
    toad.addCronJob(new ToadCronJob({ cronExpression: YEARLY }, new AsyncTask('by cron', later)));
    toad.addLongIntervalJob(new LongIntervalJob({ days: 365 }, new Task('yearly', named('celebrate'))));
    expect(names().sort()).toEqual(['celebrate', 'later']);
    const before = searches();
    expect(tasks().map(({ slot }) => slot.get() === later || slot.get()?.name === 'celebrate')).toEqual([
      true,
      true,
    ]);
    expect(searches()).toBe(before);
    toad.stop();
    expect(names()).toEqual([]);
  });

  test('of node-schedule behind the next one, and those that are far away, are found too', () => {
    const { names, searches } = createWatched(client, import.meta.dirname);
    const jobs = [
      nodeSchedule.scheduleJob(YEARLY, named('far away')),
      nodeSchedule.scheduleJob('0 0 2 1 *', named('further')),
    ];
    onTestFinished(() => {
      for (const job of jobs) job.cancel();
    });
    expect(names().sort()).toEqual(['far away', 'further']);
    jobs.push(nodeSchedule.scheduleJob('0 0 3 1 *', named('furthest')));
    expect(names().sort()).toEqual(['far away', 'further', 'furthest']);
    expect(searches()).toBe(0);
  });

  test('give the same results when they are timed', async () => {
    const { tasks } = createWatched(client, import.meta.dirname);
    const result = {};
    const give = () => result;
    const task = nodeCron.schedule(YEARLY, give);
    const job = nodeSchedule.scheduleJob(EVERY_SECOND, give);
    onTestFinished(() => {
      void task.destroy();
      job.cancel();
    });
    const places = tasks().map(({ slot }) => slot);
    const calls: unknown[] = [];
    for (const slot of places) {
      const fn = slot.get()!;
      slot.set(function (this: unknown, ...args: unknown[]) {
        calls.push(slot);
        return Reflect.apply(fn, this, args);
      });
    }
    expect((await task.execute()) === result).toBe(true);
    const succeeded = Promise.withResolvers<unknown>();
    job.on('success', succeeded.resolve);
    expect((await succeeded.promise) === result).toBe(true);
    expect(new Set(calls).size).toBe(2);
  });

  test('whose fields are not what they should be are passed over, and no getter of theirs is run', () => {
    const { names } = createWatched(client, import.meta.dirname);
    const boom = () => {
      throw new Error('getter was run');
    };
    class Odd extends Cron {}
    Object.defineProperty(Odd.prototype, '_states', { get: boom });
    const broken = new Cron(YEARLY, named('broken'));
    const whole = new Cron(YEARLY, named('whole'));
    const { fn } = broken as unknown as { fn: AnyFunction };
    Object.defineProperty(broken, 'fn', { get: boom, configurable: true });
    onTestFinished(() => {
      Object.defineProperty(broken, 'fn', { value: fn });
      broken.stop();
      whole.stop();
    });
    expect(names()).toEqual(['whole']);
    expect(propertySlot(broken, 'fn').get()).toBeUndefined();
  });

  test('that are known cost no inspector session', async () => {
    const { tasks } = createWatched(client, import.meta.dirname);
    const ran = new Map<string, number>();
    const stops = libraries.map(({ name, start }) => start(() => ran.set(name, (ran.get(name) ?? 0) + 1)));
    onTestFinished(() => {
      for (const stop of stops) stop();
    });
    expect(tasks().length).toBe(libraries.length);
    const sessions = vi.spyOn(process.getBuiltinModule('node:inspector').Session.prototype, 'connect');
    onTestFinished(() => sessions.mockRestore());
    const often = () => libraries.filter(({ name }) => (ran.get(name) ?? 0) > 1).length;
    await expect.poll(often, { timeout: 15_000 }).toBe(libraries.length);
    sessions.mockClear();
    tasks();
    expect(sessions).not.toHaveBeenCalled();
  });
});
