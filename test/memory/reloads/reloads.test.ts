import { type Client, InteractionCollector } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReloadLeaks } from '../../../src/index.ts';
import { livingTimers } from '../../fixtures/proxies.ts';
import { collectGarbage, createReloadingBot, twoMinutesLater } from './cogs.ts';

let bot: ReturnType<typeof createReloadingBot>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  bot = createReloadingBot();
});
afterEach(async () => {
  vi.useRealTimers();
  await bot[Symbol.asyncDispose]();
});

const CLEAN = { leaks: [], pending: 0, undecided: 0, clean: 1, unwatched: 0 } satisfies ReloadLeaks;

/** What is left, in words. */
async function left(): Promise<string[]> {
  const { leaks } = await bot.profiler.memory.reloadLeaks();
  return leaks.flatMap(({ cog, how, left }) =>
    left.map(({ kind, name, count, place = '' }) =>
      `${cog} ${how}: ${count} ${kind} ${name} ${place}`.trim(),
    ),
  );
}

/** A cog with state of its own, a listener, and an interval, that puts away what it has begun. */
const music = (version: string) => `
class Player {
  songs = new Array(1000).fill('${version}');
  play() { return this.songs; }
}
const player = new Player();
let timer;
const onMessage = () => player.play();
exports.data = { name: 'music' };
exports.execute = async function execute() { return player.play(); };
exports.start = (client) => {
  client.on('messageCreate', onMessage);
  client.once('typingStart', onMessage);
  timer = setInterval(() => player.play(), 3_600_000);
};
exports.stop = (client) => {
  client.off('messageCreate', onMessage);
  client.off('typingStart', onMessage);
  clearInterval(timer);
};
`;

describe('a clean reload', () => {
  test.each([
    ['of a file that has changed', music('b')],
    ['of a file that has not', undefined],
  ])('%s is found clean once garbage was collected: nothing of ours holds the old one', async (_, source) => {
    bot.load('music', music('a'));
    bot.profiler.attach('all');
    expect([...bot.profiler.tracked.keys()].sort()).toEqual([
      'music/command/music',
      'music/listener/messageCreate',
      'music/listener/typingStart',
      'music/task/every 1h',
    ]);
    await bot.commands.get('music')!.execute();
    bot.client.emit('messageCreate' as never);
    bot.reload('music', source);
    expect(await bot.profiler.memory.reloadLeaks()).toMatchObject({ pending: 1, clean: 0 });
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    expect(await bot.profiler.memory.reloadLeaks()).toEqual(CLEAN);
    expect(bot.warnings).toEqual([]);
  });

  test('of a cog that is gone for good is found clean too', async () => {
    bot.load('music', music('a'));
    bot.profiler.attach('all');
    bot.unload('music');
    bot.profiler.reconcile();
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    expect(await bot.profiler.memory.reloadLeaks()).toEqual(CLEAN);
  });

  test('of what was registered by hand, and of a wrapped function', async () => {
    const source = `
      class Shop { buy() { return 1; } }
      exports.start = (client) => {
        exports.shop = new Shop();
        client.profiler.register('shop', exports.shop);
        exports.sell = client.profiler.wrap(() => exports.shop.buy(), 'shop/sell');
      };
      exports.data = { name: 'shop' };
      exports.execute = () => exports.shop.buy() + exports.sell();`;
    Object.assign(bot.client, { profiler: bot.profiler });
    bot.load('shop', source);
    bot.profiler.attach('all');
    expect([...bot.profiler.tracked.keys()].sort()).toEqual([
      'shop/command/shop',
      'shop/method/buy',
      'shop/method/sell',
    ]);
    bot.commands.get('shop')!.execute();
    bot.reload('shop');
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    expect(await bot.profiler.memory.reloadLeaks()).toMatchObject({ leaks: [], undecided: 0 });
    // The first wrapped function is not there any more, and leaves its name to the next.
    bot.reload('shop');
    expect(bot.profiler.tracked.get('shop/method/sell')!.slot.get()).toBeDefined();
  });
});

/** Puts nothing away. */
const leaky = (version: string) => `
class Radio { constructor() { this.songs = new Array(1000).fill('${version}'); } }
const radio = new Radio();
globalThis.radios ??= new Set();
globalThis.radios.add(radio);
exports.data = { name: 'radio' };
exports.radio = radio;
exports.execute = async function execute() { await new Promise(() => undefined); };
exports.start = (client) => {
  client.on('messageCreate', function onMessage() { return radio; });
  client.rest.on('response', () => radio);
  process.on('SIGUSR2', exports.onSignal = () => radio);
  client.timers.push(setInterval(() => radio, 3_600_000), setInterval(() => radio, 3_600_000));
  client.collect(() => radio);
};
exports.stop = () => process.off('SIGUSR2', exports.onSignal);
`;

