import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChatInputCommandInteraction, Client, Collection, Events } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Profiler, type ProfilerOptions } from '../src/index.ts';
import { nodeSqlite } from '../src/store/node-sqlite.ts';
import { temporaryFolder } from './fixtures/folder.ts';
import { heldSqlite } from './fixtures/held-sqlite.ts';
import { idsIn } from './fixtures/ids.ts';
import { commonIntents } from './standin/connect.ts';
import { StandIn } from './standin/standin.ts';

/** How long `/rank` takes in the one big guild; elsewhere it is done at once. */
const HEAVY_MS = 30;

let discord: StandIn;
let folder: ReturnType<typeof temporaryFolder>;
const bots: AsyncDisposable[] = [];

beforeEach(async () => {
  discord = await StandIn.start({ guilds: 4, users: ['alice', 'bob'] });
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const bot of bots.splice(0)) await bot[Symbol.asyncDispose]();
  await discord.stop();
  folder[Symbol.dispose]();
});

type Bot = Awaited<ReturnType<typeof start>>;

/** A bot in four guilds, the first of which makes `/rank` slow, and whose members can hold `/wait` up. */
async function start(options: ProfilerOptions = {}) {
  const client = new Client({ intents: commonIntents, ...discord.clientOptions });
  const gate = Promise.withResolvers<void>();
  const execute: Record<string, (interaction: ChatInputCommandInteraction) => Promise<unknown>> = {
    async rank(interaction) {
      if (interaction.guildId === discord.guilds[0]!.id) await sleep(HEAVY_MS);
    },
    ping: (interaction) => interaction.reply('pong'),
    async fail() {
      throw new RangeError('planted');
    },
    wait: () => gate.promise,
  };
  const commands = new Collection(
    Object.entries(execute).map(([name, execute]) => [name, { data: { name }, execute }]),
  );
  let ended = 0;
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await commands
      .get(interaction.commandName)
      ?.execute(interaction)
      .catch(() => undefined);
    ended++;
  });
  for (const event of [Events.MessageCreate, Events.TypingStart, Events.MessageReactionAdd] as const)
    client.on(event, () => undefined);
  const warnings: string[] = [];
  const profiler = new Profiler(Object.assign(client, { commands }), {
    attach: 'all',
    profileDir: folder.path,
    logger: { warn: (message) => warnings.push(message) },
    ...options,
  });
  profiler.rules.switch('task', false);
  await client.login(discord.token);
  await expect.poll(() => profiler.tracked.size).toBe(commands.size + 3);
  for (const name of commands.keys()) await client.application!.commands.create({ name, description: name });
  await profiler.flush();
  const bot = {
    profiler,
    warnings,
    gate,
    ended: () => ended,
    /** Somebody runs a command somewhere, so many times one after the other. */
    async run(name: string, guild = 0, times = 1, user = 'alice') {
      for (let time = 0; time < times; time++) {
        const before = ended;
        await discord.user(user).in(discord.guilds[guild]!).runs(name);
        await discord.until(() => ended > before, `the end of ${name}`);
      }
    },
    async rowOf(name: string) {
      const { rows } = await profiler.summary();
      return rows.find((row) => row.name === name)!;
    },
    async [Symbol.asyncDispose]() {
      await profiler.destroy();
      await client.destroy();
    },
  };
  bots.push(bot);
  return bot;
}

/** All that users can make a bot do, in all guilds. */
async function use(bot: Bot): Promise<void> {
  for (const guild of discord.guilds.keys()) {
    for (const name of ['rank', 'ping', 'fail']) await bot.run(name, guild, 2, guild % 2 ? 'bob' : 'alice');
  }
  const alice = discord.user('alice');
  const message = await alice.says('hello');
  await discord.user('bob').reacts(message, '👍');
  await alice.startsTyping();
  await expect.poll(async () => (await bot.rowOf('messageReactionAdd')).count).toBe(1);
  await expect.poll(async () => (await bot.rowOf('typingStart')).count).toBe(1);
}

const storePath = () => join(folder.path, `cogscope-${discord.bot.id}.sqlite`);

/** Every value in the store of the bot, as it is. */
function stored(): string[] {
  const database = new (nodeSqlite().DatabaseSync)(storePath(), { readOnly: true });
  try {
    return database
      .prepare('SELECT value FROM entries')
      .all()
      .map(({ value }) => String(value));
  } finally {
    database.close();
  }
}

