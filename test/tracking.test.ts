import { Client, Collection } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Profiler, ProfilerError } from '../src/index.ts';
import { hold } from './fixtures/hold.ts';

/** A bot without Discord: its commands are called, and its events emitted, by the tests. */
let client: Client & { commands: Collection<string, Command> };
let profiler: Profiler;
const warnings: string[] = [];

interface Command {
  data: { name: string };
  execute(...args: unknown[]): unknown;
}

beforeEach(() => {
  client = Object.assign(new Client({ intents: [] }), { commands: new Collection<string, Command>() });
  load('ping', () => 'pong');
  warnings.length = 0;
  profiler = new Profiler(client, {
    logger: { warn: (message) => warnings.push(message) },
    cogOf: () => 'bot',
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await profiler.destroy();
  client.removeAllListeners();
  await client.destroy();
  expect(warnings).toEqual([]);
});

function load(name: string, execute: Command['execute']): Command {
  const command = { data: { name }, execute };
  client.commands.set(name, command);
  return command;
}

const run = (name: string, ...args: unknown[]) => client.commands.get(name)!.execute(...args);
const count = async (id: string) => (await profiler.summary()).rows.find((row) => row.id === id)?.count;
/** What is noticed is noticed before the next event. */
const soon = () => Promise.resolve();

describe('what is tracked follows the bot', () => {
  test('a reloaded command goes on being counted, in the same books', async () => {
    profiler.attach('ping');
    run('ping');
    for (let round = 0; round < 5; round++) {
      load('ping', () => round);
      await soon();
      expect(run('ping')).toBe(round);
    }
    expect(await count('bot/command/ping')).toBe(6);
  });

  test('a call of the former function that is still running is counted when it ends', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    load('wait', () => promise);
    profiler.attach('wait');
    const running = run('wait');
    load('wait', () => undefined);
    await soon();
    expect(await count('bot/command/wait')).toBe(0);
    resolve();
    await running;
    expect(await count('bot/command/wait')).toBe(1);
  });

  test('what is unloaded keeps its figures and gets its function back; what comes again goes on', async () => {
    const ping = client.commands.get('ping')!;
    const own = ping.execute;
    profiler.attach('all');
    run('ping');
    expect(ping.execute).not.toBe(own);
    client.commands.delete('ping');
    await soon();
    expect(ping.execute).toBe(own);
    expect(await count('bot/command/ping')).toBe(1);
    client.commands.set('ping', ping);
    await soon();
    run('ping');
    expect(await count('bot/command/ping')).toBe(2);
  });

  test('a call that began before the only unload is counted when it ends', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const command = load('wait', () => promise);
    profiler.attach('wait');
    const running = run('wait');
    client.commands.delete('wait');
    await soon();
    resolve();
    await running;
    client.commands.set('wait', command);
    await soon();
    expect(await count('bot/command/wait')).toBe(1);
  });

  test('what is gone, and would not be timed if it came again, is not kept for it', async () => {
    profiler.attach('ping');
    client.commands.delete('ping');
    await soon();
    expect(profiler.tracked.size).toBe(1);
    profiler.rules.decide('bot/command/ping', false);
    profiler.reconcile();
    expect([profiler.tracked.size, profiler.recorded.size]).toEqual([0, 0]);
  });

  test('what is gone for longer than figures are kept is forgotten', async () => {
    vi.useFakeTimers();
    profiler.attach('all');
    client.commands.delete('ping');
    await vi.advanceTimersByTimeAsync(3_000_000);
    expect(profiler.tracked.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(profiler.tracked.size).toBe(0);
  });

  test('what is loaded later belongs to the groups that are attached', async () => {
    profiler.attach('all');
    load('late', () => undefined);
    client.on('messageCreate', () => undefined);
    await soon();
    run('late');
    client.emit('messageCreate', {} as never);
    expect(await count('bot/command/late')).toBe(1);
    expect(await count('bot/listener/messageCreate')).toBe(1);
    profiler.detach('all');
    load('later', () => undefined);
    await soon();
    expect(profiler.tracked.size).toBe(0);
  });

  test('listeners that are removed all and put on again', async () => {
    const listener = vi.fn();
    client.on('messageCreate', listener);
    profiler.attach('all');
    for (let round = 0; round < 3; round++) {
      client.emit('messageCreate', {} as never);
      client.removeAllListeners('messageCreate');
      client.on('messageCreate', listener);
      await soon();
    }
    expect(listener).toHaveBeenCalledTimes(3);
    expect(await count('bot/listener/messageCreate')).toBe(3);
  });

  test('a function that is replaced without a sign is noticed within half a minute', async () => {
    vi.useFakeTimers();
    profiler.attach('ping');
    client.commands.get('ping')!.execute = () => 'changed';
    await vi.advanceTimersByTimeAsync(31_000);
    expect(run('ping')).toBe('changed');
    expect(await count('bot/command/ping')).toBe(1);
  });

  test('what another tool wraps over ours is counted once, and left to it when we detach', async () => {
    profiler.attach('ping');
    const command = client.commands.get('ping')!;
    const ours = command.execute;
    const theirs = vi.fn(() => ours());
    command.execute = theirs;
    profiler.reconcile();
    run('ping');
    expect(await count('bot/command/ping')).toBe(1);
    profiler.detach('ping');
    expect(command.execute).toBe(theirs);
    expect(run('ping')).toBe('pong');
  });

  test('an id stays with its function when another of the same name comes or goes', async () => {
    const first = () => undefined;
    const second = () => undefined;
    client.on('typingStart', first);
    client.on('typingStart', second);
    profiler.attach('typingStart #2');
    client.off('typingStart', first);
    client.prependListener('typingStart', () => undefined);
    await soon();
    expect(profiler.tracked.get('bot/listener/typingStart #2')!.slot.get()).toBeDefined();
    client.emit('typingStart', {} as never);
    expect(await count('bot/listener/typingStart #2')).toBe(1);
    expect(profiler.targets.has('bot/listener/typingStart')).toBe(true);
  });
});

describe('detach', () => {
  test('takes one out of a group that goes on', async () => {
    load('pay', () => undefined);
    profiler.attach('all');
    expect(profiler.detach('ping').map(({ name }) => name)).toEqual(['ping']);
    load('ping', () => undefined);
    await soon();
    expect([...profiler.tracked.keys()]).toEqual(['bot/command/pay']);
    expect(profiler.attach('all').attached.map(({ name }) => name)).toEqual(['ping']);
  });

  test('keeps the figures where that is asked for, until their time is over', async () => {
    vi.useFakeTimers();
    profiler.attach('ping');
    run('ping');
    profiler.detach('ping', { keepFigures: true });
    run('ping');
    expect(profiler.tracked.size).toBe(0);
    expect(Object.hasOwn(client, 'on')).toBe(false);
    expect(await count('bot/command/ping')).toBe(1);
    profiler.attach('ping');
    run('ping');
    expect(await count('bot/command/ping')).toBe(2);
    profiler.detach('ping', { keepFigures: true });
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    expect(profiler.recorded.size).toBe(0);
  });

  test('restores what a class gives', () => {
    class Ping {
      data = { name: 'ping' };
      execute() {
        return this.data.name;
      }
    }
    client.commands.set('ping', new Ping());
    profiler.attach('all');
    expect(run('ping')).toBe('ping');
    profiler.detach('all');
    expect(Object.hasOwn(client.commands.get('ping')!, 'execute')).toBe(false);
  });
});

describe('rules', () => {
  test('ignored targets and kinds that are off are left out of groups, with the reason', () => {
    load('pay', () => undefined);
    client.on('typingStart', () => undefined);
    profiler.rules.toggleIgnore('p?y');
    profiler.rules.switch('listener', false);
    const { attached, skipped } = profiler.attach('all');
    expect(attached.map(({ name }) => name)).toEqual(['ping']);
    expect(skipped.map(({ target, reason }) => [target.name, reason])).toEqual([
      ['pay', 'it is on the ignore list'],
      ['typingStart', 'targets of the kind listener are switched off'],
    ]);
    expect(profiler.attach('pay').attached).toHaveLength(1);
    profiler.rules.switch('listener', true);
    profiler.reconcile();
    expect(profiler.tracked.size).toBe(3);
  });

  test('below the threshold calls are counted, but not kept', async () => {
    profiler.attach('ping');
    run('ping');
    expect(profiler.calls('bot/command/ping')!.latest).toHaveLength(1);
    profiler.setThreshold(1_000);
    run('ping');
    expect(profiler.calls('bot/command/ping')!.latest).toHaveLength(1);
    expect(await count('bot/command/ping')).toBe(2);
    profiler.setThreshold(0, 'ping');
    run('ping');
    expect(profiler.calls('bot/command/ping')!.latest).toHaveLength(2);
    expect(() => profiler.setThreshold(5, 'nothing')).toThrow(ProfilerError);
  });
});

describe('what is named by hand', () => {
  class Base {
    save() {
      return this;
    }
  }
  class Player extends Base {
    static create = () => new Player();
    Track = class {};
    song = '';
    get current(): never {
      throw new Error('A getter of the bot was run.');
    }
    play(song: string) {
      this.song = song;
      return this.save();
    }
  }

  test('an object has its methods, inherited ones too, and tells what is none', async () => {
    const player = new Player();
    profiler.register('player', player);
    const { attached, skipped } = profiler.attach('all');
    expect(attached.map(({ id }) => id)).toContain('bot/method/play');
    expect(skipped.map(({ target, reason }) => [target.name, reason])).toEqual([
      ['Track', 'it is a class'],
      ['current', 'it is an accessor'],
    ]);
    expect(player.play('So What')).toBe(player);
    expect([await count('bot/method/play'), await count('bot/method/save')]).toEqual([1, 1]);
    expect(new player.Track()).toBeInstanceOf(player.Track);
    profiler.detach('all');
    expect(Object.keys(player)).toEqual(['Track', 'song']);
  });

  test('a class has those of all its instances, and its own', async () => {
    const early = new Player();
    profiler.register('player', Player);
    profiler.attach('method');
    early.play('a');
    new Player().play('b');
    Player.create();
    expect(await count('bot/method/play')).toBe(2);
    expect(await count('bot/method/create')).toBe(1);
    profiler.detach('all');
    expect(Object.hasOwn(Player.prototype, 'save')).toBe(false);
  });

  test('a frozen object, and one that does not let itself be looked at, are passed over', () => {
    profiler.register('frozen', hold(Object.freeze({ run: () => undefined })));
    const hostile = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('No.');
        },
      },
    );
    profiler.register('hostile', hostile);
    const { skipped } = profiler.attach('all');
    expect(skipped.map(({ target, reason }) => [target.name, reason])).toEqual([
      ['run', 'its object is frozen'],
    ]);
  });

  test('one function is timed from then on, under its name', async () => {
    const add = (a: number, b: number) => a + b;
    const wrapped = profiler.wrap(add, 'maths/add');
    expect([wrapped.name, wrapped.length, wrapped(1, 2)]).toEqual(['add', 2, 3]);
    expect(await count('bot/method/add')).toBe(1);
    profiler.detach('add');
    expect(wrapped(2, 2)).toBe(4);
    profiler.attach('add');
    wrapped(3, 3);
    expect(await count('bot/method/add')).toBe(1);
  });

  test.each([
    ['INVALID_COG', () => profiler.register('', {})],
    ['INVALID_COG', () => profiler.register('x', null as never)],
    ['INVALID_COG', () => profiler.register('x', 'text' as never)],
    ['INVALID_FUNCTION', () => profiler.wrap({} as never, 'x')],
    ['INVALID_FUNCTION', () => profiler.wrap(() => undefined)],
  ])('%s', (code, act) => {
    expect(act).toThrow(expect.objectContaining({ code }));
  });
});

test('5,000 targets are found, attached and detached', async () => {
  for (let number = 0; number < 5_000; number++) load(`command${number}`, () => number);
  expect(profiler.attach('all').attached).toHaveLength(5_001);
  expect(run('command4999')).toBe(4_999);
  expect(await count('bot/command/command4999')).toBe(1);
  expect(profiler.detach('all')).toHaveLength(5_001);
});