describe('what is left', () => {
  const timers: NodeJS.Timeout[] = [];
  const LEFT_OF_RADIO = [
    'radio reloaded: 1 listener messageCreate radio.cjs:10',
    'radio reloaded: 1 listener rest response radio.cjs:11',
    'radio reloaded: 2 interval every 1h radio.cjs:13',
    'radio reloaded: 1 collector InteractionCollector radio.cjs:14',
    'radio reloaded: 1 call radio/command/radio radio.cjs:8',
    'radio reloaded: 1 instance Object radio.cjs:8',
    'radio reloaded: 1 function radio radio.cjs:8',
  ];
  beforeEach(() => {
    const { client } = bot;
    const collectors: InteractionCollector<never>[] = [];
    const collect = (filter: () => boolean) =>
      collectors.push(new InteractionCollector(client as Client<true>, { filter }));
    Object.assign(client, { timers, collect });
  });
  afterEach(() => {
    for (const timer of timers.splice(0)) clearInterval(timer);
    Reflect.deleteProperty(globalThis, 'radios');
  });

  test.each([
    ['of a file that has changed', leaky('b')],
    ['of a file that has not', undefined],
  ])('%s is told, with where it was written', async (_, source) => {
    bot.load('radio', leaky('a'));
    bot.profiler.attach('all');
    void bot.commands.get('radio')!.execute();
    bot.reload('radio', source);
    void bot.commands.get('radio')!.execute();
    const before = await bot.profiler.memory.reloadLeaks();
    expect(before).toEqual({ leaks: [], pending: 1, undecided: 0, clean: 0, unwatched: 0 });
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    expect(await left()).toEqual(LEFT_OF_RADIO);
    expect(bot.warnings).toEqual([
      'Of the cog radio, reloaded 2 min ago, is left: 1 listener on messageCreate (radio.cjs:10), ' +
        '1 listener on rest response (radio.cjs:11), 2 intervals every 1h (radio.cjs:13), ' +
        '1 collector InteractionCollector (radio.cjs:14), 1 unfinished call of radio/command/radio (radio.cjs:8), ' +
        '1 object Object (radio.cjs:8), and 1 more. See /profiler memory.',
    ]);
  });

  test('is told as it is now, of each reload apart, and warned of once where it is the same', async () => {
    bot.load('radio', leaky('a'));
    bot.profiler.attach('all');
    for (const version of ['b', 'c']) {
      bot.reload('radio', leaky(version));
      await twoMinutesLater(bot.profiler);
    }
    await collectGarbage();
    const listeners = async () => (await left()).filter((line) => line.includes('messageCreate'));
    expect(await listeners()).toHaveLength(2);
    expect(bot.warnings).toHaveLength(1);
    const [first] = bot.client.listeners('messageCreate');
    bot.client.off('messageCreate', first as never);
    expect(await listeners()).toEqual(['radio reloaded: 1 listener messageCreate radio.cjs:10']);
    const { leaks } = await bot.profiler.memory.reloadLeaks();
    expect(leaks[0]!.atEpochMs).toBeGreaterThan(leaks[1]!.atEpochMs);
  });

  test('of a cog that is gone for good is told as that', async () => {
    bot.load('radio', leaky('a'));
    bot.profiler.attach('all');
    bot.unload('radio');
    bot.profiler.reconcile();
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    expect(await left()).toEqual(
      LEFT_OF_RADIO.filter((line) => !line.includes('call')).map((line) =>
        line.replace('reloaded', 'unloaded'),
      ),
    );
  });

  test('is not what was not collected yet: that is said to be undecided until it is known', async () => {
    bot.load('music', music('a'));
    bot.profiler.attach('all');
    bot.reload('music');
    await twoMinutesLater(bot.profiler);
    expect(await bot.profiler.memory.reloadLeaks()).toEqual({ ...CLEAN, undecided: 1, clean: 0 });
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    expect(await bot.profiler.memory.reloadLeaks()).toEqual(CLEAN);
  });

  test('by Node alone, as it lists what a module has required, is told with that module and not warned of', async () => {
    bot.load('music', music('a'));
    bot.profiler.attach('all');
    bot.reload('music', undefined, { forget: false });
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    const { leaks } = await bot.profiler.memory.reloadLeaks();
    expect(leaks.flatMap((leak) => leak.left)).toMatchObject([
      { kind: 'instance', name: 'Object', keptByChildrenOf: expect.stringContaining('cogs.ts') },
      { kind: 'function', name: 'music', keptByChildrenOf: expect.stringContaining('cogs.ts') },
      { kind: 'function', name: 'messageCreate', keptByChildrenOf: expect.stringContaining('cogs.ts') },
    ]);
    expect(bot.warnings).toEqual([]);
  });

  test('of listeners alone: of those that a file puts there each time it is required', async () => {
    const source = 'exports.start = (client) => client.on("guildCreate", () => client);';
    bot.load('greeter', source);
    bot.profiler.attach('all');
    bot.reload('greeter');
    await twoMinutesLater(bot.profiler);
    expect(await left()).toEqual(['greeter reloaded: 1 listener guildCreate greeter.cjs:1']);
  });

  test('of a class that is made anew from the same code: what is there twice', async () => {
    class Shop {
      readonly data = { name: 'shop' };
      constructor(client: Client) {
        client.on('guildCreate', () => this.execute());
      }
      execute = () => undefined;
    }
    const load = () => bot.commands.set('shop', new Shop(bot.client) as never);
    const once = () => undefined;
    bot.client.on('guildDelete', once);
    load();
    bot.profiler.attach('all');
    const { cog } = [...bot.profiler.tracked.values()][0]!;
    load();
    bot.profiler.reconcile();
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    const lines = await left();
    expect(lines).toEqual([
      expect.stringContaining(`${cog} reloaded: 1 listener guildCreate `),
      expect.stringContaining(`${cog} reloaded: 1 instance Shop `),
    ]);
  });

  test('is nothing where timers and listeners come and go while the code stays', async () => {
    bot.load('music', music('a'));
    const listen = () => bot.client.once('guildCreate', () => undefined);
    let timer = setInterval(() => undefined, 3_600_000);
    listen();
    bot.profiler.attach('all');
    for (let round = 0; round < 3; round++) {
      clearInterval(timer);
      timer = setInterval(() => undefined, 3_600_000);
      bot.client.emit('guildCreate', undefined as never);
      listen();
      bot.profiler.reconcile();
    }
    // A command that is put aside is not unloaded.
    const cog = bot.commands.get('music')!;
    bot.commands.delete('music');
    bot.profiler.reconcile();
    await twoMinutesLater(bot.profiler);
    clearInterval(timer);
    expect(await bot.profiler.memory.reloadLeaks()).toEqual({ ...CLEAN, clean: 0 });
    bot.commands.set('music', cog);
  });
});

