import { afterEach, beforeEach, expect, test } from 'vitest';
import { acksDrawn } from '../../src/commands/view/acks.ts';
import type { DeadlineRow, Deadlines, Phase } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
});
afterEach(() => bot[Symbol.asyncDispose]());

const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const opened = async () => press(await answer(bot.discord.owner.runs('profiler view')), 'Acks');

async function until(name: string, wanted: Partial<DeadlineRow>): Promise<void> {
  const find = async () => (await bot.profiler.deadlines()).rows.find((row) => row.name === name);
  await expect.poll(find, { timeout: 5_000 }).toMatchObject(wanted);
}

test('is there while nothing is attached, and says so where nothing has come', async () => {
  const page = await opened();
  expect(textOf(page)).toMatch(
    /^How soon interactions are acknowledged\n0 interactions since <t:\d+:R>: 0 missed the 3 s, 0 more took over 2 s\./,
  );
  expect(buttonsOf(page)).toEqual(['↻', 'Live', 'REST']);
});

test('is found from the help', async () => {
  const help = await answer(bot.discord.owner.runs('profiler help'));
  expect(textOf(await press(help, 'Acks'))).toContain('How soon interactions are acknowledged');
});

test('names the command that misses the deadline, and what is to blame', async () => {
  const alice = bot.discord.user('alice');
  await answer(alice.runs('ping'));
  bot.discord.fault({ path: '/interactions', code: 10062, delayMs: 200 });
  await alice.runs('queue add');
  await until('queue add', { late: 1 });
  const page = await opened();
  expect(page.content).toMatch(
    /^🔴 `\/queue add` missed Discord's 3 s in 1 of 1 cases: \d+ % of that time passes until Discord has responded to the acknowledgement\.\n```\n command +p95 +max +miss +why\n!\/queue add +\d+ms +\d+ms +1 +rest\n \/ping +\S+ +\S+ +0 +–\n```$/,
  );
  const [, ...lines] = textOf(page).slice(page.content.length).trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^2 interactions since <t:\d+:R>: 1 missed the 3 s, 0 more took over 2 s\.$/),
    '- **1** acknowledged too late, which Discord refused (10062): `/queue add`',
    '',
    '**Missed last**',
    expect.stringMatching(
      /^<t:\d+:T> `\/queue add` late, `DiscordAPIError 10062`: gateway \S+, loop \S+, handler \S+, rest \S+$/,
    ),
    expect.stringMatching(/^Page 1\/1 · /),
  ]);
  for (const line of page.content.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(40);
});

test('names the command that comes close', async () => {
  bot.discord.fault({ method: 'POST', path: '/interactions', delayMs: 2_100 });
  await answer(bot.discord.user('alice').runs('ping'));
  await until('ping', { nearMisses: 1 });
  expect((await opened()).content).toMatch(
    /^🟡 `\/ping` needs 2\.\d+s or more of Discord's 3 s in 1 of 20 cases: [12]\.?\d*s of it passes until /,
  );
});

test('looks at the last minutes, pages, and goes back to the targets', async () => {
  await answer(bot.discord.user('alice').runs('ping'));
  await until('ping', { acknowledged: 1 });
  let page = await opened();
  for (const window of ['5m', '1h', 'all']) {
    page = await answer(bot.discord.owner.chooses(page, 'Window', window));
    expect(textOf(page)).toContain('1 interaction since');
  }
  await bot.profiler.clear();
  expect(textOf(await press(page, '↻'))).toContain('0 interactions since');
  expect(textOf(await press(page, 'REST'))).toContain('What requests to Discord wait for');
});

const quantiles = { p50Ms: 100, p95Ms: 400, p99Ms: 900, maxMs: 2_400 };
function row(name: string, changes: Partial<DeadlineRow> = {}): DeadlineRow {
  const counts = { nearMisses: 0, late: 0, unanswered: 0, failed: 0, elsewhere: 0, doubles: 0, expired: 0 };
  const each = <Value>(value: Value): Record<Phase, Value> => ({
    gateway: value,
    loop: value,
    handler: value,
    rest: value,
  });
  return {
    kind: 'command',
    name,
    count: 400,
    acknowledged: 400,
    ...counts,
    whole: quantiles,
    phases: each(quantiles),
    misses: 0,
    missesBy: each(0),
    blamed: undefined,
    blockedBy: [],
    latestMisses: [],
    ...changes,
  };
}

