import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TRACE_FORMATS } from '../../src/trace/formats/index.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { hold } from '../fixtures/hold.ts';
import { crowded, giveTraces, hostileTrace, payment, spanOf, traceOf } from '../fixtures/traces.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

const PING = 'fixtures/command/ping';
const BASE_EPOCH_MS = Date.UTC(2026, 10, 21, 14, 0, 0);

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
  bot.profiler.attach('all');
});
afterEach(() => bot[Symbol.asyncDispose]());

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const choose = (page: Posted, select: string, value: string) =>
  answer(bot.discord.owner.chooses(page, select, value));
const open = async (target = 'ping') =>
  press(await ask(`profiler inspect target:${target}`), 'What the time goes to');

function entriesOf(
  page: Posted,
  placeholder: string,
): { value: string; label: string; description?: string; default?: boolean }[] {
  const select = page.allComponents.find((component) => component['placeholder'] === placeholder);
  return (select?.['options'] ?? []) as ReturnType<typeof entriesOf>;
}

/** Has the target called, so that there is an overview. */
async function call(of: Bot = bot): Promise<void> {
  await answer(of.discord.user('alice').runs('ping'));
  const calls = async () => (await of.profiler.summary()).rows.find(({ id }) => id === PING)?.count;
  await expect.poll(calls, { timeout: 5_000 }).toBeGreaterThan(0);
}

function kept(): Trace[] {
  const at = (seconds: number) => BASE_EPOCH_MS + seconds * 1_000;
  return [
    payment({ targetId: PING, startedAtEpochMs: at(1) }),
    traceOf({ targetId: PING, durationMs: 20, startedAtEpochMs: at(2), shard: 1 }),
    traceOf({ targetId: PING, durationMs: 5, startedAtEpochMs: at(3) }),
  ];
}

describe('where nothing was kept', () => {
  test('says what to do and what it costs, and does it', async () => {
    await call();
    let page = await open();
    expect(textOf(page)).toContain('No call of it was kept as it went.');
    expect(textOf(page)).toContain('While anything is verbose, each `await`');
    // There is no call to choose, and what is kept has no window of time.
    expect(page.allComponents.map(({ placeholder }) => placeholder).filter(Boolean)).toEqual(['Page']);
    page = await press(page, 'Verbose for an hour');
    expect(textOf(page)).toMatch(
      /✓ Calls are kept from now on\.[\s\S]*Verbose until <t:\d+:T>[\s\S]*No call has ended since/,
    );
    expect(bot.profiler.verbose.has(PING)).toBe(true);
    page = await press(page, 'End verbose');
    expect(textOf(page)).toContain('✓ No more calls are kept.');
    expect(bot.profiler.verbose.size).toBe(0);
  });

  test('what is not timed any more has to be attached first', async () => {
    await call();
    bot.profiler.detach('ping', { keepFigures: true });
    const page = await open();
    expect(textOf(page)).toContain('It is not timed now: attach it first.');
    expect(buttonsOf(page)).not.toContain('Verbose for an hour');
    expect(buttonsOf(page)).toContain('Attach');
  });

  test('the overview has no verdict', async () => {
    await call();
    expect(textOf(await ask('profiler inspect target:ping'))).not.toMatch(/computes|waits/i);
  });
});

