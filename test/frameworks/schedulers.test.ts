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
import { Identifier } from '../../src/cog/identify.ts';
import { propertySlot, type Slot } from '../../src/cog/slots.ts';
import type { AnyFunction, Target } from '../../src/cog/target.ts';
import { createDiscoverer, FRAMEWORK_PACKAGES } from '../../src/frameworks/index.ts';
import { Surroundings } from '../../src/frameworks/surroundings.ts';
import { pendingTimeouts } from '../../src/frameworks/timers.ts';
import { Profiler } from '../../src/index.ts';
import type { BotFunction, FrameworkBot, FrameworkFixture } from '../fixtures/frameworks/index.ts';
import { necord } from '../fixtures/frameworks/necord.ts';
import { schedulers } from '../fixtures/frameworks/schedulers.ts';
import { StandIn } from '../standin/standin.ts';

interface NodeScheduleJob {
  cancel(): void;
  on(event: 'success' | 'error', listener: (result: unknown) => void): void;
}
interface NodeSchedule {
  scheduleJob(name: string, when: string, fn: AnyFunction): NodeScheduleJob;
  scheduleJob(when: string, fn: AnyFunction): NodeScheduleJob;
}
const nodeSchedule = createRequire(import.meta.url)('node-schedule') as NodeSchedule;

/** The cog of the timers with which the tests wait. */
const HERE = 'standin';

const EVERY_SECOND = '* * * * * *';
const YEARLY = '0 0 1 1 *';

/** Sees which searches of the heap there are, each of which would hold the bot. */
function watchSearches(): () => number {
  const post = vi.spyOn(process.getBuiltinModule('node:inspector').Session.prototype, 'post');
  onTestFinished(() => post.mockRestore());
  return () => post.mock.calls.filter(([method]) => String(method) === 'Runtime.queryObjects').length;
}

/** Lists tasks as a tracker does that tracks something. */
function createWatched(client: Client, rootDir: string) {
  const identifier = new Identifier();
  const discoverer = createDiscoverer({
    client,
    surroundings: new Surroundings(rootDir, FRAMEWORK_PACKAGES),
    registered: () => [],
    cogOf: () => undefined,
    failed: (adapter, error) => {
      throw new Error(`The adapter ${adapter} failed.`, { cause: error });
    },
  });
  const list = () =>
    [...identifier.identify(discoverer.discover()).values()].filter(({ kind }) => kind === 'task');
  list();
  const watch = discoverer.watch(
    () => undefined,
    () => void list(),
  );
  onTestFinished(() => watch[Symbol.dispose]());
  const tasks = () => list().filter(({ obstacle }) => obstacle === undefined);
  return {
    tasks,
    names: () => tasks().map(({ name }) => name),
    /** Ids of what stands for jobs that are not known yet. */
    waiting: () => list().flatMap(({ id, obstacle }) => (obstacle === undefined ? [] : [id])),
  };
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

function createProfiler({ client, rootDir }: Pick<FrameworkBot, 'client' | 'rootDir'>): Profiler {
  const profiler = new Profiler(client, { rootDir, budgetPercent: 100 });
  onTestFinished(() => profiler.destroy());
  return profiler;
}

/** What is put in places that all bots of a program share, and is taken away again. */
const SHARED: readonly object[] = [
  globalThis,
  process.getBuiltinModule('node:timers'),
  ...[CronJob, Cron, Task, AsyncTask, SimpleIntervalJob, LongIntervalJob, ToadCronJob].map(
    ({ prototype }) => prototype,
  ),
  runnerPrototype(),
];

/** Of the class in node-cron that has the timers; it is not exported. */
function runnerPrototype(): object {
  const { runner } = nodeCron.createTask(YEARLY, () => undefined) as unknown as { runner: object };
  return Object.getPrototypeOf(runner) as object;
}

/** All of these, and where tasks live that are in a property; but not what changes by itself. */
function snapshot(targets: Iterable<Target> = []) {
  const holders = new Set(SHARED);
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
    const searches = watchSearches();
    const profiler = createProfiler(bot);
    const expected = tasksOf(bot).map(({ id }) => id);
    profiler.attach('tasks');
    await expect.poll(() => expected.filter((id) => !profiler.tracked.has(id))).toEqual([]);
    const found = [...profiler.targets.values()].filter(({ kind, cog }) => kind === 'task' && cog !== HERE);
    expect(found.map(({ id }) => id).sort()).toEqual(expected.sort());
    const surroundings = new Surroundings(bot.rootDir, FRAMEWORK_PACKAGES);
    const files = [...pendingTimeouts()].map(({ _onTimeout }) => surroundings.locationOf(_onTimeout)?.file);
    expect(files.filter((file) => file?.includes('/src/cog/'))).not.toEqual([]);
    expect(searches()).toBe(0);
  });

  test('are counted from the first run on, called as before, and are as before when they are detached', async () => {
    const { bot } = await start(fixture);
    const untouched = snapshot();
    const profiler = createProfiler(bot);
    const functions = tasksOf(bot);
    const lasting = functions.filter(({ once }) => !once);
    profiler.attach('tasks');
    // No run is missed, though most are found when they run first.
    const ranBefore = new Map(functions.map(({ id, ran }) => [id, ran()]));
    for (let round = 0; round < 3; round++) await Promise.all(functions.map((fn) => fn.once || fn.trigger()));
    await Promise.all(functions.map(({ ran }) => expect.poll(ran).toBeGreaterThan(0)));
    for (const { id } of functions) expect(profiler.tracked.has(id), id).toBe(true);
    const runs = () => new Map(functions.map(({ id, ran }) => [id, ran() - ranBefore.get(id)!]));
    const miscounted = async () => {
      const ran = runs();
      const counts = new Map((await profiler.summary()).rows.map(({ id, count }) => [id, count]));
      return [...ran].filter(([id, times]) => counts.get(id) !== times);
    };
    await expect.poll(miscounted).toEqual([]);
    const timed = new Map(lasting.map(({ id, calls }) => [id, calls().slice(-2)]));

    profiler.detach('all');
    for (const { _onTimeout } of pendingTimeouts()) expect(original(_onTimeout) === _onTimeout).toBe(true);
    expectSame(snapshot(), untouched);
    const ids = new Set(lasting.map(({ id }) => id));
    const targets = [...profiler.targets.values()].filter(({ id }) => ids.has(id));
    expect(targets.length).toBe(lasting.length);
    for (const { slot } of targets) expect(slot.get() === original(slot.get()!)).toBe(true);
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
    // Known by now: they are found at once, in the same places.
    const before = snapshot(targets);
    profiler.attach('tasks');
    for (const id of ids) expect(profiler.tracked.has(id), id).toBe(true);
    await profiler.destroy();
    const live = new Set(before.map(({ of }) => of));
    expectSame(
      snapshot(targets).filter(({ of }) => live.has(of)),
      before,
    );
  });
});

