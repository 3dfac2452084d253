import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChatInputCommandInteraction, type Client, Events, type Interaction, Routes } from 'discord.js';
import { afterEach, describe, expect, test } from 'vitest';
import { type DeadlineRow, Profiler } from '../../src/index.ts';
import { connect } from '../standin/connect.ts';
import { StandIn, type StandInOptions } from '../standin/standin.ts';

type Handler = (interaction: ChatInputCommandInteraction) => unknown;

/** What a test has started, to be ended in the other order. An AsyncDisposableStack needs Node 24. */
const started: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of started.splice(0).reverse()) await end();
});

/** A bot with one command a handler, and a profiler that knows by then how late interactions are at least. */
async function start(handlers: Record<string, Handler>, options: StandInOptions = {}) {
  const discord = await StandIn.start({ waitMs: 15_000, ...options });
  started.push(() => discord.stop());
  let profiler!: Profiler;
  const others: Interaction[] = [];
  const all: Record<string, Handler> = { warm: (interaction) => interaction.reply('warm'), ...handlers };
  const client = await connect(discord, {}, (client) => {
    profiler = new Profiler(client, { logger: { warn: (message) => expect.fail(message) } });
    client.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isChatInputCommand()) return all[interaction.commandName]!(interaction);
      return others.push(interaction);
    });
  });
  started.push(async () => {
    await profiler.destroy();
    await client.destroy();
  });
  for (const name of Object.keys(all)) {
    await client.application.commands.create({ name, description: name });
  }
  for (let time = 0; time < 5; time++) await (await discord.owner.runs('warm')).reply();
  const rowOf = async (name: string, windowMs?: number) => {
    const { rows } = await profiler.deadlines(windowMs === undefined ? {} : { windowMs });
    return rows.find((row) => row.name === name);
  };
  /** Waits until that is counted. */
  const counted = async (name: string, wanted: Partial<DeadlineRow>) => {
    await expect.poll(() => rowOf(name), { timeout: 10_000 }).toMatchObject(wanted);
    return (await rowOf(name))!;
  };
  return { discord, client, profiler, others, rowOf, counted };
}

/** Holds the loop. */
function hog(forMs: number): void {
  for (const endMs = performance.now() + forMs; performance.now() < endMs; );
}

/** What was measured, against what was planted and measured too, in the same run. */
function expectAbout(measuredMs: number, truthMs: number): void {
  expect(measuredMs).toBeGreaterThan(truthMs * 0.85 - 10);
  expect(measuredMs).toBeLessThan(truthMs * 1.15 + 60);
}

