import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client, type LimitedCollection, Options } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { estimateBytes } from '../../../src/memory/caches/size-of.ts';
import { startBot } from '../../fixtures/bot.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
});
afterEach(() => bot[Symbol.asyncDispose]());

const HOUR_MS = 3_600_000;
const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** An id that was made so long ago. */
const idAt = (agoMs: number, at: number) =>
  String((BigInt(Date.now() - agoMs - DISCORD_EPOCH_MS) << 22n) + BigInt(at));

/** Has discord.js cache messages, as when they come from Discord. */
function fill(count: number, agoMs: number): void {
  const channel = bot.client.channels.cache.find((channel) => channel.isTextBased())!;
  const { messages } = channel as unknown as {
    messages: { cache: LimitedCollection<string, unknown>; _add(data: object): void };
  };
  messages.cache.maxSize = Number.POSITIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    messages._add({
      id: idAt(agoMs - at, at),
      channel_id: channel.id,
      content: `message ${at} ${'x'.repeat(400)}`,
      author: { id: bot.discord.owner.id, username: 'owner', discriminator: '0' },
      timestamp: new Date().toISOString(),
      type: 0,
      embeds: [],
      attachments: [],
      mentions: [],
      mention_roles: [],
    });
  }
}

const row = async (name: string) => {
  const { rows } = await bot.profiler.memory.caches();
  return rows.find((row) => row.name === name);
};

test('every manager has its row: of the client, of guilds and of channels', async () => {
  fill(50, 2 * HOUR_MS);
  const { rows } = await bot.profiler.memory.caches();
  const names = rows.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of ['client.guilds', 'client.users', 'client.channels', 'guild.members', 'guild.roles'])
    expect(names).toContain(name);
  const messages = rows.find(({ name }) => name === 'channel.messages')!;
  expect(messages).toMatchObject({ setting: 'MessageManager', size: 50, largest: 50 });
  expect(messages.estimatedBytes! / 50).toBeGreaterThan(400);
  const guilds = rows.find(({ name }) => name === 'client.guilds')!;
  expect(guilds).toMatchObject({ setting: 'GuildManager', size: bot.client.guilds.cache.size, caches: 1 });
  const members = rows.find(({ name }) => name === 'guild.members')!;
  expect(members.size).toBe(
    bot.client.guilds.cache.reduce((sum, guild) => sum + guild.members.cache.size, 0),
  );
  expect(members.caches).toBe(bot.client.guilds.cache.size);
  // Those of the guild are those of the client: they count there.
  const ofGuild = rows.find(({ name }) => name === 'guild.channels')!;
  expect(ofGuild.size).toBeGreaterThan(0);
  expect(ofGuild.estimatedBytes).toBe(ofGuild.size * 40);
});

test('the limit and the sweeper of a cache are told', async () => {
  expect(await row('channel.messages')).toMatchObject({ limit: 200 });
  expect((await row('channel.threads'))!.sweep).toEqual({ intervalMs: HOUR_MS, lifetimeMs: 4 * HOUR_MS });
  expect(await row('guild.members')).not.toHaveProperty('limit');
});

test('what would be freed is proposed, and can be pasted', async () => {
  fill(4_000, 2 * HOUR_MS);
  const { proposals, proposedOptions, rows } = await bot.profiler.memory.caches();
  // To sweep them, and to keep 200 of a channel.
  expect(proposals).toMatchObject([{ setting: 'MessageManager' }, { setting: 'MessageManager' }]);
  const { estimatedBytes, size } = rows.find(({ name }) => name === 'channel.messages')!;
  expect(size).toBe(4_000);
  expect(proposals[0]!.freedBytes).toBeCloseTo(estimatedBytes!, -3);
  const pasted = new Function('Options', `return { ${proposedOptions} }`)(Options);
  expect(proposals[1]!.freedBytes / proposals[0]!.freedBytes).toBeCloseTo(3_800 / 4_000, 5);
  expect(pasted.makeCache).toBeInstanceOf(Function);
  expect(pasted.sweepers.messages).toEqual({ interval: 3_600, lifetime: 3_600 });
  // discord.js takes it.
  await new Client({ intents: [], ...pasted }).destroy();
});

test('young messages are not proposed to be swept', async () => {
  fill(4_000, 10_000);
  const { proposedOptions } = await bot.profiler.memory.caches();
  expect(proposedOptions).toContain('MessageManager: 200,');
  expect(proposedOptions).not.toContain('sweepers');
});

test('the estimate is that of the heap, within a third', () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const make = (at: number) => ({
    id: `1000000000000${at}`,
    name: `a name of some length ${at}`,
    numbers: [at, at + 0.5, at * 2],
    tags: new Map([[`key ${at}`, { at }]]),
    flag: true,
  });
  const used = () => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  const objects = Array.from({ length: 20_000 }, (_, at) => make(at));
  const each = (used() - before) / objects.length;
  const estimated =
    objects.slice(0, 50).reduce((sum, object) => sum + estimateBytes(object, () => false), 0) / 50;
  expect(estimated / each).toBeGreaterThan(0.66);
  expect(estimated / each).toBeLessThan(1.5);
});

describe("the owner's own caches", () => {
  test('are shown with their size, limit and hits', async () => {
    const songs = new Map([['a', 1]]);
    bot.profiler.watchCache('songs', songs);
    const lru = { size: 3, max: 500, stats: { hits: 9, misses: 1 } };
    bot.profiler.watchCache('lru', lru);
    bot.profiler.watchCache('odd', {
      get size(): number {
        throw new Error('planted');
      },
    });
    expect(await row('songs')).toEqual({ name: 'songs', caches: 1, size: 1, largest: 1 });
    songs.set('b', 2);
    expect(await row('songs')).toMatchObject({ size: 2 });
    expect(await row('lru')).toMatchObject({ size: 3, limit: 500, hits: 9, misses: 1 });
    expect(await row('odd')).toMatchObject({ size: Number.NaN });
  });

  test('are no more once they are let go', async () => {
    const watch = bot.profiler.watchCache('songs', new Map());
    watch[Symbol.dispose]();
    expect(await row('songs')).toBeUndefined();
  });

  test.each([
    ['', new Map(), 'has no name'],
    ['songs', null, 'must be a Map, a Set or an object with a size'],
    ['songs', 5, 'must be a Map, a Set or an object with a size'],
  ])('%j, %j is refused', (name, cache, why) => {
    expect(() => bot.profiler.watchCache(name, cache as never)).toThrow(why);
  });
});