const of = (rows: readonly DeadlineRow[], changes: Partial<Deadlines> = {}) =>
  acksDrawn({ fromEpochMs: 0, toEpochMs: 1_000, missingShards: [], rows, ...changes }, 0);

test('says in words which phase is to blame', () => {
  const blamed = (phase: Phase) => ({ nearMisses: 2, blamed: { phase, share: 0.76 } });
  const sentence = (phase: Phase) => of([row('play', blamed(phase))]).content!.split('\n')[0];
  const begin = "🟡 `/play` needed over 2 s of Discord's 3 s in 2 of 400 cases: 76 % of that time";
  expect(sentence('gateway')).toBe(`${begin} passes before it reaches the bot.`);
  expect(sentence('loop')).toBe(`${begin} passes before its handler runs, as the loop is busy.`);
  expect(sentence('handler')).toBe(`${begin} passes in its handler, before that acknowledges.`);
  expect(sentence('rest')).toBe(`${begin} passes until Discord has responded to the acknowledgement.`);
  const slow = row('play', { ...blamed('loop'), whole: { ...quantiles, p95Ms: 2_100 } });
  expect(of([slow]).content).toMatch(
    /^🟡 `\/play` needs 2\.1s or more of Discord's 3 s in 1 of 20 cases: 1\.6s of it passes before its handler runs, as the loop is busy\.\n/,
  );
});

test('names who blocks the loop, where that is known', () => {
  const busy = { nearMisses: 2, blamed: { phase: 'loop', share: 0.76 } } as const;
  const targetId = 'economy/listener/messageCreate';
  const sentence = (...blockedBy: DeadlineRow['blockedBy']) =>
    of([row('play', { ...busy, blockedBy })]).content!.split('\n')[0];
  const begin =
    "🟡 `/play` needed over 2 s of Discord's 3 s in 2 of 400 cases: 76 % of that time passes before its handler runs, as";
  expect(sentence({ targetId, ms: 3_000, share: 0.9 }, { targetId: 'b/task/c', ms: 100, share: 0.03 })).toBe(
    `${begin} \`${targetId}\` blocks the loop.`,
  );
  expect(sentence({ targetId, ms: 1_000, share: 0.38 })).toBe(
    `${begin} the loop is busy, 38 % of that with \`${targetId}\`.`,
  );
  const { text } = of([
    row('play', {
      latestMisses: [
        {
          kind: 'late',
          atEpochMs: 5_000,
          times: [1, 2_900, 60, 40],
          blamed: 'loop',
          blockedBy: { targetId, ms: 2_700, certainty: 'certain' },
        },
      ],
    }),
  ]);
  expect(text).toContain(
    `<t:5:T> \`/play\` late: gateway 1ms, loop 2.9s (2.7s of it in \`${targetId}\`), handler 60ms, rest 40ms`,
  );
});

test('says what else went wrong, of whom, and which shards are missing', () => {
  const rows = [
    row('a', { doubles: 3, elsewhere: 1 }),
    row('b', { doubles: 5, kind: 'component' }),
    row('c', { expired: 2, failed: 1 }),
  ];
  expect(of(rows, { missingShards: [1, 3] }).text.split('\n')).toEqual([
    '1200 interactions since <t:0:R>: 0 missed the 3 s, 0 more took over 2 s.',
    '⚠ Without what did not answer: shards 1, 3.',
    '- **1** not acknowledged, as the attempt failed with another error: `/c`',
    '- **1** acknowledged by another process of the bot, or in a way that is not seen: `/a`',
    '- **8** acknowledged once more, which Discord refused (40060): `b` (button or select), `/a`',
    '- **2** followed by a request more than 15 minutes later, which Discord refused: `/c`',
  ]);
});

test('fits a phone, and Discord, whatever commands are called', () => {
  const rows = Array.from({ length: 35 }, (_, index) =>
    row(`command ${'group '.repeat(3)}sub${index}`, {
      misses: 12_345,
      whole: { p50Ms: 1, p95Ms: 999_999, p99Ms: 1, maxMs: 9_999_999 },
      blamed: { phase: 'handler', share: 1 },
    }),
  );
  const { content, page, pages } = of(rows);
  expect([page, pages]).toEqual([0, 4]);
  expect(content!.length).toBeLessThanOrEqual(2_000);
  expect(content).toContain('31 more are at risk');
  const table = /```\n(.*)\n```/s.exec(content!)![1]!.split('\n');
  expect(table).toHaveLength(11);
  for (const line of table) expect(line.length).toBeLessThanOrEqual(40);
});