describe('the time until the acknowledgement', () => {
  test('is in the handler, where that waits before it acknowledges', async () => {
    let truthMs = 0;
    const { discord, counted } = await start({
      async slow(interaction) {
        const startMs = performance.now();
        await delay(400);
        truthMs = performance.now() - startMs;
        await interaction.deferReply();
        // What comes after the acknowledgement is not part of it.
        await delay(300);
        await interaction.editReply('done');
      },
    });
    await (await discord.owner.runs('slow')).reply();
    const { phases, whole } = await counted('slow', { count: 1, acknowledged: 1, misses: 0 });
    expectAbout(phases.handler.p50Ms, truthMs);
    for (const phase of ['gateway', 'loop', 'rest'] as const)
      expect(phases[phase].p50Ms).toBeLessThan(truthMs / 2);
    expectAbout(whole.p50Ms, truthMs);
  });

  test.each([
    ['a slow response', { delayMs: 400 }],
    ['a rate limit', { status: 429, retryAfterMs: 400 }],
  ])('is in the request: %s', async (_, fault) => {
    let truthMs = 0;
    const { discord, counted } = await start({
      async wait(interaction) {
        const startMs = performance.now();
        await interaction.reply('done');
        truthMs = performance.now() - startMs;
      },
    });
    discord.fault({ method: 'POST', path: '/interactions', ...fault });
    await (await discord.owner.runs('wait')).reply();
    const { phases } = await counted('wait', { acknowledged: 1 });
    expect(truthMs).toBeGreaterThan(350);
    expectAbout(phases.rest.p50Ms, truthMs);
    expect(phases.handler.p50Ms).toBeLessThan(truthMs / 2);
  });

  test('is waiting for the loop, where something holds it when the interaction comes', async () => {
    let calledAtMs = 0;
    const { discord, counted } = await start({
      late(interaction) {
        calledAtMs = performance.now();
        return interaction.reply('done');
      },
    });
    const madeAtMs = performance.now();
    const run = await discord.owner.runs('late');
    hog(500);
    await run.reply();
    const { phases } = await counted('late', { acknowledged: 1 });
    expectAbout(phases.loop.p50Ms, calledAtMs - madeAtMs);
    expect(phases.gateway.p50Ms).toBeLessThan(phases.loop.p50Ms / 2);
    expect(phases.handler.p50Ms).toBeLessThan(phases.loop.p50Ms / 2);
  });

  test('is the way from Discord, where the loop had nothing to do meanwhile; whatever the clocks say', async () => {
    // The clock of Discord is ten minutes behind, and then what it sends takes 400 ms more than before.
    let aheadMs = -600_000;
    const { discord, counted } = await start(
      { far: (interaction) => interaction.reply('done') },
      { now: () => Date.now() + aheadMs },
    );
    aheadMs -= 400;
    await delay(600);
    await (await discord.owner.runs('far')).reply();
    const { phases } = await counted('far', { acknowledged: 1 });
    expectAbout(phases.gateway.p50Ms, 400);
    expect(phases.loop.p50Ms).toBeLessThan(phases.gateway.p50Ms / 2);
  });

  test('of 200 at once is each told by its own command', async () => {
    const truthsMs: Record<string, number[]> = { none: [], short: [], middle: [], long: [] };
    const plantedMs: Record<string, number> = { none: 0, short: 80, middle: 200, long: 400 };
    const handler: Handler = async (interaction) => {
      const startMs = performance.now();
      await delay(plantedMs[interaction.commandName]);
      truthsMs[interaction.commandName]!.push(performance.now() - startMs);
      await interaction.reply('done');
    };
    const names = Object.keys(truthsMs);
    const { discord, counted } = await start(Object.fromEntries(names.map((name) => [name, handler])));
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => (await discord.owner.runs(names[index % 4]!)).reply()),
    );
    for (const name of names) {
      const { phases, whole } = await counted(name, { count: 50, acknowledged: 50 });
      const sorted = truthsMs[name]!.sort((a, b) => a - b);
      expectAbout(phases.handler.p50Ms, sorted[24]!);
      expectAbout(phases.handler.maxMs, sorted.at(-1)!);
      for (const { p50Ms, maxMs } of Object.values(phases)) {
        expect(p50Ms).toBeLessThanOrEqual(whole.p50Ms);
        expect(maxMs).toBeLessThanOrEqual(whole.maxMs);
      }
    }
  });
});

