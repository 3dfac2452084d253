import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityFrom } from '../../src/cog/identify.ts';
import { callLine, pingText, waitLine } from '../../src/commands/inflight/lines.ts';
import { inFlightDrawn, type Row } from '../../src/commands/inflight.ts';
import type { InFlight, InFlightCall } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { hold } from '../fixtures/hold.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
});
afterEach(() => bot[Symbol.asyncDispose]());

const opened = () => answer(bot.discord.owner.runs('profiler inflight'));

test('says so where nothing is timed, and where nothing is in flight', async () => {
  let page = await opened();
  expect(textOf(page)).toContain('Nothing is timed yet');
  expect(buttonsOf(page)).toEqual(['Attach all']);
  hold(bot.profiler.wrap(() => undefined, 'shop/pay'));
  page = await opened();
  expect(textOf(page)).toMatch(
    /^Nothing is in flight\nEach call of what is timed that has begun has ended\.\nPage 1\/1 · ping: shard 0 (?:< )?\S+ · stuck: /,
  );
  expect(buttonsOf(page)).toEqual(['↻', 'Live']);
});

test('shows what has not ended, until it has, and leads to its target', async () => {
  const gate = Promise.withResolvers<void>();
  const pay = bot.profiler.wrap(async () => gate.promise, 'shop/pay');
  const search = bot.profiler.wrap(async () => gate.promise, 'music/search');
  const calls = [pay(), pay(), search()];
  let page = await opened();
  expect(page.content).toMatch(
    /^🟢 None of them takes far longer than usual\.\n```\n target +calls stuck +old\n \.shop·pay +2 +– +\S+\n \.music·search +1 +– +\S+\n```$/,
  );
  const lines = textOf(page).slice(page.content.length).trim().split('\n');
  expect(lines).toEqual([
    '3 calls in flight',
    '**The oldest first**',
    expect.stringMatching(/^🟢 \*\*\S+\*\* `shop\/method\/pay`$/),
    expect.stringMatching(/^🟢 \*\*\S+\*\* `shop\/method\/pay`$/),
    expect.stringMatching(/^🟢 \*\*\S+\*\* `music\/method\/search`$/),
    '',
    'Where it is not said, what a call waits for is not known: `verbose` tells.',
    expect.stringMatching(/^Page 1\/1 · ping: shard 0 (?:< )?\S+ · stuck: /),
  ]);
  const inspected = await answer(bot.discord.owner.chooses(page, 'Inspect…', 'music/method/search'));
  expect(textOf(inspected)).toContain('search');
  page = await opened();
  gate.resolve();
  await Promise.all(calls);
  expect(textOf(await answer(bot.discord.owner.clicks(page, '↻')))).toContain('Nothing is in flight');
});

const call = (changes: Partial<InFlightCall> = {}): InFlightCall => ({
  targetId: 'music/command/play',
  shard: 0,
  startedAtEpochMs: 0,
  ageMs: 754_000,
  isStuck: false,
  ...changes,
});

test('says of a call what is known of it', () => {
  expect(callLine(call(), false)).toBe('🟢 **12.6min** `music/command/play`');
  const known = call({
    isStuck: true,
    shard: 3,
    gone: 'replaced',
    from: { guild: '100000000000000001', user: '100000000000000002' },
    waits: [
      { kind: 'limit', name: 'PATCH /channels/:id', ageMs: 3_100 },
      { kind: 'database', name: 'SELECT * FROM `songs`', ageMs: 20 },
    ],
  });
  expect(callLine(known, true)).toBe(
    [
      '🔴 **12.6min** `music/command/play`',
      '-# waits 3.1s for a rate limit on `PATCH /channels/:id` · waits 20ms for the database, `SELECT * FROM ´songs´` · shard 3 · guild `100000000000000001` · user `100000000000000002` · its code was replaced meanwhile',
    ].join('\n'),
  );
});

test('says of a target what its calls wait for, where it is not known which', () => {
  const wait = { kind: 'limit', name: 'PATCH /channels/:id', ageMs: 3_100 } as const;
  const waits = [wait, { ...wait, ageMs: 5 }, { ...wait, kind: 'network', name: 'GET /users/:id' } as const];
  expect(waitLine(row('a/command/play', { count: 3, waits }))).toBe(
    "-# `a/command/play` waits for a rate limit on `PATCH /channels/:id` (2×); for Discord's response to `GET /users/:id`",
  );
  expect(waitLine(row('a/command/play', { count: 1, waits }))).toBeUndefined();
  expect(waitLine(row('a/command/play', { count: 3 }))).toBeUndefined();
});

test('names the pings of shards, of many the slowest, never an average', () => {
  const pings = (...all: (number | null)[]) => all.map((pingMs, shard) => ({ shard, pingMs }));
  expect(pingText(pings(41, null, 0))).toBe('ping: shard 0 41ms, shard 1 –, shard 2 < 1ms');
  expect(pingText(pings(10, 20, 30, 5, 60, 50, null))).toBe(
    'ping: shard 6 –, shard 4 60ms, shard 5 50ms, shard 2 30ms, shard 1 20ms and 2 more',
  );
});

function row(targetId: string, changes: Partial<Row> = {}): Row {
  return {
    ...identityFrom(targetId),
    targetId,
    count: 1,
    stuck: 0,
    oldestMs: 500,
    isPartial: false,
    waits: [],
    ...changes,
  };
}

const drawn = (rows: readonly Row[], changes: Partial<InFlight> = {}, page = 0) =>
  inFlightDrawn(
    { atEpochMs: 0, count: rows.length, stuck: 0, calls: [], pings: [], missingShards: [], ...changes },
    rows,
    page,
  );

test('names what is stuck above all, and which shards are missing', () => {
  const rows = [row('a/command/play', { stuck: 2, count: 40 }), row('b/task/c', { isPartial: true })];
  const { content, text, tone } = drawn(rows, { count: 41, stuck: 2, missingShards: [1], calls: [call()] });
  expect(content).toMatch(
    /^🔴 \*\*2 calls\*\* are stuck: `a\/command\/play`\.\n```\n target.*\n!\/a·play +40 +2 500ms\n \*b·c +≥1 +– 500ms\n```$/,
  );
  expect(text.split('\n').slice(0, 2)).toEqual([
    '⚠ Without what did not answer: shard 1.',
    '**The oldest first: 1 of 41**',
  ]);
  expect(tone).toBe('bad');
});

test('fits a phone, and pages through targets and calls, whichever are more', () => {
  const rows = Array.from({ length: 19 }, (_, at) =>
    row(`cog${'very '.repeat(9)}/command/group ${'long '.repeat(5)}sub${at}`, {
      count: 1e6,
      stuck: 99_999,
      oldestMs: 9e9,
      isPartial: true,
    }),
  );
  const calls = Array.from({ length: 30 }, () => call());
  const seen: string[] = [];
  for (let at = 0; at < 4; at++) {
    const { content, text, page, pages, shown } = drawn(rows, { calls, stuck: 9 }, at);
    expect([page, pages]).toEqual([at, 4]);
    expect(content!.length).toBeLessThanOrEqual(2_000);
    const [, table = ''] = /```\n(.*)\n```/s.exec(content!) ?? [];
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    seen.push(...shown.map(({ targetId }) => targetId));
    expect(text.split('\n').filter((line) => line.startsWith('🟢'))).toHaveLength(at < 3 ? 8 : 6);
  }
  expect(seen).toEqual(rows.map(({ targetId }) => targetId));
});