function typeOf(value: unknown): unknown {
  return (value as object | undefined)?.constructor ?? value;
}

type OnError = (error: unknown) => void;

interface Library {
  readonly name: string;
  /** Starts a job that is the only one of its name, and returns what stops it. */
  start(fn: AnyFunction, when?: string, onError?: OnError): () => void;
  /** What a job is called whose function has no name; it was started for the new year. */
  readonly nameless: string;
  /** Whether the library lists its jobs itself. */
  readonly lists?: true;
}

const libraries: readonly Library[] = [
  {
    name: 'cron',
    start(fn, when = EVERY_SECOND, errorHandler = () => undefined) {
      const job = CronJob.from({ cronTime: when, onTick: fn, start: true, errorHandler });
      return () => void job.stop();
    },
    nameless: YEARLY,
  },
  {
    name: 'croner',
    start(fn, when = EVERY_SECOND, onError = () => undefined) {
      const job = new Cron(when, { catch: onError }, fn);
      return () => job.stop();
    },
    nameless: YEARLY,
  },
  {
    name: 'node-cron',
    start(fn, when = EVERY_SECOND, onError = () => undefined) {
      const task = nodeCron.schedule(when, fn);
      task.on('execution:failed', ({ execution }) => onError(execution?.error));
      return () => void task.stop();
    },
    nameless: YEARLY,
  },
  {
    name: 'node-schedule',
    start(fn, when = EVERY_SECOND, onError = () => undefined) {
      const job = nodeSchedule.scheduleJob(when, fn);
      job.on('error', onError);
      return () => job.cancel();
    },
    nameless: 'job',
    lists: true,
  },
  {
    name: 'toad-scheduler',
    start(fn, when = EVERY_SECOND, onError = () => undefined) {
      const milliseconds = when === EVERY_SECOND ? 50 : HOUR_MS;
      const job = new SimpleIntervalJob({ milliseconds }, new Task('clean; up', fn, onError));
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

const HOUR_MS = 3_600_000;

describe.each(libraries)('jobs of $name', (library) => {
  const start = (...args: Parameters<Library['start']>) => {
    const stop = library.start(...args);
    onTestFinished(stop);
    return stop;
  };
  /** A timer that leads to the class of jobs. */
  const startOther = () => start(named('other'), YEARLY);
  const others = library.lists ? ['other'] : [];

  test('that were there are found when they run, and go when they are stopped', async () => {
    const searches = watchSearches();
    const stop = start(named('a'));
    const { names, waiting } = createWatched(client, import.meta.dirname);
    const row = library.lists ? [] : [`${library.name}/task/jobs that have not run yet`];
    expect(names()).toEqual(library.lists ? ['a'] : []);
    expect(waiting()).toEqual(row);
    await expect.poll(names, { timeout: 5_000 }).toEqual(['a']);
    expect(waiting()).toEqual([]);
    startOther();
    expect(names().sort()).toEqual(['a', 'other']);
    stop();
    expect(names()).toEqual(['other']);
    expect(searches()).toBe(0);
  });

  test('that are started later are found at once', () => {
    startOther();
    const { names } = createWatched(client, import.meta.dirname);
    expect(names()).toEqual(others);
    const stop = start(named('a'), YEARLY);
    start(named('b'), YEARLY);
    expect(names().sort()).toEqual(['a', 'b', ...others]);
    stop();
    expect(names().sort()).toEqual(['b', ...others]);
  });

  test('go by their own name, or by the time, where the function has none', () => {
    startOther();
    const { names } = createWatched(client, import.meta.dirname);
    start(named(''), YEARLY);
    expect(names().filter((name) => name !== 'other')).toEqual([library.nameless]);
  });

  test('that were there, or were started while all is tracked, are counted from the first run on', async () => {
    const ran = { early: 0, late: 0 };
    start(function early() {
      ran.early++;
    });
    const profiler = createProfiler({ client, rootDir: import.meta.dirname });
    profiler.attach('all');
    start(function late() {
      ran.late++;
    });
    // Nothing tells that a list has grown; it is looked at each time.
    if (library.lists) profiler.attach('all');
    await expect.poll(() => Math.min(ran.early, ran.late), { timeout: 5_000 }).toBeGreaterThan(1);
    const expected = { ...ran };
    const { rows } = await profiler.summary();
    const counts = rows.filter(({ kind }) => kind === 'task').map(({ name, count }) => [name, count]);
    expect(Object.fromEntries(counts)).toEqual(expected);
  });

  test('that fail do so as before', async () => {
    // node-cron also writes what a task fails with to the console.
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => console.mockRestore());
    const error = new Error('fails');
    const reported: unknown[] = [];
    const report = (reason: unknown) => void reported.push(reason);
    start(
      function throws() {
        throw error;
      },
      EVERY_SECOND,
      report,
    );
    // A task of toad-scheduler that promises something is of another class.
    if (library.name !== 'toad-scheduler') start(() => Promise.reject(error), EVERY_SECOND, report);
    const profiler = createProfiler({ client, rootDir: import.meta.dirname });
    profiler.attach('all');
    await expect.poll(() => reported.length, { timeout: 5_000 }).toBeGreaterThan(3);
    expect(reported.every((reason) => reason === error)).toBe(true);
    const missing = async () => {
      const { rows } = await profiler.summary();
      const tasks = rows.filter(({ kind }) => kind === 'task');
      return reported.length - tasks.reduce((sum, { errors }) => sum + errors, 0);
    };
    await expect.poll(missing).toBe(0);
  });

  test('are of classes that are as before when nothing is tracked any more', () => {
    startOther();
    const before = snapshot();
    const profilers = [client, new Client({ intents: [] })].map((of) =>
      createProfiler({ client: of, rootDir: import.meta.dirname }),
    );
    for (const profiler of profilers) profiler.attach('all');
    const during = snapshot();
    const isTapped = during.some(({ value }, index) => value !== before[index]!.value);
    expect(isTapped).toBe(!library.lists);
    expect(during.map(({ key, flags }) => [key, flags])).toEqual(
      before.map(({ key, flags }) => [key, flags]),
    );
    during.forEach(({ value }, index) => {
      if (typeof value !== 'function') return;
      const was = before[index]!.value as AnyFunction;
      expect([value.name, value.length]).toEqual([was.name, was.length]);
    });
    // The first that came is the first to go.
    for (const profiler of profilers) profiler.detach('all');
    expectSame(snapshot(), before);
  });
});

/** Has timers that lead to the classes of all libraries' jobs. */
function startOthers(): void {
  const stops = libraries.map((library) => library.start(named('other'), YEARLY));
  onTestFinished(() => {
    for (const stop of stops) stop();
  });
}

describe('jobs', () => {
  test('that the bot named go by that, unless their function has a name', () => {
    startOthers();
    const { names } = createWatched(client, import.meta.dirname);
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
    const own = names().filter((name) => name !== 'other');
    expect(own.sort()).toEqual([
      'cron nightly',
      'croner; nightly',
      'node-cron nightly',
      'node-schedule nightly',
      'sweep',
    ]);
  });

  test('of toad-scheduler that others run are found once: by cron, and by very long intervals', () => {
    const searches = watchSearches();
    startOthers();
    const { names, tasks } = createWatched(client, import.meta.dirname);
    const own = () => names().filter((name) => name !== 'other');
    const toad = new ToadScheduler();
    onTestFinished(() => toad.stop());
    const later = async () => undefined;
    toad.addCronJob(new ToadCronJob({ cronExpression: YEARLY }, new AsyncTask('by cron', later)));
    toad.addLongIntervalJob(new LongIntervalJob({ days: 365 }, new Task('yearly', named('celebrate'))));
    expect(own().sort()).toEqual(['celebrate', 'later']);
    const functions = tasks().map(({ slot }) => slot.get());
    expect(functions.filter((fn) => fn === later || fn?.name === 'celebrate').length).toBe(2);
    toad.stop();
    expect(own()).toEqual([]);
    expect(searches()).toBe(0);
  });

  test('of toad-scheduler that were there are told apart by what runs them, cron and shared tasks too', async () => {
    const toad = new ToadScheduler();
    onTestFinished(() => toad.stop());
    let ran = 0;
    const byCron = async () => undefined;
    const shared = new Task('shared', function tick() {
      ran++;
    });
    toad.addCronJob(new ToadCronJob({ cronExpression: EVERY_SECOND }, new AsyncTask('by cron', byCron)));
    for (const id of ['a', 'b']) {
      toad.addSimpleIntervalJob(new SimpleIntervalJob({ milliseconds: 50 }, shared, { id }));
    }
    const { names, waiting } = createWatched(client, import.meta.dirname);
    const ids = ['croner', 'toad-scheduler'].map((library) => `${library}/task/jobs that have not run yet`);
    expect(waiting().sort()).toEqual(ids);
    await expect.poll(() => names().sort(), { timeout: 5_000 }).toEqual(['byCron', 'tick']);
    await expect.poll(waiting).toEqual([]);
    const before = ran;
    toad.removeById('a');
    await expect.poll(() => ran).toBeGreaterThan(before + 1);
    expect(names().sort()).toEqual(['byCron', 'tick']);
    toad.removeById('b');
    expect(names()).toEqual(['byCron']);
    toad.stop();
    expect(names()).toEqual([]);
  });

  test('of node-schedule behind the next one, and those that are far away, are found too', () => {
    const { names } = createWatched(client, import.meta.dirname);
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
  });

  test('give the same results when they are timed', async () => {
    startOthers();
    const { tasks } = createWatched(client, import.meta.dirname);
    const result = {};
    const give = () => result;
    const task = nodeCron.schedule(YEARLY, give);
    const job = nodeSchedule.scheduleJob(EVERY_SECOND, give);
    onTestFinished(() => {
      void task.destroy();
      job.cancel();
    });
    const places = tasks().flatMap(({ name, slot }) => (name.startsWith('give') ? [slot] : []));
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
    const other = new Cron(YEARLY, named('other'));
    onTestFinished(() => other.stop());
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
    const ran = new Map<string, number>();
    const stops = libraries.map(({ name, start }) => start(() => ran.set(name, (ran.get(name) ?? 0) + 1)));
    onTestFinished(() => {
      for (const stop of stops) stop();
    });
    const { tasks } = createWatched(client, import.meta.dirname);
    await expect.poll(() => tasks().length, { timeout: 5_000 }).toBe(libraries.length);
    ran.clear();
    const sessions = vi.spyOn(process.getBuiltinModule('node:inspector').Session.prototype, 'connect');
    onTestFinished(() => sessions.mockRestore());
    const often = () => libraries.filter(({ name }) => (ran.get(name) ?? 0) > 1).length;
    await expect.poll(often, { timeout: 15_000 }).toBe(libraries.length);
    sessions.mockClear();
    tasks();
    expect(sessions).not.toHaveBeenCalled();
  });
});