describe('what goes wrong', () => {
  test('late: Discord refuses it, and the phase that took the time is blamed', async () => {
    const { discord, counted } = await start(
      {
        slow: async (interaction) => {
          await delay(400);
          await expect(interaction.reply('done')).rejects.toMatchObject({ code: 10062 });
        },
        hogged: async (interaction) => {
          await expect(interaction.reply('done')).rejects.toMatchObject({ code: 10062 });
        },
      },
      { ackDeadlineMs: 250 },
    );
    await discord.owner.runs('slow');
    const slow = await counted('slow', { count: 1, acknowledged: 0, late: 1, misses: 1 });
    expect(slow.missesBy).toEqual({ gateway: 0, loop: 0, handler: 1, rest: 0 });
    expect(slow.latestMisses).toMatchObject([
      { kind: 'late', blamed: 'handler', error: 'DiscordAPIError 10062' },
    ]);
    await discord.owner.runs('hogged');
    hog(500);
    const hogged = await counted('hogged', { late: 1 });
    expect(hogged.blamed?.phase).toBe('loop');
    // Nothing is timed, so nobody has a name.
    expect(hogged.blockedBy).toEqual([]);
    expect(hogged.latestMisses[0]).not.toHaveProperty('blockedBy');
  });

  test('never acknowledged: told from one that is only slow, and counted once when it comes too late', async () => {
    const gate = Promise.withResolvers<void>();
    const { discord, counted, rowOf } = await start({
      never: () => undefined,
      stuck: async (interaction) => {
        await gate.promise;
        await interaction.reply('too late').catch(() => undefined);
      },
      quick: (interaction) => interaction.reply('done'),
    });
    await discord.owner.runs('never');
    await discord.owner.runs('stuck');
    await (await discord.owner.runs('quick')).reply();
    expect(await rowOf('stuck')).toMatchObject({ count: 1, misses: 0, acknowledged: 0 });
    const never = await counted('never', { count: 1, unanswered: 1, misses: 1, acknowledged: 0 });
    expect(never).toMatchObject({ latestMisses: [{ kind: 'unanswered', blamed: 'handler' }] });
    expect(await rowOf('never', 60_000)).toMatchObject({ unanswered: 1 });
    expect(await rowOf('stuck')).toMatchObject({ unanswered: 1 });
    gate.resolve();
    const stuck = await counted('stuck', { late: 1 });
    expect(stuck).toMatchObject({ count: 1, misses: 1, unanswered: 0, late: 1 });
    expect(await rowOf('quick')).toMatchObject({ count: 1, acknowledged: 1, misses: 0 });
  });

  test('failed: with another error, unless a second attempt succeeds', async () => {
    const { discord, counted } = await start({
      again: async (interaction) => {
        await expect(interaction.reply('one')).rejects.toMatchObject({ code: 50035 });
        await interaction.reply('two');
      },
      once: async (interaction) => {
        await expect(interaction.reply('one')).rejects.toMatchObject({ code: 50035 });
      },
    });
    discord.fault({ path: '/interactions', code: 50035 });
    await (await discord.owner.runs('again')).reply();
    await counted('again', { acknowledged: 1, failed: 0, misses: 0 });
    discord.fault({ path: '/interactions', code: 50035 });
    await discord.owner.runs('once');
    await counted('once', {
      failed: 1,
      unanswered: 0,
      misses: 1,
      latestMisses: [expect.objectContaining({ kind: 'failed', error: 'DiscordAPIError 50035' })],
    });
  });

  test('twice: one after the other, or both at once', async () => {
    const acknowledge = ({ id, token, client }: ChatInputCommandInteraction) =>
      client.rest.post(Routes.interactionCallback(id, token), { body: { type: 5 }, auth: false });
    const { discord, counted } = await start({
      twice: async (interaction) => {
        await interaction.reply('one');
        await expect(acknowledge(interaction)).rejects.toMatchObject({ code: 40060 });
      },
      both: async (interaction) => {
        const results = await Promise.allSettled([acknowledge(interaction), acknowledge(interaction)]);
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      },
    });
    await discord.owner.runs('twice');
    await counted('twice', { count: 1, acknowledged: 1, doubles: 1, elsewhere: 0, misses: 0 });
    await discord.owner.runs('both');
    await counted('both', { count: 1, acknowledged: 1, doubles: 1, elsewhere: 0, misses: 0 });
  });

  test('by another process: seen by its message, or by the error of ours', async () => {
    const gate = Promise.withResolvers<void>();
    const { discord, counted } = await start({
      silent: () => undefined,
      second: async (interaction) => {
        await gate.promise;
        await expect(interaction.reply('two')).rejects.toMatchObject({ code: 40060 });
      },
    });
    const other = await connect(discord);
    started.push(() => other.destroy());
    other.on(Events.InteractionCreate, async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      // What only its user sees, others do not hear of.
      await interaction.reply({ content: 'one', ...(interaction.commandName === 'second' && { flags: 64 }) });
    });
    await discord.owner.runs('silent');
    await counted('silent', { count: 1, acknowledged: 0, elsewhere: 1, unanswered: 0, misses: 0 });
    await (await discord.owner.runs('second')).reply();
    gate.resolve();
    await counted('second', { count: 1, acknowledged: 0, elsewhere: 1, doubles: 0, misses: 0 });
  });

  test('with a token that is too old', async () => {
    const gate = Promise.withResolvers<void>();
    let aheadMs = 0;
    const { discord, counted } = await start(
      {
        long: async (interaction) => {
          await interaction.deferReply();
          await gate.promise;
          await expect(interaction.editReply('done')).rejects.toMatchObject({ code: 50027 });
        },
      },
      { now: () => Date.now() + aheadMs },
    );
    await (await discord.owner.runs('long')).acknowledgement();
    await counted('long', { acknowledged: 1, expired: 0 });
    aheadMs = 901_000;
    gate.resolve();
    await counted('long', { acknowledged: 1, expired: 1, misses: 0 });
  });
});

test('components, modals and autocompletes have rows of their own; ours has none', async () => {
  const row = (id: string) => ({
    type: 1,
    components: [{ type: 2, style: 1, label: 'Go', custom_id: id }],
  });
  const { discord, client, profiler, counted } = await start({
    panel: (interaction) => interaction.reply({ content: 'x', components: [row('go:12345')] }),
  });
  client.on(Events.InteractionCreate, (interaction) => {
    if (interaction.isButton()) return interaction.deferUpdate();
    return undefined;
  });
  const page = await (await discord.owner.runs('panel')).reply();
  await discord.owner.clicks(page, 'Go');
  await counted('go:#', { kind: 'component', acknowledged: 1 });
  await (await discord.owner.runs('profiler help')).reply();
  const { rows } = await profiler.deadlines();
  expect(rows.map(({ name }) => name).sort()).toEqual(['go:#', 'panel', 'warm']);
});

