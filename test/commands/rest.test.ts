import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shortRoute } from '../../src/commands/pages/routes.ts';
import { restDrawn } from '../../src/commands/view/rest.ts';
import type { RestOwnerRow, RestPhase, RestReport, RestRouteRow } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

describe('the page', () => {
  type Bot = Awaited<ReturnType<typeof startBot>>;
  let bot: Bot;
  beforeEach(async () => {
    bot = await startBot();
    await bot.profiler.clear();
  });
  afterEach(() => bot[Symbol.asyncDispose]());

  const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
  const opened = async () => press(await answer(bot.discord.owner.runs('profiler view')), 'REST');

  test('is there while nothing is attached, and says so where nothing was requested', async () => {
    const page = await opened();
    expect(textOf(page)).toMatch(
      /^What requests to Discord wait for\n0 requests since <t:\d+:R>: 0 waited for a rate limit, 0 failed, 0 attempts beyond the first\.\nPage 1\/1 · /,
    );
    expect(buttonsOf(page)).toEqual(['↻', 'Live', 'By target']);
  });

  test('names the route that waits for limits, and how much of its time', async () => {
    const { discord, client } = bot;
    const route = `/channels/${discord.channel().id}/messages` as const;
    discord.fault({ method: 'POST', path: route, status: 429, retryAfterMs: 400 });
    discord.fault({ path: '/gateway', code: 50001 });
    await client.rest.post(route, { body: { content: 'a' } });
    await expect(client.rest.get('/gateway/bot')).rejects.toThrow();
    await answer(discord.user('alice').runs('ping'));
    await expect.poll(async () => (await bot.profiler.rest()).routes.length).toBe(3);
    const page = await opened();
    expect(page.content).toMatch(
      /^🟡 `POST \/channels\/:id\/messages` waits for rate limits \*\*\d+ %\*\* of its time: [45]\d\dms each in 1 of 1 request\.\n```\nroute +calls +p95 +mostly\nPOST …\/messages +1 +\d+ms +limit\n/,
    );
    expect(page.content).toMatch(/\nPOST …\/callback +1 +\S+ network\n/);
    expect(page.content).toMatch(/\nGET \/gateway\/bot +1 +\S+ network\n/);
    for (const line of page.content.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(40);
    const text = textOf(page).slice(page.content.length);
    expect(text).toMatch(/3 requests since <t:\d+:R>: 1 waited for a rate limit, 1 failed, 1 attempt beyond/);
    expect(text).toMatch(
      /Of their time they waited \d+ % for rate limits, \d+ % for Discord and the network\./,
    );
    expect(text).toContain(
      '- **1** refused with 429, by a limit for the bot on that route: `POST /channels/:id/messages`',
    );
    expect(text).toContain('**Failed**\n`GET /gateway/bot` in 1 of 1: `403` × 1');
    expect(text).toMatch(
      /\*\*Whose took the most time\*\*\nNot known: \S+ in 2 requests, mostly limit\n`\/ping`: /,
    );
    expect(text).not.toContain('**Now**');
    expect(text).not.toContain('invalid');
  });

  test('shows what waits now, and looks at the last minutes', async () => {
    const { discord, client } = bot;
    const route = `/channels/${discord.channel().id}/messages` as const;
    discord.fault({ method: 'POST', path: route, delayMs: 1_500 });
    const sent = ['a', 'b', 'c'].map((content) => client.rest.post(route, { body: { content } }));
    let page = await opened();
    expect(textOf(page)).toContain('**Now**\n`POST /channels/:id/messages`: 1 under way, 2 waiting\n');
    await Promise.all(sent);
    for (const window of ['5m', '1h', 'all']) {
      page = await answer(discord.owner.chooses(page, 'Window', window));
      expect(textOf(page)).toContain('3 requests since');
    }
    expect(page.content).toMatch(
      /^🟡 `POST \/channels\/:id\/messages` waits for earlier requests of its bucket /,
    );
    expect(textOf(await press(page, 'By target'))).toContain('Nothing is timed yet');
  });
});

const phases = (changes: Partial<Record<RestPhase, number>> = {}) => ({
  queue: 0,
  limit: 0,
  backoff: 0,
  network: 1_000,
  ...changes,
});

function row(route: string, changes: Partial<RestRouteRow & RestOwnerRow> = {}): RestRouteRow & RestOwnerRow {
  const own = { ...phases(), ...changes.phases };
  return {
    route,
    count: 40,
    failed: 0,
    retries: 0,
    limited: 0,
    userLimits: 0,
    sharedLimits: 0,
    globalLimits: 0,
    whole: { p50Ms: 100, p95Ms: 400, p99Ms: 900, maxMs: 2_400 },
    totalMs: Object.values(own).reduce((sum, ms) => sum + ms, 0),
    mostly: { phase: 'network', share: 1 },
    errors: [],
    ...changes,
    phases: own,
  };
}

const of = (routes: readonly RestRouteRow[], changes: Partial<RestReport> = {}) =>
  restDrawn(
    {
      fromEpochMs: 0,
      toEpochMs: 1_000,
      rows: [],
      routes,
      owners: [],
      live: [],
      invalid: { limit: 10_000, processes: [{ shard: 0, count: 0, left: 10_000 }] },
      missingShards: [],
      ...changes,
    },
    0,
  );

const processes = (...counts: number[]) => ({
  invalid: {
    limit: 10_000,
    processes: counts.map((count, shard) => ({ shard, count, left: 10_000 - count })),
  },
});

test('speaks of invalid requests from a tenth of what Discord allows on', () => {
  expect(of([], processes(999))).toMatchObject({ content: '', tone: 'good' });
  expect(of([], processes(1_000))).toMatchObject({
    content:
      '🟡 1000 requests of the last 10 minutes were invalid (401, 403, 429). Discord blocks an address at 10000: **9000** are left.',
    tone: 'warning',
  });
  expect(of([], processes(9_000, 2_000))).toMatchObject({
    content: expect.stringMatching(
      /^🔴 11000 requests .* \*\*0\*\* are left\. That is if all processes have the same\.$/,
    ),
    tone: 'bad',
  });
});

test('says which routes wait for limits, those first that wait longest, and leaves out what is not worth it', () => {
  const routes = [
    row('GET /a', { limited: 1, phases: phases({ limit: 100 }) }),
    row('GET /b', { limited: 4, phases: phases({ limit: 1_000 }) }),
    row('GET /c', { limited: 30, phases: phases({ limit: 9_000 }) }),
    row('GET /d', { phases: phases({ queue: 900 }) }),
    row('GET /e', { phases: phases({ queue: 3_000 }) }),
    row('GET /f', { phases: phases({ queue: 8_000 }) }),
  ];
  const { content, tone } = of(routes);
  expect(content!.split('\n').slice(0, 4)).toEqual([
    '🟡 `GET /c` waits for rate limits **90 %** of its time: 300ms each in 30 of 40 requests.',
    '🟡 `GET /b` waits for rate limits **50 %** of its time: 250ms each in 4 of 40 requests.',
    '🟡 `GET /f` waits for earlier requests of its bucket **89 %** of its time: 200ms each on average.',
    '```',
  ]);
  expect(tone).toBe('warning');
});

test('names owners, shards that do not answer, and limits that last', () => {
  const owner = (changes: RestOwnerRow['owner']) => row('', { owner: changes! });
  const { text } = of([row('GET /a')], {
    owners: [
      owner({ targetId: 'music/command/play', cog: 'music', kind: 'command', name: 'play' }),
      owner({ kind: 'component', name: 'vote:#' }),
    ],
    live: [{ shard: 0, route: 'PATCH /channels/:id', underWay: 0, waiting: 7, limitedForMs: 480_000 }],
    missingShards: [2],
  });
  expect(text.split('\n')).toEqual([
    '40 requests since <t:0:R>: 0 waited for a rate limit, 0 failed, 0 attempts beyond the first.',
    'Of their time they waited 100 % for Discord and the network.',
    '⚠ Without what did not answer: shard 2.',
    '',
    '**Now**',
    '`PATCH /channels/:id`: 0 under way, 7 waiting, for a limit that lasts 8min',
    '',
    '**Whose took the most time**',
    '`/play` of `music`: 1s in 40 requests, mostly network',
    '`vote:#` (button or select): 1s in 40 requests, mostly network',
  ]);
});

test.each([
  ['GET /gateway/bot', 'GET /gateway/bot'],
  ['PATCH /channels/:id/messages/:id', 'PATCH …/messages/:id'],
  ['DELETE /channels/:id/messages/:id', 'DEL …/messages/:id'],
  ['DELETE /channels/:id', 'DELETE /channels/:id'],
  ['POST /interactions/:id/:token/callback', 'POST …/callback'],
  ['PATCH /webhooks/:id/:token/messages/@original', 'PATCH …/@original'],
  ['PUT /guilds/:id/members/:id/roles/:id', 'PUT …/roles/:id'],
  ['POST /webhooks/:id/:token', 'POST …/webhooks/:id…'],
  ['GET /guilds/:id/scheduled-events/:id/users', 'GET …/users'],
])('%s is %s for short', (route, short) => {
  expect(shortRoute(route, 20)).toBe(short);
});

test('a route for short always fits', () => {
  const part = fc.oneof(fc.constantFrom(':id', ':token', 'messages', '@me'), fc.string({ maxLength: 30 }));
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'DELETE', 'OPTIONS'),
      fc.array(part),
      fc.integer({ min: 12, max: 40 }),
      (method, parts, width) => {
        expect(shortRoute(`${method} /${parts.join('/')}`, width).length).toBeLessThanOrEqual(width);
      },
    ),
  );
});
