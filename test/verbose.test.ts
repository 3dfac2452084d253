import { AsyncLocalStorage } from 'node:async_hooks';
import { hasSubscribers } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatInputCommandInteraction } from 'discord.js';
import { Routes } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Trace } from '../src/trace/trace.ts';
import { answer, textOf } from './commands/pages.ts';
import { startBot } from './fixtures/bot.ts';
import { burn, promisesAreWatched } from './fixtures/contexts.ts';

/** By how much the monotonic clock is ahead. */
const ahead = vi.hoisted(() => ({ ns: 0 }));
vi.mock('../src/cog/clock.ts', async (original) => {
  const { monotonicNs } = await original<typeof import('../src/cog/clock.ts')>();
  const nowNs = () => monotonicNs() + ahead.ns;
  return { monotonicNs: nowNs, epochOffsetMs: () => Date.now() - nowNs() / 1e6 };
});

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  ahead.ns = 0;
  bot = await startBot({}, { ackDeadlineMs: 400 });
});
afterEach(() => bot[Symbol.asyncDispose]());

const PING = 'fixtures/command/ping';

/** What `ping` does from now on, with the code that it had before replaced as when a file is loaded anew. */
function load(execute: (interaction: ChatInputCommandInteraction) => unknown): void {
  bot.commands.set('ping', { data: { name: 'ping' }, execute });
  bot.profiler.reconcile();
}

async function verbose(query = 'ping'): Promise<void> {
  bot.profiler.attach(query);
  await bot.profiler.setVerbose(query, true);
}

/** Once so many calls of `ping` were kept. */
function kept(count: number): Promise<Trace> {
  return vi.waitFor(async () => {
    const { summary, latest } = await bot.profiler.traces(idOf('ping'));
    expect(summary.count).toBe(count);
    return latest[0]!;
  });
}

/** Its cog is that of the file of its code, which differs. */
function idOf(name: string): string {
  return [...bot.profiler.tracked.keys()].find((id) => id.endsWith(`/${name}`)) ?? PING;
}

function sumMs({ parts }: Trace): number {
  return parts.reduce((sum, { ms }) => sum + ms, 0);
}

/** What is heard of libraries through. */
const CHANNELS = [
  'undici:request:create',
  'undici:request:headers',
  'undici:request:trailers',
  'undici:request:error',
  'http.client.request.start',
  'http.client.response.finish',
  'http.client.request.error',
  'tracing:mysql2:query:start',
  'tracing:mongoose:query:start',
  'tracing:mssql:query:start',
  'tracing:ioredis:command:start',
  'tracing:node-redis:command:start',
];

describe('while nothing is verbose', () => {
  test('no storage, hook or subscription is active, after something was too', async () => {
    const { profiler, discord } = bot;
    profiler.attach('all');
    const run = vi.spyOn(AsyncLocalStorage.prototype, 'run');
    const active = async () => {
      run.mockClear();
      await answer(discord.user('alice').runs('ping'));
      return {
        channels: CHANNELS.filter((channel) => hasSubscribers(channel)),
        storage: run.mock.calls.length > 0,
        hook: await promisesAreWatched(),
      };
    };
    const off = { channels: [], storage: false, hook: false };
    try {
      expect(await active()).toEqual(off);
      await profiler.setVerbose('ping', true);
      expect(await active()).toEqual({ channels: CHANNELS, storage: true, hook: true });
      await profiler.setVerbose('ping', false);
      expect(await active()).toEqual(off);
      // It ends by itself.
      await profiler.setVerbose('all', true, { forMs: 1 });
      await expect.poll(() => profiler.verbose.size).toBe(0);
      expect(await active()).toEqual(off);
      await profiler.setVerbose('ping', true);
      profiler.detach('all');
      expect(await active()).toEqual(off);
    } finally {
      run.mockRestore();
    }
  });
});

describe('an interaction that a listener is in the way of', () => {
  test('is refused for being late (10062), and the listener named, though it computes behind an await', async () => {
    const { profiler, discord, client } = bot;
    client.on('messageCreate', async function reckon(message) {
      if (message.content !== 'reckon') return;
      await sleep(5);
      await discord.user('bob').runs('ping');
      burn(900);
    });
    // By these it is known how late interactions are at least.
    for (let time = 0; time < 5; time++) await answer(discord.user('alice').runs('queue list'));
    load((interaction) => expect(interaction.reply('late')).rejects.toMatchObject({ code: 10062 }));
    profiler.attach('listeners');
    const [hog] = [...profiler.tracked.keys()].filter((id) => id.includes('messageCreate')).slice(-1);
    const misses = async () => (await profiler.deadlines()).rows.find(({ name }) => name === 'ping');
    const reckon = async (late: number) => {
      await discord.user('alice').says('reckon');
      await expect.poll(misses, { timeout: 5_000 }).toMatchObject({ late, blamed: { phase: 'loop' } });
      return (await misses())!;
    };
    // What runs behind an `await` is nobody's while nothing is verbose.
    expect((await reckon(1)).blockedBy).toEqual([]);
    await profiler.clear();
    // Of anything: who holds the loop is known then, whoever it is.
    profiler.attach('typingStart');
    await profiler.setVerbose('typingStart', true);
    const row = await reckon(1);
    expect(row.blockedBy).toMatchObject([{ targetId: hog }]);
    expect(row.latestMisses).toMatchObject([{ kind: 'late', blamed: 'loop', blockedBy: { targetId: hog } }]);
    let page = await answer(discord.owner.runs('profiler view'));
    for (const button of ['By cog', 'By shard', 'Acks'])
      page = await answer(discord.owner.clicks(page, button));
    const acks = textOf(page);
    expect(acks).toContain(`passes before its handler runs, as \`${hog}\` blocks the loop.`);
    expect(acks).toMatch(new RegExp(`\`/ping\` late.*loop \\S+ \\(\\S+ of it in \`${hog}\`\\)`));
  });
});