test('what only looks like an interaction or a message disturbs nothing', async () => {
  const { discord, client, counted, rowOf } = await start({
    play: (interaction) => interaction.reply('done'),
    open: () => undefined,
  });
  client.removeAllListeners(Events.MessageCreate);
  const gone = () => {
    throw new Error('gone');
  };
  const fakes = [
    { id: '1' },
    { id: 'abc' },
    { id: '99999999999999999999' },
    { id: 5 },
    {
      get id() {
        return gone();
      },
    },
  ];
  // While one waits, messages are looked at.
  await discord.owner.runs('open');
  await counted('open', { count: 1 });
  const others = client.listeners(Events.InteractionCreate);
  client.removeAllListeners(Events.InteractionCreate);
  for (const fake of fakes) {
    const all = { type: 2, commandType: 1, commandName: 'fake', token: 't' };
    client.emit(
      Events.InteractionCreate,
      Object.defineProperties(fake, Object.getOwnPropertyDescriptors(all)) as never,
    );
    client.emit(Events.MessageCreate, { interactionMetadata: fake } as never);
    client.emit(Events.MessageCreate, {
      get interactionMetadata() {
        return gone();
      },
    } as never);
  }
  client.emit(Events.InteractionCreate, undefined as never);
  client.emit(Events.MessageCreate, undefined as never);
  for (const listener of others) client.on(Events.InteractionCreate, listener as () => void);
  await (await discord.owner.runs('play')).reply();
  const { whole } = await counted('play', { count: 1, acknowledged: 1 });
  // The ids of the fakes are years away.
  expect(whole.maxMs).toBeLessThan(60_000);
  // Two of them have ids of Discord's kind.
  expect(await rowOf('fake')).toMatchObject({ count: 2, misses: 0 });
});

test('is forgotten with the rest, by command or at once', async () => {
  const { discord, profiler, rowOf, counted } = await start({
    play: (interaction) => interaction.reply('done'),
    stop: (interaction) => interaction.reply('done'),
  });
  profiler.attach('all');
  for (const name of ['play', 'stop']) {
    await (await discord.owner.runs(name)).reply();
    await counted(name, { acknowledged: 1 });
  }
  await profiler.clear('play');
  expect(await rowOf('play')).toBeUndefined();
  expect(await rowOf('stop')).toMatchObject({ acknowledged: 1 });
  await profiler.clear();
  expect(await profiler.deadlines()).toMatchObject({ rows: [], missingShards: [] });
});