/** As another process would. */
function changeSettings(change: (settings: object) => object): void {
  const key = `cogscope:v1:${discord.bot.id}:settings`;
  const database = new (nodeSqlite().DatabaseSync)(storePath());
  const { value } = database.prepare('SELECT value FROM entries WHERE key = ?').get(key)!;
  const entry = JSON.parse(String(value));
  const settings = JSON.stringify(change(JSON.parse(entry.value)));
  const changed = JSON.stringify({ ...entry, value: settings });
  database.prepare('UPDATE entries SET value = ? WHERE key = ?').run(changed, key);
  database.close();
}

async function idsInStore(): Promise<Set<string>> {
  const each = await Promise.all(stored().map(idsIn));
  return new Set(each.flatMap((ids) => [...ids]));
}

/** Of an export, all but the numbers, and the id of the application. */
async function idsInExport(profiler: Profiler): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const line of profiler.exportData()) {
    const { application: _, ...rest } = JSON.parse(line);
    const text = JSON.stringify(rest, (_, value) => (typeof value === 'number' ? '' : value));
    for (const id of await idsIn(text)) found.add(id);
  }
  return found;
}

async function headerOf(profiler: Profiler): Promise<object> {
  for await (const line of profiler.exportData()) return JSON.parse(line);
  throw new Error('There is no export.');
}

/** The bot is among them: its listeners hear what it says itself. */
const everyone = () => [...['alice', 'bob'].map((name) => discord.user(name).id), discord.bot.id];
const guildIds = () => discord.guilds.map(({ id }) => id);

describe('heavy hitters', () => {
  test('name the guild that causes most of a command’s time, with its calls and errors', async () => {
    const bot = await start({ heavyHitters: ['guild'] });
    for (const guild of discord.guilds.keys()) await bot.run('rank', guild, 5);
    await bot.run('fail', 1, 2);
    await bot.run('fail', 2, 1);
    const [big, second, third] = guildIds();
    const rank = await bot.rowOf('rank');
    const { guild = [], channel, user } = rank.heaviest;
    expect(guild[0]).toMatchObject({ id: big, calls: 5, errors: 0 });
    expect(guild[0]!.share).toBeGreaterThan(0.5);
    expect(guild[0]!.atLeastMs).toBe(guild[0]!.totalMs);
    expect(guild.map(({ id }) => id).toSorted()).toEqual(guildIds().toSorted());
    expect(guild).toEqual(guild.toSorted((a, b) => b.share - a.share));
    // No call lacks a guild: together they are all there is.
    expect(guild.reduce((sum, { totalMs }) => sum + totalMs, 0)).toBeCloseTo(rank.totalMs, 3);
    expect([channel, user]).toEqual([undefined, undefined]);
    const fail = (await bot.rowOf('fail')).heaviest.guild!.toSorted((a, b) => b.calls - a.calls);
    expect(fail).toMatchObject([
      { id: second, calls: 2, errors: 2 },
      { id: third, calls: 1, errors: 1 },
    ]);
    const [first, ...others] = await bot.profiler.heaviest('guild');
    expect(first).toMatchObject({ id: big, calls: 5, targets: [expect.stringContaining('/rank')] });
    expect(others).toHaveLength(3);
    expect(await bot.profiler.heaviest('user')).toEqual([]);
    // What was merged by cog has them too.
    const { rows } = await bot.profiler.summary({ by: 'cog' });
    expect(rows.flatMap((row) => row.heaviest.guild?.[0]?.id ?? [])).toContain(big);
  });

  test('tell channels and users as well, of listeners too: who reacts, not who wrote', async () => {
    const bot = await start({ heavyHitters: ['guild', 'channel', 'user'] });
    await use(bot);
    const [alice, bob, itself] = everyone();
    const said = (await bot.rowOf('messageCreate')).heaviest.user!;
    expect(said.toSorted((a, b) => a.calls - b.calls)).toMatchObject([
      { id: alice, calls: 1 },
      { id: itself, calls: 8 },
    ]);
    expect((await bot.rowOf('messageReactionAdd')).heaviest).toMatchObject({
      guild: [{ id: guildIds()[0] }],
      channel: [{ id: discord.channel().id }],
      user: [{ id: bob, calls: 1 }],
    });
    expect((await bot.rowOf('typingStart')).heaviest).toMatchObject({
      guild: [{ id: guildIds()[0] }],
      user: [{ id: alice }],
    });
    const users = await bot.profiler.heaviest('user');
    expect(users.map(({ id }) => id).toSorted()).toEqual(everyone().toSorted());
  });

  test('survive a restart, hours and days, and an export that says so; without them an import works', async () => {
    const first = await start({ heavyHitters: ['guild'], save: true });
    await first.run('rank', 0, 3);
    await first.profiler.flush();
    const exported: string[] = [];
    for await (const line of first.profiler.exportData()) exported.push(line);
    expect(JSON.parse(exported[0]!)).toMatchObject({ cogscope: 1, ids: ['guild'] });
    await first[Symbol.asyncDispose]();
    bots.length = 0;
    // Switched off, what was kept stays, and it is said that it is there.
    const second = await start({ save: true });
    await second.run('rank', 1, 2);
    const [big, other] = guildIds();
    expect((await second.rowOf('rank')).heaviest.guild).toMatchObject([{ id: big, calls: 3 }]);
    expect(await headerOf(second.profiler)).toMatchObject({ ids: ['guild'] });
    expect(await idsInExport(second.profiler)).toEqual(new Set([big]));
    await second.profiler.clear();
    expect(await headerOf(second.profiler)).not.toHaveProperty('ids');
    await second.profiler.importData(exported);
    expect((await second.rowOf('rank')).heaviest.guild).toMatchObject([{ id: big, calls: 3 }]);
    const plain = exported.map((line) => JSON.stringify({ ...JSON.parse(line), heaviest: undefined }));
    await second.profiler.clear();
    await second.profiler.importData(plain);
    expect(await second.rowOf('rank')).toMatchObject({ count: 3, heaviest: {} });
    expect(await idsInStore()).not.toContain(other);
  });
});

