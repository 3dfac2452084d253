import { setTimeout as delay } from 'node:timers/promises';
import { type ChatInputCommandInteraction, Events } from 'discord.js';
import { afterEach, expect, test } from 'vitest';
import { Profiler, type RestReport } from '../../src/index.ts';
import { answer } from '../commands/pages.ts';
import { startBot } from '../fixtures/bot.ts';
import { connect } from '../standin/connect.ts';
import { StandIn } from '../standin/standin.ts';

type Handler = (interaction: ChatInputCommandInteraction) => unknown;

const started: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of started.splice(0).reverse()) await end();
});

/** A bot with one command a handler. */
async function start(handlers: Record<string, Handler>) {
  const discord = await StandIn.start();
  started.push(() => discord.stop());
  let profiler!: Profiler;
  const client = await connect(discord, {}, (client) => {
    profiler = new Profiler(client, { logger: { warn: (message) => expect.fail(message) } });
    client.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isChatInputCommand()) void handlers[interaction.commandName]!(interaction);
    });
  });
  started.push(async () => {
    await profiler.destroy();
    await client.destroy();
  });
  profiler.rules.switch('task', false);
  for (const name of Object.keys(handlers)) {
    await client.application.commands.create({ name, description: name });
  }
  await discord.command('profiler');
  await profiler.clear();
  return { discord, client, profiler };
}

/** Route and owner of each row, with how many requests there were. */
function rowsOf({ rows }: RestReport): Record<string, number> {
  return Object.fromEntries(
    rows.map(({ route, owner, count }) => [`${owner?.targetId ?? owner?.name ?? 'nobody'}: ${route}`, count]),
  );
}

test('tells whose requests are whose, without async context', async () => {
  const { discord, client, profiler } = await start({
    async play(interaction) {
      await delay(10);
      await interaction.deferReply();
      await delay(10);
      await interaction.editReply('later');
      await interaction.followUp('more');
      // Nothing tells who makes this.
      await interaction.channel!.fetch();
    },
  });
  const send = profiler.wrap(async () => {
    await client.rest.get('/gateway/bot');
    await client.rest.get('/users/@me');
  }, 'tools/send');
  await (await discord.owner.runs('play')).reply();
  await send();
  await expect
    .poll(async () => rowsOf(await profiler.rest()))
    .toEqual({
      'play: POST /interactions/:id/:token/callback': 1,
      'play: PATCH /webhooks/:id/:token/messages/@original': 1,
      'play: POST /webhooks/:id/:token': 1,
      'nobody: GET /channels/:id': 1,
      'tools/method/send: GET /gateway/bot': 1,
      'nobody: GET /users/@me': 1,
    });
});

test('leaves out what the profiler does', async () => {
  await using bot = await startBot({ attach: 'all' });
  await expect.poll(() => bot.profiler.tracked.size).toBeGreaterThan(0);
  await bot.profiler.clear();
  const { owner } = bot.discord;
  let page = await answer(owner.runs('profiler view'));
  for (const button of ['By cog', 'By shard', 'Acks', 'REST']) {
    page = await answer(owner.clicks(page, button));
  }
  await (await bot.discord.user('stranger').runs('profiler view')).reply();
  expect(rowsOf(await bot.profiler.rest())).toEqual({});
});

test('leaves out how /profiler is registered, and who the owner is', async () => {
  await using discord = await StandIn.start();
  let profiler!: Profiler;
  await using client = await connect(discord, {}, (client) => {
    profiler = new Profiler(client);
  });
  await discord.command('profiler');
  // The bot replaces its commands, and ours is put back.
  await client.application.commands.set([{ name: 'mine', description: 'mine' }]);
  await discord.command('profiler');
  expect(rowsOf(await profiler.rest())).toEqual({ 'nobody: PUT /applications/:id/commands': 1 });
  await profiler.destroy();
});

test('tells what the bot is refused, and what is left of that', async () => {
  const { discord, client, profiler } = await start({});
  discord.fault({ path: '/channels', code: 50013, times: 3 });
  for (let time = 0; time < 3; time++) {
    await expect(client.rest.get(`/channels/${discord.channel().id}`)).rejects.toThrow();
  }
  discord.fault({ path: '/channels', status: 429, retryAfterMs: 10, scope: 'shared' });
  await client.rest.get(`/channels/${discord.channel().id}`);
  const { routes, invalid } = await profiler.rest();
  expect(routes).toMatchObject([
    { route: 'GET /channels/:id', count: 4, failed: 3, sharedLimits: 1, userLimits: 0, errors: [['403', 3]] },
  ]);
  expect(invalid).toEqual({ limit: 10_000, processes: [{ shard: 0, count: 3, left: 9_997 }] });
});

test('forgets targets, or all, but not what Discord counts', async () => {
  const { discord, client, profiler } = await start({ play: (interaction) => interaction.reply('done') });
  const ask = profiler.wrap(() => client.rest.get('/gateway/bot'), 'tools/ask');
  await ask();
  await (await discord.owner.runs('play')).reply();
  discord.fault({ path: '/gateway', status: 403 });
  await expect(client.rest.get('/gateway/bot')).rejects.toThrow();
  await expect.poll(async () => (await profiler.rest()).rows.length).toBe(3);
  await profiler.clear('ask');
  expect(Object.keys(rowsOf(await profiler.rest())).sort()).toEqual([
    'nobody: GET /gateway/bot',
    'play: POST /interactions/:id/:token/callback',
  ]);
  await profiler.clear();
  const report = await profiler.rest({ windowMs: 60_000 });
  expect(report).toMatchObject({ rows: [], routes: [], owners: [], live: [], missingShards: [] });
  expect(report.invalid.processes).toMatchObject([{ count: 1 }]);
});