describe('the REST manager', () => {
  const shapeOf = (client: Client) => ({
    own: Reflect.ownKeys(client.rest),
    queueRequest: client.rest.queueRequest,
    descriptor: Object.getOwnPropertyDescriptor(client.rest, 'queueRequest'),
  });

  test('looks as before while it is watched, and is as before afterwards', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const before = shapeOf(client);
    const profiler = new Profiler(client);
    const { queueRequest } = client.rest;
    expect(queueRequest).not.toBe(before.queueRequest);
    expect([queueRequest.name, queueRequest.length]).toEqual(['queueRequest', 1]);
    await discord.command('profiler');
    await profiler.destroy();
    expect(shapeOf(client)).toEqual(before);
    expect(client.rest.queueRequest).toBe(before.queueRequest);
  });

  test("keeps another tool's wrapper over ours, which then only passes on", async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const profiler = new Profiler(client);
    await discord.command('profiler');
    const ours = client.rest.queueRequest;
    let calls = 0;
    const theirs: typeof ours = function (this: never, request) {
      calls++;
      return Reflect.apply(ours, this, [request]);
    };
    client.rest.queueRequest = theirs;
    await profiler.destroy();
    expect(client.rest.queueRequest).toBe(theirs);
    await expect(client.rest.get('/gateway/bot')).resolves.toBeDefined();
    await expect(client.rest.get('/channels/1')).rejects.toMatchObject({ code: 10003 });
    expect(calls).toBe(2);
  });

  test('is left while an acknowledgement is under way: that goes on, and a new profiler counts anew', async () => {
    const gate = Promise.withResolvers<void>();
    const { discord, client, profiler } = await start({
      long: async (interaction) => {
        await gate.promise;
        await interaction.reply('done');
      },
      wait: (interaction) => interaction.reply('done'),
    });
    discord.fault({ method: 'POST', path: '/interactions', delayMs: 300 });
    const waiting = await discord.owner.runs('wait');
    const run = await discord.owner.runs('long');
    await expect
      .poll(async () => (await profiler.deadlines()).rows.map(({ name }) => name).sort())
      .toEqual(['long', 'wait', 'warm']);
    await profiler.destroy();
    const next = new Profiler(client);
    started.push(() => next.destroy());
    gate.resolve();
    expect((await waiting.reply()).content).toBe('done');
    expect((await run.reply()).content).toBe('done');
    expect((await next.deadlines()).rows).toEqual([]);
    await (await discord.owner.runs('warm')).reply();
    await expect
      .poll(async () => (await next.deadlines()).rows)
      .toMatchObject([{ name: 'warm', acknowledged: 1 }]);
  });

  test('reports rejections that the bot does not handle', async () => {
    const { discord } = await start({ careless: (interaction) => void interaction.reply('done') });
    const unhandled = Promise.withResolvers<unknown>();
    const before = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').once('unhandledRejection', unhandled.resolve);
    discord.fault({ path: '/interactions', code: 50035 });
    await discord.owner.runs('careless');
    expect(await unhandled.promise).toMatchObject({ code: 50035 });
    for (const listener of before) process.on('unhandledRejection', listener);
  });
});

describe('who held the loop', () => {
  /** A bot with listeners that burn time, and a command that is late where they do. */
  async function hogging(attached: string) {
    const bot = await start(
      { late: (interaction) => interaction.reply('done').catch(() => undefined) },
      { ackDeadlineMs: 250 },
    );
    const burnt: Record<string, (forMs: number) => unknown> = {
      typingStart: hog,
      async guildUpdate(forMs) {
        hog(forMs);
        await delay(20);
      },
      async channelUpdate(forMs) {
        await null;
        hog(forMs);
      },
    };
    const events: EventEmitter = bot.client;
    for (const [event, listener] of Object.entries(burnt)) events.on(event, listener);
    bot.profiler.attach(attached);
    /** Runs the command, and has the listeners burn time while it lies in the socket. */
    const miss = async (...hogs: [event: string, forMs: number][]): Promise<DeadlineRow> => {
      await bot.discord.owner.runs('late');
      for (const [event, forMs] of hogs) events.emit(event, forMs);
      return bot.counted('late', { count: 1, late: 1 });
    };
    return { ...bot, miss };
  }
  const ALL = 'typingStart, guildUpdate, channelUpdate';

  test.each([
    ['a listener that burns', 'typingStart'],
    ['one that burns before its first await', 'guildUpdate'],
  ])('is blamed by name: %s', async (_, event) => {
    const { miss } = await hogging(ALL);
    const { blamed, blockedBy, latestMisses } = await miss([event, 500]);
    expect(blamed?.phase).toBe('loop');
    const targetId = expect.stringMatching(new RegExp(`/listener/${event}$`));
    expect(latestMisses).toMatchObject([{ kind: 'late', blockedBy: { targetId, certainty: 'certain' } }]);
    const [{ times, blockedBy: blocker }] = latestMisses as [(typeof latestMisses)[number]];
    expectAbout(blocker!.ms, times[1]);
    expect(blockedBy).toEqual([{ targetId, ms: blocker!.ms, share: expect.closeTo(blocker!.ms / times[1]) }]);
  });

  test.each([
    ['the hog is not timed', 'guildUpdate', 'typingStart'],
    ['it burns behind an await, which is not seen', ALL, 'channelUpdate'],
  ])('is nobody where %s', async (_, attached, event) => {
    const { miss } = await hogging(attached);
    const { blamed, blockedBy, latestMisses } = await miss(['guildUpdate', 1], [event, 500]);
    expect(blamed?.phase).toBe('loop');
    expect(blockedBy).toEqual([]);
    expect(latestMisses[0]).not.toHaveProperty('blockedBy');
  });

  test('is the larger of two', async () => {
    const { miss } = await hogging(ALL);
    const { blockedBy } = await miss(['typingStart', 150], ['guildUpdate', 400]);
    expect(blockedBy).toMatchObject([{ targetId: expect.stringMatching(/guildUpdate$/) }]);
  });
});
