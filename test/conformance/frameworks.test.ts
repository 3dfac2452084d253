import type { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { Client } from 'discord.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ORIGIN_NAMES, type Origin } from '../../src/cog/origins.ts';
import type { Slot } from '../../src/cog/slots.ts';
import type { Target, TargetKindName } from '../../src/cog/target.ts';
import { Profiler, type ProfilerOptions } from '../../src/index.ts';
import {
  type BotFunction,
  type FrameworkBot,
  type FrameworkFixture,
  fixtures,
  forgetRuns,
} from '../fixtures/frameworks/index.ts';
import { livingProxies } from '../fixtures/proxies.ts';
import { StandIn } from '../standin/standin.ts';

/** What every adapter must do with a real bot in its framework, on the local Discord. */

/** The kinds of functions that run because somebody did something somewhere. */
const USED_BY_PEOPLE: readonly TargetKindName[] = [
  'command',
  'context',
  'message',
  'autocomplete',
  'component',
  'modal',
];

interface Running {
  bot: FrameworkBot;
  discord: StandIn;
  profiler: Profiler;
}

async function start(fixture: FrameworkFixture, options: ProfilerOptions = {}): Promise<Running> {
  const discord = await StandIn.start();
  onTestFinished(() => discord.stop());
  const bot = await fixture.create(discord);
  onTestFinished(() => bot.destroy());
  const profiler = new Profiler(bot.client, { rootDir: bot.rootDir, logger: { warn: fail }, ...options });
  onTestFinished(() => profiler.destroy());
  for (const [name, object] of Object.entries(bot.objects ?? {})) profiler.register(name, object);
  await bot.login();
  await discord.command('profiler');
  return { bot, discord, profiler };
}

function fail(message: string): never {
  throw new Error(message);
}

/** Those that have not had their only call when the bot was ready. */
function repeatable(bot: FrameworkBot): BotFunction[] {
  return bot.functions.filter(({ once, ran }) => !once || ran() === 0);
}

function attachAll({ bot, profiler }: Running): void {
  profiler.attach('all');
  for (const { id, dispatches } of bot.functions) if (dispatches) profiler.attach(`target:${id}`);
}

/** Jobs of most schedulers are found when they run first. */
async function tasksAreFound({ bot, profiler, discord }: Running): Promise<void> {
  const tasks = repeatable(bot).filter(({ kind }) => kind === 'task');
  await discord.until(() => tasks.every(({ id }) => profiler.tracked.has(id)), 'all tasks');
}

async function countsOf(profiler: Profiler): Promise<Map<string, { count: number; errors: number }>> {
  const { rows } = await profiler.summary();
  return new Map(rows.map(({ id, count, errors }) => [id, { count, errors }]));
}

/** What can be seen of the bot from outside: every listener, and every property of what holds a target. */
function snapshot(client: Client, targets: Iterable<Target>) {
  const emitter = client as EventEmitter;
  const holders = new Set<object>();
  for (const { slot } of targets) {
    const holder = (slot as Slot & { holder?: WeakRef<object> }).holder?.deref();
    if (holder !== undefined) holders.add(holder);
  }
  return [
    ...emitter.eventNames().flatMap((event) =>
      emitter.rawListeners(event).map((fn, at) => ({
        of: client as object,
        at: `${String(event)} ${at}`,
        value: fn as unknown,
        flags: '',
      })),
    ),
    ...[...holders].flatMap((of) =>
      Reflect.ownKeys(of).map((key) => {
        const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(of, key)!;
        return { of, at: String(key), value: get ?? set ?? value, flags: JSON.stringify(flags) };
      }),
    ),
  ];
}

/** Compared piece by piece with ===; what the bot counts and caches meanwhile is its own affair. */
function expectSame(now: ReturnType<typeof snapshot>, before: ReturnType<typeof snapshot>): void {
  const functions = (all: typeof before) => all.filter(({ value }) => typeof value === 'function');
  expect(functions(now).map(({ at, flags }) => `${at} ${flags}`)).toEqual(
    functions(before).map(({ at, flags }) => `${at} ${flags}`),
  );
  functions(before).forEach(({ of, at, value }, index) => {
    const other = functions(now)[index]!;
    expect(other.of === of && other.value === value, at).toBe(true);
  });
}

/** The names of our proxies that are alive, but for those in the stacks of errors that the bots keep. */
async function remainingProxies(): Promise<string[]> {
  forgetRuns();
  return (await livingProxies()).map(({ name }) => name);
}

describe.each(fixtures)('$name', (fixture) => {
  test('every function of the bot is found, under its name, and nothing of the framework', async () => {
    const running = await start(fixture);
    const { bot, profiler } = running;
    const expected = repeatable(bot).map(({ id }) => id);
    attachAll(running);
    await tasksAreFound(running);
    // What the bots share, such as their error handler, lies outside of them.
    const found = [...profiler.targets.values()]
      .filter(({ kind, location }) => kind !== 'method' && location?.file.startsWith(bot.rootDir))
      .map(({ id }) => id);
    const methods = bot.functions.filter(({ kind }) => kind === 'method').map(({ id }) => id);
    expect([...found, ...methods].sort()).toEqual(expected.sort());
    for (const id of methods) expect(profiler.targets.has(id), id).toBe(true);
  });

  test('what runs is counted, with its errors, and the bot does not notice', async () => {
    const running = await start(fixture);
    const { bot, profiler, discord } = running;
    attachAll(running);
    const ranBefore = new Map(bot.functions.map(({ id, ran }) => [id, ran()]));
    const functions = repeatable(bot);
    await tasksAreFound(running);
    for (const { id } of functions) expect(profiler.tracked.has(id), id).toBe(true);
    for (const fn of functions) {
      const errorsBefore = bot.errors().length;
      await fn.trigger();
      const last = fn.calls().at(-1)!;
      if (fn.self !== undefined) expect(last.self === fn.self(), `what ${fn.id} is called on`).toBe(true);
      if (fn.fails !== undefined) await discord.until(() => bot.errors().length > errorsBefore, 'an error');
    }
    for (const fn of functions) {
      // Tasks go on meanwhile.
      const ran = () => fn.ran() - ranBefore.get(fn.id)!;
      let counted = { count: 0, errors: 0 };
      const missing = async () => {
        counted = (await countsOf(profiler)).get(fn.id)!;
        return ran() - counted.count;
      };
      await expect.poll(missing, { message: `all calls of ${fn.id}`, timeout: 5_000 }).toBe(0);
      // A listener that hands calls on may pass errors on or not.
      if (fn.dispatches) continue;
      expect(counted.errors, fn.id).toBe(fn.fails === undefined ? 0 : counted.count);
    }
  });

  test('where it is wanted, it is known in which guild and channel something ran, and for whom', async () => {
    const running = await start(fixture, { heavyHitters: ORIGIN_NAMES });
    const { bot, profiler, discord } = running;
    attachAll(running);
    const functions = repeatable(bot).filter(({ kind }) => USED_BY_PEOPLE.includes(kind));
    for (const fn of functions) {
      await fn.trigger();
      const rowOf = async () => (await profiler.summary()).rows.find(({ id }) => id === fn.id)!;
      const where = async () => {
        const { count, heaviest } = await rowOf();
        const isAttributed = (origin: Origin, id: string) =>
          heaviest[origin]?.some((hitter) => hitter.id === id && hitter.calls === count);
        return {
          guild: isAttributed('guild', discord.guilds[0]!.id),
          channel: isAttributed('channel', discord.channel().id),
          user: isAttributed('user', discord.owner.id),
        };
      };
      await expect
        .poll(where, { message: fn.id, timeout: 5_000 })
        .toEqual({ guild: true, channel: true, user: true });
    }
  });

  test('what is detached is as it was, and attaching twice changes nothing', async () => {
    const running = await start(fixture);
    const { bot, profiler } = running;
    const targets = [...profiler.targets.values()];
    const before = snapshot(bot.client, targets);
    for (let round = 0; round < 2; round++) {
      attachAll(running);
      const { attached, already } = profiler.attach('all');
      expect(attached).toEqual([]);
      expect(already.length).toBeGreaterThan(0);
      profiler.detach('all');
      expect(profiler.tracked.size).toBe(0);
      expectSame(snapshot(bot.client, targets), before);
    }
    await profiler.destroy();
    expect(await remainingProxies()).toEqual([]);
  });
});

describe.each(fixtures)('$name, whose listeners are timed', (fixture) => {
  test('keeps their order, lets them be taken off by the functions that were put on, and has one profiler', async () => {
    const running = await start(fixture);
    const { bot, profiler } = running;
    const client: EventEmitter = bot.client;
    const own = { first: vi.fn(), second: vi.fn(), once: vi.fn() };
    client.prependListener('inviteCreate', own.second);
    client.prependListener('inviteCreate', own.first);
    client.once('inviteCreate', own.once);
    const listeners = () => client.eventNames().map((event) => [event, client.listeners(event)] as const);
    const before = listeners();
    attachAll(running);
    const during = listeners();
    expect(during.map(([event]) => event)).toEqual(before.map(([event]) => event));
    before.forEach(([event, functions], index) => {
      functions.forEach((fn, at) => {
        expect(during[index]![1][at] === fn, `${String(event)} ${at}`).toBe(true);
      });
    });
    expect(() => new Profiler(bot.client)).toThrow(expect.objectContaining({ code: 'ALREADY_INSTALLED' }));

    client.emit('inviteCreate', 1);
    client.off('inviteCreate', own.first);
    client.emit('inviteCreate', 2);
    profiler.detach('all');
    client.emit('inviteCreate', 3);
    const calls = (fn: (typeof own)['first']) => fn.mock.calls.map(([value]) => value);
    expect([calls(own.first), calls(own.second), calls(own.once)]).toEqual([[1], [1, 2, 3], [1]]);
    expect(own.first.mock.invocationCallOrder[0]).toBeLessThan(own.second.mock.invocationCallOrder[0]!);
    expect(client.listeners('inviteCreate')).toEqual([own.second]);
  });
});

describe.each(fixtures.filter(({ reloads }) => reloads))('$name, reloading', (fixture) => {
  test('what is reloaded while it is attached goes on being counted; what is unloaded is let go', async () => {
    const running = await start(fixture);
    const { bot, profiler } = running;
    const { ids, reload, unload, load } = bot.reloading!;
    attachAll(running);
    for (const id of ids) {
      const fn = bot.functions.find((candidate) => candidate.id === id)!;
      const count = async () => (await countsOf(profiler)).get(id)?.count ?? 0;
      const ranBefore = fn.ran() - (await count());
      const counted = () =>
        expect
          .poll(async () => fn.ran() - ranBefore - (await count()), {
            message: `all calls of ${id}`,
            timeout: 5_000,
          })
          .toBe(0);
      await fn.trigger();
      for (let round = 0; round < 3; round++) {
        await reload(id);
        await fn.trigger();
        await counted();
      }
      if (unload === undefined || load === undefined) continue;
      await unload(id);
      await turn();
      expect(profiler.tracked.has(id), `the figures of ${id} stay`).toBe(true);
      await load(id);
      await fn.trigger();
      await counted();
    }
    profiler.detach('all');
    await profiler.destroy();
    expect(await remainingProxies()).toEqual([]);
  });
});
