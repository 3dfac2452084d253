import { Client } from 'discord.js';
import { afterEach, describe, expect, test } from 'vitest';
import { Profiler, ProfilerError } from '../src/index.ts';
import { createClient, startBot } from './fixtures/bot.ts';
import { connect } from './standin/connect.ts';
import { StandIn } from './standin/standin.ts';

describe('new Profiler', () => {
  const client = new Client({ intents: [] });
  afterEach(() => client.destroy());

  test.each([
    [{ ownerIds: ['not an id'] }, 'ownerIds'],
    [{ ownerIds: '123456789012345678' }, 'ownerIds'],
    [{ guildId: 123 }, 'guildId'],
    [{ attach: [''] }, 'attach'],
    [{ retentionHours: 0 }, 'retentionHours'],
    [{ retentionHours: Number.NaN }, 'retentionHours'],
    [{ retentionHours: 5_000 }, 'retentionHours'],
    [{ store: 5 }, 'store'],
    [{ store: {} }, 'store'],
    [{ save: 'yes' }, 'save'],
    [{ profileDir: '' }, 'profileDir'],
    [{ rootDir: '' }, 'rootDir'],
    [{ heavyHitters: 'guild' }, 'heavyHitters'],
    [{ recordStartup: { afterReadyMs: 300_001 } }, 'recordStartup'],
    [{ recordStartup: { after: 1 } }, 'recordStartup'],
    [{ heavyHitters: ['guild', 'role'] }, 'heavyHitters'],
    [{ logger: {} }, 'logger'],
    [{ retention: 2 }, 'retention'],
    ['all', 'options'],
    [{ toString: 1 }, 'toString'],
  ])('%j is refused by the name of the option', (options, name) => {
    const create = () => new Profiler(client, options as never);
    expect(create).toThrow(ProfilerError);
    expect(create).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: [name, expect.any(String)] }),
    );
    expect(create).toThrow(`\`${name}\``);
    expect(Object.hasOwn(client, 'emit')).toBe(false);
  });

  test.each([[undefined], [null], [{}], ['client']])('%j is no client', (value) => {
    expect(() => new Profiler(value as never)).toThrow(expect.objectContaining({ code: 'INVALID_CLIENT' }));
  });

  test('a second one on the same client is refused until the first is destroyed', async () => {
    const first = new Profiler(client);
    expect(() => new Profiler(client)).toThrow(expect.objectContaining({ code: 'ALREADY_INSTALLED' }));
    await first.destroy();
    await first.destroy();
    expect(() => first.attach('all')).toThrow(expect.objectContaining({ code: 'DESTROYED' }));
    await using _ = new Profiler(client);
  });

  test('an unknown target is an error with the nearest names', async () => {
    await using profiler = new Profiler(client);
    client.on('messageCreate', () => undefined);
    expect(() => profiler.attach('messageCraete')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_TARGET',
        details: ['messageCraete', [expect.stringContaining('messageCreate')]],
      }),
    );
    expect(profiler.attach('all').attached).toHaveLength(1);
    client.removeAllListeners();
  });
});

test('destroy leaves the client exactly as it was', async () => {
  await using discord = await StandIn.start();
  const { client } = createClient(discord);
  const before = shapeOf(client);
  const profiler = new Profiler(client, { attach: 'all' });
  await client.login(discord.token);
  await discord.command('profiler');
  expect(profiler.tracked.size).toBe(6);
  await profiler.destroy();
  expect(shapeOf(client).listeners).toEqual(before.listeners);
  expect(shapeOf(client).emit).toEqual(before.emit);
  await client.destroy();
});

function shapeOf(client: Client) {
  return {
    emit: Object.getOwnPropertyDescriptor(client, 'emit'),
    listeners: client.eventNames().map((event) => [event, client.rawListeners(event as string)]),
  };
}

test('under a wrapper of `emit` by another tool, a destroyed profiler only passes events on', async () => {
  const client = new Client({ intents: [] });
  const profiler = new Profiler(client);
  const ours = client.emit;
  const wrapper = function (this: Client, ...args: Parameters<Client['emit']>) {
    return ours.apply(this, args);
  };
  Object.assign(client, { emit: wrapper });
  await profiler.destroy();
  expect(client.emit).toBe(wrapper);
  const seen: unknown[] = [];
  client.on('interactionCreate', (interaction) => seen.push(interaction));
  const interaction = { commandName: 'profiler' };
  client.emit('interactionCreate', interaction as never);
  expect(seen).toEqual([interaction]);
});

