import { Client as PlainClient } from 'discord.js';
import { Discord, Client as DiscordxClient, Slash } from 'discordx';
import { expect, onTestFinished, test } from 'vitest';
import { discordx as adapter } from '../../src/frameworks/discordx.ts';
import {
  type AdapterBot,
  CountingSurroundings,
  createAdapterBot,
  expectCounted,
  expectFoundAfterReload,
  expectUnchanged,
  photograph,
  startAdapterBot,
} from '../fixtures/adapter-bot.ts';
import { discordx } from '../fixtures/frameworks/discordx.ts';

/** Without the listeners that the bot put on its client itself. */
const functionsOf = ({ bot }: AdapterBot) => bot.functions.filter(({ cog }) => cog !== 'bot');

test('exactly the decorated functions and the other methods of their classes are found', async () => {
  const started = await startAdapterBot(discordx, adapter);
  const found = started.find();
  expect([...found.keys()].sort()).toEqual(
    functionsOf(started)
      .map(({ id }) => id)
      .sort(),
  );
  for (const { location } of found.values()) expect(location?.file).toContain(started.bot.rootDir);
  for (const { id, dispatches } of functionsOf(started))
    expect(found.get(id)!.dispatches, id).toBe(dispatches);
});

test('before the bot logs in nothing is found: discordx is not built yet', async () => {
  const started = await createAdapterBot(discordx, adapter);
  expect([...started.find().keys()]).toEqual([]);
});

test('each run is counted once, and each function is called as without', async () => {
  const started = await startAdapterBot(discordx, adapter);
  await expectCounted(started, functionsOf(started));
});

test('a method that completes its own command counts for what it does', async () => {
  const started = await startAdapterBot(discordx, adapter);
  const targets = started.find();
  started.attach([targets.get('music/command/seek')!]);
  await started.functionOf('music/autocomplete/seek').trigger();
  await started.functionOf('music/command/seek').trigger();
  await expect.poll(() => started.counted('music/command/seek')).toBe(1);
  expect(targets.get('music/autocomplete/seek')!.slot).toBe(targets.get('music/command/seek')!.slot);
});

test('guards of the whole client are found', async () => {
  const started = await startAdapterBot(discordx, adapter);
  const calls: unknown[][] = [];
  const guards = [
    function everywhere(...args: unknown[]) {
      calls.push(args);
      return (args.at(-2) as () => Promise<void>)();
    },
  ];
  Object.assign(started.bot.client, { guards });
  const target = [...started.find().values()].find(({ name }) => name === 'everywhere')!;
  expect(target).toMatchObject({ kind: 'precondition', dispatches: true });
  const before = photograph([target]);
  started.attach([target]);
  await started.functionOf('games/command/ping').trigger();
  await expect.poll(() => started.counted(target.id)).toBe(1);
  expect(calls.map(({ length }) => length)).toEqual([4]);
  started.detach();
  expectUnchanged(before);
});

test('what is detached is as it was', async () => {
  const started = await startAdapterBot(discordx, adapter);
  const targets = started.find();
  const before = photograph(targets.values());
  started.attach(targets.values());
  expect([...started.find().keys()]).toEqual([...targets.keys()]);
  started.detach();
  expectUnchanged(before);
});

test('what is reloaded is found under the same id', async () => {
  await expectFoundAfterReload(await startAdapterBot(discordx, adapter));
});

test('watching tells of a reload when all is there, and leaves nothing behind', async () => {
  const started = await startAdapterBot(discordx, adapter);
  const { client, reloading } = started.bot;
  const keys = Reflect.ownKeys(client);
  const former = started.find().get('games/command/ping')!.slot;
  const told: boolean[] = [];
  const watch = adapter.watch(client, () => {
    told.push(started.find().get('games/command/ping')!.slot !== former);
  });
  await reloading!.reload('games/command/ping');
  expect(told).toContain(true);
  expect(told).not.toContain(false);
  watch[Symbol.dispose]();
  expect(Reflect.ownKeys(client)).toEqual(keys);
});

test('a bot of ES modules has another copy of discordx, with a container of its own', async () => {
  class Shop {
    buy() {}
    price() {}
  }
  Slash({ description: 'Buys' })(
    Shop.prototype,
    'buy',
    Object.getOwnPropertyDescriptor(Shop.prototype, 'buy')!,
  );
  Discord()(Shop);
  const client = new DiscordxClient({ intents: [] });
  onTestFinished(() => client.destroy());
  await client.build();
  const found = [
    ...adapter.discover(client as unknown as PlainClient, new CountingSurroundings(import.meta.dirname)),
  ];
  expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['command buy', 'method Shop.price']);
});

test('no getter of the bot is run', async () => {
  const started = await startAdapterBot(discordx, adapter);
  const before = started.find();
  const forbidden = {
    get: () => {
      throw new Error('a getter of the bot was run');
    },
    configurable: true,
  };
  const type = Object.create(Object.getPrototypeOf(started.bot.client));
  for (const key of ['instance', 'events', 'guards']) Object.defineProperty(type, key, forbidden);
  Object.setPrototypeOf(started.bot.client, type);
  onTestFinished(() => Object.setPrototypeOf(started.bot.client, Object.getPrototypeOf(type)));
  expect([...started.find().keys()]).toEqual([...before.keys()]);
});

test('memory is never searched', async () => {
  const started = await startAdapterBot(discordx, adapter);
  for (let round = 0; round < 3; round++) started.find();
  expect(started.surroundings.searches).toBe(0);
});

test('a client of discord.js itself has nothing', () => {
  const client = new PlainClient({ intents: [] });
  onTestFinished(() => client.destroy());
  expect(adapter.detect(client)).toBe(false);
});