describe('whatever happens', () => {
  test('hundreds of reloads in a row are watched in bounded memory, and the rest is counted', async () => {
    bot.load('music', music('a'));
    bot.profiler.attach('all');
    for (let round = 0; round < 200; round++) {
      bot.reload('music');
      vi.setSystemTime(Date.now() + 11_000);
    }
    expect(await bot.profiler.memory.reloadLeaks()).toMatchObject({ pending: 64, unwatched: 136 });
    const ours = () => livingTimers().filter((place) => place.includes('/src/memory/reloads/'));
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    expect(await bot.profiler.memory.reloadLeaks()).toMatchObject({ leaks: [], clean: 64, undecided: 0 });
    expect(ours()).toEqual([]);
  });

  test('once the profiler is destroyed nothing is awaited', async () => {
    bot.load('music', music('a'));
    bot.profiler.attach('all');
    bot.reload('music');
    await bot.profiler.destroy();
    expect(vi.getTimerCount()).toBe(0);
    expect(await bot.profiler.memory.reloadLeaks()).toEqual({ ...CLEAN, clean: 0 });
  });

  test('a cog with thousands of methods, frozen, behind a Proxy that is revoked, or a primitive', async () => {
    class Large {
      readonly data = { name: 'large' };
      execute = () => undefined;
    }
    for (let at = 0; at < 3_000; at++)
      Object.defineProperty(Large.prototype, `method${at}`, { value: () => at, configurable: true });
    const { proxy, revoke } = Proxy.revocable({ execute: () => undefined }, {});
    const load = () => {
      const large = new Large();
      bot.profiler.register('large', large);
      bot.commands.set('large', large as never);
      bot.commands.set('frozen', Object.freeze({ execute: () => undefined }) as never);
      for (const odd of [1, 'text', null, Symbol('odd')]) bot.commands.set(String(odd), odd as never);
    };
    bot.commands.set('proxy', proxy as never);
    load();
    bot.profiler.attach('all');
    revoke();
    load();
    bot.profiler.reconcile();
    await collectGarbage();
    await twoMinutesLater(bot.profiler);
    const { leaks, pending, undecided } = await bot.profiler.memory.reloadLeaks();
    expect({ leaks, pending, undecided }).toEqual({ leaks: [], pending: 0, undecided: 0 });
    expect(bot.warnings.filter((text) => text.includes('reload'))).toEqual([]);
  });
});
