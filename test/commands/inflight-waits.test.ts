import { tracingChannel } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Routes } from 'discord.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import { answer, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
let gate: PromiseWithResolvers<void>;
beforeEach(async () => {
  bot = await startBot();
  gate = Promise.withResolvers();
});
afterEach(async () => {
  gate.resolve();
  await bot[Symbol.asyncDispose]();
});

/** What `/profiler inflight` says of the calls, once it says what they wait for. */
async function waits(): Promise<string[]> {
  const told = async () =>
    textOf(await answer(bot.discord.owner.runs('profiler inflight')))
      .split('\n')
      .filter((line) => line.startsWith('-# ') && line.includes(' waits '));
  await expect.poll(told, { timeout: 5_000 }).not.toEqual([]);
  return told();
}

const messages = () => Routes.channelMessages(bot.discord.channel('random').id);
const say = () => bot.client.rest.post(messages(), { body: { content: 'hello' } });
const slowly = () => bot.discord.fault({ method: 'POST', path: messages(), delayMs: 2_000 });

test('of a request that its target made, without verbose', async () => {
  const pay = bot.profiler.wrap(async () => void (await say()), 'shop/pay');
  slowly();
  const paying = pay();
  expect(await waits()).toEqual([
    expect.stringMatching(/^-# waits \d+\S* for Discord's response to `POST \/channels\/:id\/messages`$/),
  ]);
  await paying;
});

test('of several calls of one target, told of that, as it is not known of which', async () => {
  const pay = bot.profiler.wrap(async () => void (await say()), 'shop/pay');
  slowly();
  const paying = [pay(), pay(), pay()];
  expect(await waits()).toEqual([
    "-# `shop/method/pay` waits for Discord's response to `POST /channels/:id/messages`; behind another request of the same bucket, for `POST /channels/:id/messages` (2×)",
  ]);
  await Promise.all(paying);
});

test('of a request behind an await nobody knows, unless it is verbose', async () => {
  const pay = bot.profiler.wrap(async () => {
    await sleep(1);
    await say();
  }, 'shop/pay');
  slowly();
  const paying = pay();
  await sleep(50);
  const page = await answer(bot.discord.owner.runs('profiler inflight'));
  expect(textOf(page)).toContain(
    'Where it is not said, what a call waits for is not known: `verbose` tells.',
  );
  expect(textOf(page)).not.toContain('-# waits ');
  await paying;
});

test.each(['before', 'behind'] as const)('of a verbose call, a rate limit: %s an await', async (when) => {
  const pay = bot.profiler.wrap(async () => {
    if (when === 'behind') await sleep(1);
    await say();
  }, 'shop/pay');
  bot.discord.rateLimit({ method: 'POST', path: messages(), limit: 1, windowMs: 2_000 });
  await pay();
  await bot.profiler.setVerbose('pay', true);
  const paying = pay();
  expect(await waits()).toEqual([
    expect.stringMatching(/^-# waits \d+\S* for a rate limit on `POST \/channels\/:id\/messages`$/),
  ]);
  await paying;
});

test('of each of several verbose calls, a server and the database', async () => {
  const server = createServer((_request, response) => void gate.promise.then(() => response.end('song')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const search = bot.profiler.wrap(async (where: 'server' | 'database') => {
    await sleep(1);
    if (where === 'server') await (await fetch(`http://127.0.0.1:${port}/?song=secret`)).text();
    else {
      const query = { query: "SELECT * FROM songs WHERE name = 'secret'", values: [] };
      await tracingChannel('mysql2:query').tracePromise(() => gate.promise, query);
    }
  }, 'music/search');
  await bot.profiler.setVerbose('search', true);
  const searching = [search('server'), search('database')];
  await expect.poll(waits).toHaveLength(2);
  // How long each has waited differs.
  expect((await waits()).map((line) => line.replace(/ \d\S* for /, ' … for ')).sort()).toEqual([
    '-# waits … for the database, `SELECT songs`',
    `-# waits … for the response to \`GET 127.0.0.1:${port}\``,
  ]);
  gate.resolve();
  await Promise.all(searching);
  server.close();
});