describe('what was kept', () => {
  beforeEach(() => giveTraces(bot.profiler, kept()));

  test('is on the overview, in a sentence', async () => {
    await call();
    const page = await ask('profiler inspect target:ping');
    expect(textOf(page)).toContain(
      '**Waits 80 %** of its time.\nWaits for rate limits on `PATCH /channels/:id/messages/:id` 54 % (3 calls).',
    );
    expect(entriesOf(page, 'Page').map(({ label }) => label)).toContain('Waterfalls (3)');
  });

  test('has its parts as bars, what the largest are about, and a picture of the slowest', async () => {
    const page = await open();
    const text = textOf(page);
    expect(text).toContain('A call takes **422ms** on average:');
    expect(text).toMatch(/```\nrate limit ▏█+\S* 54 %\n +loop busy ▏█+\S* 13 %\n/);
    expect(text).toContain('-# rate limit 227ms `PATCH /channels/:id/messages/:id`');
    expect(text).toMatch(/✗ \*\*1\.24s\*\* <t:\d+:T>, <t:\d+:R> · `DiscordAPIError 10062` at `execute/);
    expect(text).toContain('Waits for rate limits on `PATCH /channels/:id/messages/:id` 55 %.');
    for (const block of text.match(/```\n(.*?)\n```/gs)!)
      for (const line of block.split('\n')) expect(line.length).toBeLessThanOrEqual(36);
    expect(page.embeds[0]!.image!.url).toContain('waterfall.png');
    expect(page.attachments).toHaveLength(1);
  });

  test('is chosen among the calls, each offered once with why it is there', async () => {
    let page = await open();
    const entries = entriesOf(page, 'Call');
    expect(entries.map(({ label }) => label)).toEqual(['✗ 1.24s · DiscordAPIError 10062', '✓ 20ms', '✓ 5ms']);
    expect(entries[0]!.description).toMatch(/^\S+ ago, 14:00:01 UTC · slowest, failed, latest$/);
    expect(entries.map((entry) => entry.default)).toEqual([true, false, false]);
    page = await choose(page, 'Call', entries[1]!.value);
    expect(textOf(page)).toContain('✓ **20ms**');
    expect(textOf(page)).toContain('Computes 100 %.');
    expect(entriesOf(page, 'Call').map((entry) => entry.default)).toEqual([false, true, false]);
    // Drawn anew, it stays; once it is gone, the slowest is shown.
    expect(textOf(await press(page, '↻'))).toContain('✓ **20ms**');
    giveTraces(bot.profiler, kept().slice(0, 1));
    expect(textOf(await press(page, '↻'))).toMatch(/not kept any more; this is the slowest[\s\S]*\*\*1\.24s/);
  });

  test('is remembered in the custom ids, which have no room for more than 100 characters', async () => {
    // The longest key that is not made shorter, and the most of all else.
    const name = 'x'.repeat(36 - 'cog/method/'.length);
    bot.profiler.register('cog', hold({ [name]: () => 1 }));
    bot.profiler.attach('cog');
    giveTraces(
      bot.profiler,
      kept().map((trace) => ({ ...trace, targetId: `cog/method/${name}` })),
    );
    const { owner } = bot.discord;
    let page = await choose(await ask(`profiler inspect target:cog/method/${name}`), 'Window', 'reload');
    page = await choose(page, 'Page', 'slowest');
    page = await answer(owner.submits(await owner.clicks(page, 'At least…'), { ms: '3600000' }));
    page = await choose(page, 'Page', 'waterfall');
    page = await choose(page, 'Call', entriesOf(page, 'Call')[1]!.value);
    const lengths: number[] = [];
    for (const tab of ['waterfall', 'overview', 'latest']) {
      page = await choose(page, 'Page', tab);
      lengths.push(...page.allComponents.map((component) => String(component['custom_id']).length));
    }
    expect(Math.max(...lengths)).toBeGreaterThan(90);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(100);
  });

  test.each(TRACE_FORMATS)('is written as $name', async ({ name, extension }) => {
    const page = await open();
    const one = await choose(page, 'Export…', `one ${name}`);
    const [file] = one.attachments;
    expect(file!.filename).toMatch(
      new RegExp(`^profiler_calls_\\d{8}_\\d{6}\\.${extension.replace('.', '\\.')}$`),
    );
    expect(textOf(one)).toMatch(/^1 call of fixtures\/command\/ping\n/);
    const back = await press(one, '‹ Back');
    expect(textOf(back)).toContain('Waterfalls (3)');
    const all = await choose(back, 'Export…', `all ${name}`);
    expect(textOf(all)).toMatch(/^3 calls of /);
    expect(all.attachments[0]!.text.length).toBeGreaterThan(file!.text.length);
  });

  test('of the call that is shown, where that is another than the first', async () => {
    let page = await open();
    page = await choose(page, 'Call', entriesOf(page, 'Call')[2]!.value);
    const { attachments } = await choose(page, 'Export…', 'one json');
    const { traces } = JSON.parse(attachments[0]!.text) as { traces: Trace[] };
    expect(traces.map(({ durationMs }) => durationMs)).toEqual([5]);
  });

  test('says which shards did not answer', async () => {
    giveTraces(bot.profiler, kept(), { missingShards: [3] });
    expect(textOf(await open())).toContain('⚠ Without what did not answer: shard 3.');
  });
});

