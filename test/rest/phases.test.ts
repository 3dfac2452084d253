import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { REST_PHASES, type RestCall, type RestPhase } from '../../src/rest/call.ts';
import { startWatched } from './start.ts';

const NS_PER_MS = 1e6;

const msOf = (call: RestCall): Record<RestPhase, number> => ({
  queue: call.queueNs / NS_PER_MS,
  limit: call.limitNs / NS_PER_MS,
  backoff: call.backoffNs / NS_PER_MS,
  network: call.networkNs / NS_PER_MS,
});

/** The phases add up to the whole exactly, and the segments to each phase. */
function expectWhole(call: RestCall): void {
  const { startedAtNs, endedAtNs, segments } = call;
  expect(call.queueNs + call.limitNs + call.backoffNs + call.networkNs).toBe(endedAtNs! - startedAtNs);
  for (const phase of REST_PHASES) expect(call[`${phase}Ns`]).toBeGreaterThanOrEqual(0);
  if (segments === undefined) return;
  expect(segments[0]!.fromNs).toBe(startedAtNs);
  expect(segments.at(-1)!.toNs).toBe(endedAtNs);
  for (const [at, { phase, fromNs }] of segments.slice(1).entries()) {
    expect(fromNs).toBe(segments[at]!.toNs);
    expect(phase).not.toBe(segments[at]!.phase);
  }
  for (const phase of REST_PHASES) {
    const own = segments.filter((segment) => segment.phase === phase);
    expect(own.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0)).toBe(call[`${phase}Ns`]);
  }
}

/** Nearly all of the time went to these, and what was planted of each is there. */
function expectMostly(call: RestCall, planted: Partial<Record<RestPhase, number>>): void {
  const ms = msOf(call);
  const others = REST_PHASES.filter((phase) => !(phase in planted));
  for (const [phase, truthMs] of Object.entries(planted)) {
    // Timers may be a little early; what the machine adds is at most as long as what was planted.
    expect(ms[phase as RestPhase], `${phase} of ${JSON.stringify(ms)}`).toBeGreaterThan(truthMs * 0.95 - 5);
    expect(ms[phase as RestPhase], `${phase} of ${JSON.stringify(ms)}`).toBeLessThan(truthMs * 2);
  }
  const leastMs = Math.min(...Object.values(planted));
  for (const phase of others) expect(ms[phase], `${phase} of ${JSON.stringify(ms)}`).toBeLessThan(leastMs);
}