describe('ids', () => {
  test('are nowhere unless they are asked for', async () => {
    const bot = await start({ save: true });
    await use(bot);
    await bot.profiler.flush();
    expect(await idsInStore()).toEqual(new Set());
    expect(await idsInExport(bot.profiler)).toEqual(new Set());
    expect((await bot.profiler.summary()).rows.map(({ heaviest }) => heaviest)).toEqual(
      (await bot.profiler.summary()).rows.map(() => ({})),
    );
    await bot[Symbol.asyncDispose]();
    bots.length = 0;
    // The same search finds them where they are.
    const asked = await start({ save: true, heavyHitters: ['guild', 'channel', 'user'] });
    await use(asked);
    await asked.profiler.flush();
    const channels = guildIds().map((id) => discord.channel(id).id);
    const all = new Set([...guildIds(), ...channels, ...everyone()]);
    expect(await idsInStore()).toEqual(all);
    expect(await idsInExport(asked.profiler)).toEqual(all);
  });

  test('that are asked for are those only', async () => {
    const bot = await start({ save: true, heavyHitters: ['guild'] });
    await use(bot);
    await bot.profiler.flush();
    expect(await idsInStore()).toEqual(new Set(guildIds()));
  });
});

describe('what is erased', () => {
  const counts = async ({ profiler }: Bot) =>
    (await profiler.summary()).rows.map(({ id, count, errors, totalMs }) => ({ id, count, errors, totalMs }));

  test('is in no value of the store, nor in memory; what the targets did, and others, stay', async () => {
    const bot = await start({ save: true, heavyHitters: ['guild', 'channel', 'user'] });
    await use(bot);
    await bot.profiler.flush();
    // In memory only, so far.
    await bot.run('rank', 0, 2);
    await expect.poll(async () => (await bot.rowOf('rank')).count).toBe(10);
    const before = await counts(bot);
    const [big, ...others] = guildIds();
    const [alice, ...people] = everyone();
    const channel = discord.channel(big).id;
    await bot.profiler.eraseGuild(big!);
    await bot.profiler.eraseUser(alice!);
    await bot.profiler.eraseChannel(channel);
    const left = new Set([...others, ...others.map((id) => discord.channel(id).id), ...people]);
    expect(await idsInStore()).toEqual(left);
    expect(stored().join()).not.toMatch(new RegExp(`${big}|${alice}|${channel}`));
    expect(await idsInExport(bot.profiler)).toEqual(left);
    expect((await bot.profiler.heaviest('guild')).map(({ id }) => id).toSorted()).toEqual(others.toSorted());
    expect(await counts(bot)).toEqual(before);
    await bot.profiler.flush();
    await bot[Symbol.asyncDispose]();
    bots.length = 0;
    expect(await idsInStore()).toEqual(left);
    const again = await start({ save: true, heavyHitters: ['guild'] });
    expect((await again.profiler.heaviest('guild')).map(({ id }) => id).toSorted()).toEqual(
      others.toSorted(),
    );
    // It is forgotten, not banned.
    await again.run('rank', 0, 1);
    await expect.poll(async () => (await again.rowOf('rank')).count).toBe(11);
    expect((await again.rowOf('rank')).heaviest.guild).toContainEqual(
      expect.objectContaining({ id: big, calls: 1 }),
    );
    expect(again.warnings).toEqual([]);
  });

  test('of a call that is running is not written when that has ended', async () => {
    const bot = await start({ save: true, heavyHitters: ['guild'] });
    const [big] = guildIds();
    await discord.user('alice').in(discord.guilds[0]!).runs('wait');
    await bot.run('ping', 0);
    await bot.profiler.eraseGuild(big!);
    const before = bot.ended();
    bot.gate.resolve();
    await discord.until(() => bot.ended() > before, 'the end of the call');
    await expect.poll(async () => (await bot.rowOf('wait')).count).toBe(1);
    await bot.profiler.flush();
    expect(await idsInStore()).toEqual(new Set());
  });

  test('where nothing is stored of it, or nothing at all, is no trouble', async () => {
    const bot = await start();
    await bot.run('ping');
    await bot.profiler.eraseGuild(guildIds()[0]!);
    await bot.profiler.eraseUser('100000000000000000');
    await bot.profiler.setSaving(true);
    await bot.profiler.eraseGuild('100000000000000000');
    await bot.profiler.setSaving(false);
    await bot.profiler.eraseGuild('100000000000000000');
    expect((await bot.rowOf('ping')).count).toBe(1);
    expect(stored().join()).not.toContain('100000000000000000');
    for (const odd of ['', '12', 'a guild', 100000000000000000n, undefined]) {
      await expect(bot.profiler.eraseGuild(odd as string)).rejects.toThrow(
        expect.objectContaining({ code: 'INVALID_ID' }),
      );
    }
    expect(bot.warnings).toEqual([]);
  });

  test('goes when the bot starts again, where it was killed right after the wish was written', async () => {
    const bot = await start({ save: true, heavyHitters: ['guild'] });
    await bot.run('ping', 0);
    await bot.run('ping', 1);
    await bot.profiler.setRetention(2);
    await bot[Symbol.asyncDispose]();
    bots.length = 0;
    const [big, other] = guildIds();
    const wish = { token: 'a', askedAtEpochMs: Date.now(), origin: 'guild', id: big };
    changeSettings((settings) => ({ ...settings, erasures: [wish] }));
    expect(await idsInStore()).toEqual(new Set([big, other]));
    const again = await start({ save: true });
    await again.profiler.flush();
    expect(await idsInStore()).toEqual(new Set([other]));
    expect(await again.profiler.heaviest('guild')).toMatchObject([{ id: other }]);
    expect((await again.rowOf('ping')).count).toBe(2);
  });

  test('goes from what was left in the store when saving ended', async () => {
    const bot = await start({ save: true, heavyHitters: ['guild'] });
    await bot.run('ping', 0);
    await bot.run('ping', 1);
    await bot.profiler.setSaving(false);
    expect(await idsInStore()).toEqual(new Set(guildIds().slice(0, 2)));
    await bot.profiler.eraseGuild(guildIds()[0]!);
    expect(await idsInStore()).toEqual(new Set([guildIds()[1]]));
    expect((await bot.profiler.heaviest('guild')).map(({ id }) => id)).toEqual([guildIds()[1]]);
    expect(stored().join()).not.toContain(guildIds()[0]);
  });

  test('goes once the store is back, where it was away; until then that is said', async () => {
    const bot = await start({ save: true, heavyHitters: ['guild'] });
    await bot.run('ping', 0);
    await bot.run('ping', 1);
    await bot.profiler.flush();
    const [big, other] = guildIds();
    const holder = await heldSqlite(storePath(), 'BEGIN EXCLUSIVE');
    await expect(bot.profiler.eraseGuild(big!)).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_ERASED', message: expect.stringContaining('locked') }),
    );
    // Not to be seen any more, at once.
    expect(await bot.profiler.heaviest('guild').catch(() => [])).not.toContainEqual(
      expect.objectContaining({ id: big }),
    );
    await holder[Symbol.asyncDispose]();
    expect(await idsInStore()).toContain(big);
    await expect
      .poll(async () => {
        await bot.profiler.flush();
        return idsInStore();
      })
      .toEqual(new Set([other]));
    await bot.profiler.flush();
    expect(stored().join()).not.toContain(big);
  }, 40_000);
});