test('where there are to be no pictures, the call is drawn with characters', async () => {
  await using plain = await startBot({ pictures: false });
  plain.profiler.attach('ping');
  giveTraces(plain.profiler, [payment({ targetId: PING })]);
  const overview = await answer(plain.discord.owner.runs('profiler inspect target:ping'));
  const page = await answer(plain.discord.owner.clicks(overview, 'What the time goes to'));
  expect(page.attachments).toEqual([]);
  expect(textOf(page)).toMatch(/!\S+ +\| +q+L+b?=+\| +920ms/);
});

test('a file that is too large for Discord is compressed, and else on the machine', async () => {
  using folder = temporaryFolder();
  await using plain = await startBot({ profileDir: folder.path });
  plain.profiler.attach('ping');
  // The least that Discord lets an answer have is 10 MiB.
  const spans = Array.from({ length: 120_000 }, (_, index) =>
    spanOf(PING, index === 0 ? undefined : 0, 0, 1),
  );
  giveTraces(plain.profiler, [traceOf({ targetId: PING, spans })]);
  const overview = await answer(plain.discord.owner.runs('profiler inspect target:ping'));
  const page = await answer(plain.discord.owner.clicks(overview, 'What the time goes to'));
  const { attachments } = await answer(plain.discord.owner.chooses(page, 'Export…', 'one json'));
  expect(attachments[0]!.filename).toMatch(/\.json\.gz$/);
  const { traces } = JSON.parse(gunzipSync(attachments[0]!.bytes).toString()) as { traces: Trace[] };
  expect(traces[0]!.spans).toHaveLength(spans.length);
});

describe('whatever names are like', () => {
  const NAMES = [
    '```',
    '@everyone',
    '<@1>',
    '\u202e',
    '語'.repeat(300),
    'x|y|z',
    '\u001f',
    '👩‍👩‍👧‍👦'.repeat(60),
    '# a\n> b',
    ' ',
    '',
  ];

  test.each(NAMES)('Discord accepts each page, and mentions nobody: %j', async (name) => {
    const traces = Array.from({ length: 30 }, (_, index) =>
      hostileTrace(name, {
        targetId: PING,
        durationMs: index,
        startedAtEpochMs: index % 2 === 0 ? 0 : 8.6e15 / 2,
        parts: [
          { kind: 'limit', name, ms: index },
          { kind: 'loop', name: `${name}2`, ms: index },
        ],
      }),
    );
    giveTraces(bot.profiler, [...traces, { ...crowded(100), targetId: PING }]);
    await bot.profiler.setVerbose('ping', true);
    const pages = [await ask('profiler verbose'), await open()];
    for (const { value } of entriesOf(pages[1]!, 'Export…')) {
      pages.push(await choose(await open(), 'Export…', value));
    }
    for (const page of pages) {
      const outside = textOf(page)
        .replace(/```.*?```/gs, '')
        .replace(/`[^`\n]*`/g, '');
      expect(outside).not.toMatch(/@(everyone|here)|<@|NaN|undefined|Infinity/);
      expect(textOf(page).split('```').length % 2).toBe(1);
      expect(page.message.mentions).toEqual([]);
      expect(page.message.mention_everyone).toBe(false);
    }
    expect(bot.warnings).toEqual([]);
  });
});