describe.each([
  ['counted', false],
  ['with segments', true],
])('what a request waits for, %s', (_, isTraced) => {
  const start = (options: Parameters<typeof startWatched>[0] = {}) => startWatched(options, { isTraced });

  test('is the network, where that is slow', async () => {
    await using bot = await start();
    bot.discord.fault({ method: 'POST', path: bot.messages, delayMs: 300 });
    await bot.say('a');
    const [call] = bot.calls;
    expect(call).toMatchObject({
      route: 'POST /channels/:id/messages',
      attempts: 1,
      status: 200,
      error: undefined,
    });
    expectMostly(call!, { network: 300 });
    expectWhole(call!);
  });

  test('is others of its bucket', async () => {
    await using bot = await start();
    bot.discord.fault({ method: 'POST', path: bot.messages, times: 2, delayMs: 300 });
    await Promise.all(['a', 'b', 'c'].map((text) => bot.say(text)));
    expectMostly(bot.calls[0]!, { network: 300 });
    expectMostly(bot.calls[1]!, { queue: 300, network: 300 });
    expect(msOf(bot.calls[2]!).queue).toBeGreaterThan(570);
    expect(bot.calls.map(({ limitNs }) => limitNs)).toEqual([0, 0, 0]);
    for (const call of bot.calls) expectWhole(call);
  });

  test('is a limit that the manager keeps before Discord says so, for those behind as well', async () => {
    await using bot = await start();
    bot.discord.rateLimit({ method: 'POST', path: bot.messages, limit: 1, windowMs: 400 });
    await Promise.all(['a', 'b', 'c'].map((text) => bot.say(text)));
    const [first, second, third] = bot.calls;
    expect(first!.limitNs).toBe(0);
    expectMostly(second!, { limit: 400 });
    expectMostly(third!, { limit: 800 });
    expect(bot.calls.map(({ limitHits }) => limitHits)).toEqual([undefined, undefined, undefined]);
    expect(bot.calls.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
    for (const call of bot.calls) expectWhole(call);
  });

  test.each(['user', 'shared', 'global'] as const)('is a limit that Discord tells of: %s', async (scope) => {
    await using bot = await start();
    bot.discord.fault({ method: 'POST', path: bot.messages, status: 429, retryAfterMs: 400, scope });
    const other = delay(50).then(() => bot.client.rest.get(bot.channel));
    await Promise.all([bot.say('a'), bot.say('b'), other]);
    const of = (route: string) => bot.calls.filter((call) => call.route === route);
    const [first, behind] = of('POST /channels/:id/messages');
    expect(first).toMatchObject({ limitHits: [scope], attempts: 2, status: 200, error: undefined });
    expect(behind).toMatchObject({ limitHits: undefined, attempts: 1 });
    expectMostly(first!, { limit: 400 });
    expectMostly(behind!, { limit: 400 });
    // A global one holds other buckets up, which have seen no 429.
    const [elsewhere] = of('GET /channels/:id');
    expect(elsewhere!.limitHits).toBeUndefined();
    if (scope === 'global') expect(msOf(elsewhere!).limit).toBeGreaterThan(250);
    else expect(elsewhere!.limitNs).toBe(0);
    for (const call of bot.calls) expectWhole(call);
  });

  test('is a limit within the bucket, for those that have it', async () => {
    await using bot = await start();
    bot.discord.fault({ method: 'PATCH', path: bot.channel, status: 429, retryAfterMs: 400, remaining: 4 });
    const edit = (body: object) => bot.client.rest.patch(bot.channel, { body });
    await Promise.all([edit({ name: 'a' }), edit({ topic: 'b' }), edit({ rate_limit_per_user: 1 })]);
    const [slowmode, name, topic] = bot.calls;
    expectMostly(name!, { limit: 400 });
    expectMostly(topic!, { limit: 400 });
    expect(name!.limitHits).toEqual(['user']);
    expect(msOf(slowmode!).limit).toBeLessThan(200);
    for (const call of bot.calls) expectWhole(call);
  });

  test('is a limit of callbacks, which have no queue', async () => {
    await using bot = await start();
    const route = '/interactions/1573640915195527168/token/callback';
    bot.discord.fault({ path: '/interactions', status: 429, retryAfterMs: 300 });
    const send = () => bot.client.rest.post(route, { body: { type: 5 }, auth: false }).catch(() => undefined);
    await Promise.all([send(), send()]);
    const [other, limited] = bot.calls;
    expect(limited).toMatchObject({ route: 'POST /interactions/:id/:token/callback', attempts: 2 });
    expectMostly(limited!, { limit: 300 });
    expect(msOf(other!).limit).toBeLessThan(1);
    for (const call of bot.calls) expectWhole(call);
  });

  test('is several of them in turn, which all count', async () => {
    await using bot = await start();
    const { discord, messages } = bot;
    discord.fault({ method: 'POST', path: messages, delayMs: 300 });
    discord.fault({ method: 'POST', path: messages, status: 502, delayMs: 300 });
    discord.fault({ method: 'POST', path: messages, status: 429, retryAfterMs: 300 });
    await Promise.all([bot.say('a'), bot.say('b')]);
    const [, second] = bot.calls;
    expect(second).toMatchObject({ attempts: 3, limitHits: ['user'], status: 200 });
    expectMostly(second!, { queue: 300, network: 300, limit: 300 });
    if (isTraced) {
      const phases = second!.segments!.filter(({ phase }) => phase !== 'backoff').map(({ phase }) => phase);
      expect(phases.join(' ')).toMatch(/^(network )?queue network (network )?limit network$/);
    }
    for (const call of bot.calls) expectWhole(call);
  });

  test('is tried again where Discord fails, and told where it fails for good', async () => {
    await using bot = await start();
    bot.discord.fault({ method: 'POST', path: bot.messages, status: 503, times: 2 });
    await bot.say('a');
    bot.discord.fault({ method: 'POST', path: bot.messages, status: 500, times: 4 });
    await expect(bot.say('b')).rejects.toMatchObject({ status: 500 });
    expect(bot.calls[0]).toMatchObject({ attempts: 3, status: 200, error: undefined });
    expect(bot.calls[0]!.backoffNs).toBeGreaterThan(0);
    expect(bot.calls[1]).toMatchObject({ attempts: 4, status: 500, error: 'HTTPError' });
    for (const call of bot.calls) expectWhole(call);
  });

  test('is tried again where the connection is cut', async () => {
    await using bot = await start();
    bot.discord.fault({ method: 'POST', path: bot.messages, reset: 'before', delayMs: 300 });
    await bot.say('a');
    expect(bot.calls[0]).toMatchObject({ attempts: 2, status: 200 });
    expectMostly(bot.calls[0]!, { network: 300 });
    bot.discord.fault({ method: 'POST', path: bot.messages, reset: 'before', times: 4 });
    await expect(bot.say('b')).rejects.toThrow();
    expect(bot.calls[1]).toMatchObject({ attempts: 4, status: undefined });
    expect(bot.calls[1]!.error).toContain('ECONNRESET');
    for (const call of bot.calls) expectWhole(call);
  });

  test('is the network until it times out', async () => {
    await using bot = await start({ timeout: 300, retries: 1 });
    const fault = bot.discord.fault({ method: 'POST', path: bot.messages, delayMs: 2_000, times: 2 });
    await expect(bot.say('a')).rejects.toMatchObject({ name: 'AbortError' });
    fault.remove();
    expect(bot.calls[0]).toMatchObject({ attempts: 2, status: undefined });
    expect(bot.calls[0]!.error).toContain('AbortError');
    expectMostly(bot.calls[0]!, { network: 600 });
    expectWhole(bot.calls[0]!);
  });

  test('ends where the bot gives up, in the queue and under way', async () => {
    await using bot = await start();
    bot.discord.fault({ method: 'POST', path: bot.messages, delayMs: 600 });
    const underWay = new AbortController();
    const queued = new AbortController();
    const all = [bot.say('a', underWay.signal), bot.say('b', queued.signal), bot.say('c')];
    const settled = Promise.allSettled(all);
    await delay(150);
    queued.abort();
    await delay(150);
    underWay.abort();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    const [b, a, c] = bot.calls;
    expectMostly(b!, { queue: 150 });
    expect(b!).toMatchObject({ attempts: 0, error: 'Error', status: undefined });
    expectMostly(a!, { network: 300 });
    expect(a!.error).toContain('AbortError');
    expect(msOf(c!).queue).toBeGreaterThan(285);
    for (const call of bot.calls) expectWhole(call);
    expect(bot.watch.live()).toEqual([]);
  });

  test('is nothing where the bot rather has an error than a limit', async () => {
    await using bot = await start({ rejectOnRateLimit: ['/channels'] });
    bot.discord.rateLimit({ method: 'POST', path: bot.messages, limit: 2, windowMs: 2_000 });
    // By the response to the first, the manager learns which bucket it is.
    for (const text of ['a', 'b']) await bot.say(text);
    await expect(bot.say('c')).rejects.toMatchObject({ timeToReset: expect.any(Number) });
    expect(bot.calls[2]).toMatchObject({ attempts: 0, status: undefined, error: 'RateLimitError' });
    expect(msOf(bot.calls[2]!).limit).toBeLessThan(1_000);
    bot.discord.heal();
    bot.discord.fault({ method: 'GET', path: bot.channel, status: 429, retryAfterMs: 400 });
    await expect(bot.client.rest.get(bot.channel)).rejects.toMatchObject({ retryAfter: expect.any(Number) });
    expect(bot.calls[3]).toMatchObject({
      attempts: 1,
      status: 429,
      limitHits: ['user'],
      error: 'RateLimitError',
    });
    for (const call of bot.calls) expectWhole(call);
  });

  test('is told of files, of errors, and of what is not sent at all', async () => {
    await using bot = await start();
    const { rest } = bot.client;
    await rest.post(bot.messages, {
      body: { content: 'with a file' },
      files: [{ name: 'a.txt', data: Buffer.from('text') }],
    });
    await expect(rest.get('/channels/1573640915195527168')).rejects.toMatchObject({ code: 10003 });
    expect(bot.calls[0]).toMatchObject({ route: 'POST /channels/:id/messages', attempts: 1, status: 200 });
    expect(bot.calls[1]).toMatchObject({
      route: 'GET /channels/:id',
      attempts: 1,
      status: 404,
      error: 'DiscordAPIError 10003',
    });
    rest.setToken('');
    await expect(rest.get('/guilds/templates/secret?with=query')).rejects.toThrow('token');
    expect(bot.calls[2]).toMatchObject({ route: 'GET /guilds/templates/:code', attempts: 0, error: 'Error' });
    for (const call of bot.calls) expectWhole(call);
  });
});

test('a live bucket tells what is in it, and how long its limit lasts', async () => {
  await using bot = await startWatched();
  bot.discord.fault({ method: 'POST', path: bot.messages, delayMs: 500 });
  const all = ['a', 'b', 'c'].map((text) => bot.say(text));
  const other = bot.client.rest.get(bot.channel);
  await delay(100);
  expect(bot.watch.live()[0]).toEqual({
    route: 'POST /channels/:id/messages',
    underWay: 1,
    waiting: 2,
    limitedForMs: undefined,
  });
  await Promise.all([...all, other]);
  expect(bot.watch.live()).toEqual([]);
  for (const [path, faulty] of [
    [bot.messages, { scope: 'user' }],
    [bot.messages, { scope: 'global' }],
    [bot.channel, { remaining: 4 }],
  ] as const) {
    bot.discord.fault({ path, status: 429, retryAfterMs: 1_000, ...faulty });
    const sent = bot.client.rest.get(path);
    await expect.poll(() => bot.watch.live()[0]?.limitedForMs).toBeGreaterThan(200);
    const [bucket] = bot.watch.live();
    expect(bucket).toMatchObject({ underWay: 0, waiting: 1 });
    expect(bucket!.limitedForMs).toBeLessThan(1_200);
    await sent;
  }
});