test('a profiler created after the login answers too', async () => {
  await using discord = await StandIn.start();
  const client = await connect(discord);
  const profiler = new Profiler(client);
  await discord.command('profiler');
  expect((await (await discord.owner.runs('profiler help')).reply()).embeds).toHaveLength(1);
  await profiler.destroy();
  await client.destroy();
});

describe('registering /profiler', () => {
  test("leaves the bot's own commands alone, and is done once more at the next start", async () => {
    await using bot = await startBot();
    expect(
      bot.discord
        .commands()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['fail', 'ping', 'profiler', 'queue']);
    const profiler = bot.discord.commands().find(({ name }) => name === 'profiler')!;
    expect(profiler.default_member_permissions).toBe('0');
    await bot.client.application!.commands.set([]);
    await using _ = new Profiler(await reconnect(bot.discord));
    await bot.discord.command('profiler');
    await _.client.destroy();
  });

  test('comes back when the bot replaces all of its commands', async () => {
    await using bot = await startBot();
    const names = () => bot.discord.commands().map(({ name }) => name);
    for (let round = 0; round < 2; round++) {
      await bot.client.application!.commands.set([{ name: 'ping', description: 'Pong' }]);
      await bot.discord.until(() => names().includes('profiler'), 'the command');
      expect(names().sort()).toEqual(['ping', 'profiler']);
    }
    await bot.profiler.destroy();
    expect(Object.hasOwn(bot.client.rest, 'put')).toBe(false);
  });

  const reconnect = (discord: StandIn) => connect(discord);

  test('in one guild only', async () => {
    await using discord = await StandIn.start({ guilds: 2 });
    const [first, second] = discord.guilds;
    const client = await connect(discord);
    await using _ = new Profiler(client, { guildId: second!.id });
    await discord.until(
      () => discord.commands(second).some(({ name }) => name === 'profiler'),
      'the command',
    );
    expect(discord.commands(first)).toEqual([]);
    await client.destroy();
  });

  test('without the permission one sentence tells what to do, and the bot goes on', async () => {
    await using discord = await StandIn.start();
    discord.fault({ method: 'POST', path: /\/commands$/, status: 403, code: 50_001, times: 10 });
    const client = await connect(discord);
    const warnings: string[] = [];
    await using _ = new Profiler(client, { logger: { warn: (message) => warnings.push(message) } });
    await discord.until(() => warnings.length > 0, 'a warning');
    expect(warnings).toEqual([
      expect.stringMatching(/could not be registered: Missing Access.*applications\.commands/),
    ]);
    await client.destroy();
  });

  test('500 is retried by discord.js', async () => {
    await using discord = await StandIn.start();
    const fault = discord.fault({ method: 'POST', path: /\/commands$/, status: 500, times: 2 });
    const client = await connect(discord);
    await using _ = new Profiler(client);
    await discord.command('profiler');
    expect(fault.hits).toBe(2);
    await client.destroy();
  });
});

test('the owner is asked for again when Discord did not answer, and a configured id needs no answer', async () => {
  await using bot = await startBot({ ownerIds: ['999999999999999999'] });
  expect(bot.profiler.options.ownerIds).toEqual(['999999999999999999']);
  await using discord = await StandIn.start({ users: ['carol'] });
  const carol = discord.user('carol');
  discord.fault({ method: 'GET', path: /\/applications\/@me/, status: 403, times: 10 });
  const client = await connect(discord);
  await using _ = new Profiler(client, { ownerIds: [carol.id], logger: { warn: () => undefined } });
  await discord.command('profiler');
  expect((await (await carol.runs('profiler help')).reply()).embeds).toHaveLength(1);
  expect((await (await discord.owner.runs('profiler help')).reply()).content).toMatch(/Only the owner/);
  await client.destroy();
});

test('the option `attach` attaches when the bot is ready, and what is loaded later as soon as it is there', async () => {
  await using bot = await startBot({
    attach: ['ping', 'late'],
    cogOf: ({ name }) => (name === 'ban' ? 'late' : undefined),
  });
  expect([...bot.profiler.tracked.keys()]).toEqual(['fixtures/command/ping']);
  expect(bot.warnings).toEqual([expect.stringContaining('"late"')]);
  bot.commands.set('ban', { data: { name: 'ban' }, execute: () => undefined });
  await Promise.resolve();
  expect([...bot.profiler.tracked.keys()]).toEqual(['fixtures/command/ping', 'late/command/ban']);
});