describe('a verbose call', () => {
  test('that is never acknowledged is kept once it is over', async () => {
    load(() => sleep(20));
    await verbose();
    await bot.discord.user('alice').runs('ping');
    const { outcome, spans } = await kept(1);
    expect([outcome, ...spans.map(({ kind }) => kind)]).toEqual(['ok', 'call', 'timer']);
  });

  test('that acknowledges twice has both requests, of which one failed', async () => {
    load(async ({ client, id, token }) => {
      const again = () =>
        client.rest.post(Routes.interactionCallback(id, token), { body: { type: 5 }, auth: false });
      await again();
      await again().catch(() => undefined);
    });
    await verbose();
    await bot.discord.user('alice').runs('ping');
    const trace = await kept(1);
    const requests = trace.spans.filter(({ kind }) => kind === 'rest');
    expect(requests.map(({ name, failed, note }) => [name, failed, note])).toEqual([
      ['POST /interactions/:id/:token/callback', false, '204'],
      ['POST /interactions/:id/:token/callback', true, '400'],
    ]);
    expect(sumMs(trace)).toBeCloseTo(trace.durationMs, 8);
  });

  test('whose interaction another process has answered has the request that was refused', async () => {
    load(async (interaction) => {
      const path = `${bot.discord.restUrl}/v10/interactions/${interaction.id}/${interaction.token}/callback`;
      const body = JSON.stringify({ type: 4, data: { content: 'from elsewhere' } });
      await fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      await interaction.reply('mine');
    });
    await verbose();
    await bot.discord.user('alice').runs('ping');
    const { outcome, error, spans } = await kept(1);
    expect([outcome, error?.kind]).toEqual(['error', 'DiscordAPIError 40060']);
    expect(spans.filter(({ failed }) => failed).map(({ kind }) => kind)).toEqual(['call', 'rest']);
  });

  test('that runs over 15 minutes is whole, though its token is over', async () => {
    load(async (interaction) => {
      await interaction.deferReply();
      ahead.ns += 16 * 60 * 1e9;
      bot.discord.fault({ path: '/webhooks', code: 50027 });
      await interaction.editReply('too late').catch(() => undefined);
    });
    await verbose();
    await bot.discord.user('alice').runs('ping');
    const trace = await kept(1);
    expect(trace.durationMs).toBeGreaterThan(16 * 60_000);
    expect(sumMs(trace)).toBeCloseTo(trace.durationMs, 5);
    expect(trace.spans.filter(({ failed }) => failed)).toMatchObject([{ kind: 'rest' }]);
    await expect
      .poll(async () => (await bot.profiler.deadlines()).rows)
      .toMatchObject([{ name: 'ping', expired: 1 }]);
  });

  test('whose code is reloaded while it runs is kept, and so is the next one of the new code', async () => {
    const gate = Promise.withResolvers<void>();
    const ran = Promise.withResolvers<void>();
    load(() => {
      ran.resolve();
      return gate.promise;
    });
    await verbose();
    await bot.discord.user('alice').runs('ping');
    await ran.promise;
    load((interaction) => interaction.reply('new'));
    expect((await bot.profiler.inFlight()).calls).toMatchObject([{ gone: 'replaced' }]);
    await answer(bot.discord.user('bob').runs('ping'));
    expect((await kept(1)).spans.map(({ kind }) => kind)).toEqual(['call', 'rest']);
    gate.resolve();
    await kept(2);
    const { latest } = await bot.profiler.traces(idOf('ping'));
    expect(latest.map(({ spans }) => spans.length).sort()).toEqual([1, 2]);
    await expect.poll(async () => (await bot.profiler.inFlight()).count).toBe(0);
  });

  test('whose cog is unloaded while it runs does no harm', async () => {
    const gate = Promise.withResolvers<void>();
    const ran = Promise.withResolvers<void>();
    load(() => {
      ran.resolve();
      return gate.promise;
    });
    await verbose();
    await bot.discord.user('alice').runs('ping');
    await ran.promise;
    bot.commands.delete('ping');
    bot.profiler.reconcile();
    gate.resolve();
    await expect.poll(async () => (await bot.profiler.inFlight()).count).toBe(0);
    await bot.profiler.setVerbose('ping', false);
    expect(await promisesAreWatched()).toBe(false);
  });
});
