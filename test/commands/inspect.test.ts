import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { overview } from '../../src/commands/inspect/overview.ts';
import { startBot } from '../fixtures/bot.ts';
import { hold } from '../fixtures/hold.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

const PNG_SIGNATURE = '89504e470d0a1a0a';

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

/** Has commands answered, and counted. */
async function call(...names: string[]): Promise<void> {
  for (const name of names) await answer(bot.discord.user('alice').runs(name));
  const calls = async () =>
    (await bot.profiler.summary()).rows.find((row) => row.name === names.at(-1))?.count;
  await expect.poll(calls, { timeout: 5_000 }).toBeGreaterThan(0);
}

describe('the overview', () => {
  test('has the figures, their spread, and a picture', async () => {
    await call('ping', 'ping', 'ping');
    const page = await ask('profiler inspect target:ping');
    expect(page.embeds[0]!.title).toBe('ping · fixtures');
    const text = textOf(page);
    expect(text).toMatch(/🟢 slash command of `fixtures` in `\S*bot\.ts:\d+`/);
    expect(text).toMatch(/Half of its calls take over \*\*\S+\*\*, one in twenty over \*\*\S+\*\*\./);
    expect(text).toMatch(/calls +3 +a minute +\S+\nerrors +0 +aborted +0\np50 +\S+ +p95 +\S+\n/);
    expect(text).toMatch(/≤ \S+ ▏/);
    expect(text).toMatch(/Timed since <t:\d+:R>, last called <t:\d+:R>\./);
    for (const line of text
      .match(/```\n(.*?)\n```/gs)!
      .join('\n')
      .split('\n'))
      expect(line.length).toBeLessThanOrEqual(40);
    const [picture] = page.attachments;
    expect(page.embeds[0]!.image!.url).toContain('history.png');
    expect(Buffer.from(picture!.bytes.subarray(0, 8)).toString('hex')).toBe(PNG_SIGNATURE);
  });

  test('of what was not called says so, without a picture', async () => {
    const page = await ask('profiler inspect target:typingStart');
    expect(textOf(page)).toContain('It was not called in this window of time.');
    expect(page.attachments).toEqual([]);
  });

  test('has lines of characters where there are to be no pictures, or too little memory is free', async () => {
    await using plain = await startBot({ pictures: false });
    plain.profiler.attach('ping');
    await answer(plain.discord.user('alice').runs('ping'));
    const counted = async () => (await plain.profiler.summary()).rows[0]?.count;
    await expect.poll(counted, { timeout: 5_000 }).toBe(1);
    const page = await answer(plain.discord.owner.runs('profiler inspect target:ping'));
    expect(page.attachments).toEqual([]);
    expect(textOf(page)).toMatch(/p95 +[▁-█]+\ncalls +[▁-█]+/);
    await call('ping');
    using free = vi.spyOn(process, 'availableMemory').mockReturnValue(100 * 2 ** 20);
    expect((await ask('profiler inspect target:ping')).attachments).toEqual([]);
    expect(free).toHaveBeenCalled();
  });

  test('is drawn anew with one picture, and other tabs have none', async () => {
    await call('ping');
    let page = await ask('profiler inspect target:ping');
    await call('ping');
    page = await press(page, '↻');
    expect(page.attachments).toHaveLength(1);
    page = await choose(page, 'Page', 'latest');
    expect(page.attachments).toHaveLength(0);
    expect(page.embeds[0]!.image).toBeUndefined();
  });

  test('says who called it', async () => {
    const inner = { next: () => 1 };
    const outer = { play: () => inner.next() };
    bot.profiler.register('player', hold(inner));
    bot.profiler.register('queue', hold(outer));
    bot.profiler.attach('kind:method');
    outer.play();
    inner.next();
    expect(textOf(await ask('profiler inspect target:next'))).toMatch(
      /\*\*Called by\*\* `queue\/method\/play` 1× \(known of 1 of 2 calls/,
    );
  });
});

test('whose calls took the most time is told where it is asked for', async () => {
  expect(textOf(await ask('profiler inspect target:ping'))).not.toContain('By guild');
  await using busy = await startBot({ heavyHitters: ['guild', 'user'] });
  busy.profiler.attach('ping');
  await answer(busy.discord.user('alice').runs('ping'));
  const counted = async () => (await busy.profiler.summary()).rows[0]?.count;
  await expect.poll(counted, { timeout: 5_000 }).toBe(1);
  const text = textOf(await answer(busy.discord.owner.runs('profiler inspect target:ping')));
  const { name } = busy.client.guilds.cache.first()!;
  expect(text).toContain(`**By guild** \`${name}\` 100 % of the time, or more`);
  expect(text).toContain('**By user** `alice` 100 %');
  expect(text).not.toContain('By channel');
});

test('what each shard did is told where there are several', async () => {
  await call('ping');
  const details = (await bot.profiler.details('fixtures/command/ping'))!;
  const shards = [0, 1].map((shard) => ({ ...details.row, name: `shard ${shard}`, count: 10 * (shard + 1) }));
  const request = { profiler: bot.profiler, draw: async () => undefined } as never;
  const traces = await bot.profiler.traces(details.row.id);
  const { text } = await overview({ ...details, shards, traces }, { page: 0, leastMs: 0, call: '' }, request);
  expect(text).toMatch(/shard +p95 +calls +err\nshard 0 +\S+ +10 +0\nshard 1 +\S+ +20 +0\n/);
});

describe('single calls', () => {
  test('are there by slowness, time and failure, with what they failed with', async () => {
    await call('ping', 'ping', 'fail');
    let page = await ask('profiler inspect target:fail');
    page = await choose(page, 'Page', 'failed');
    expect(textOf(page)).toMatch(
      /✗ \*\*\S+\*\* <t:\d+:T>, <t:\d+:R> · `RangeError` at `\S*execute \(\S*bot\.ts:\d+:\d+\)`/,
    );
    page = await choose(await ask('profiler inspect target:ping'), 'Page', 'slowest');
    expect(textOf(page).match(/✓ \*\*/g)).toHaveLength(2);
    page = await choose(page, 'Page', 'latest');
    expect(textOf(page).match(/✓ \*\*/g)).toHaveLength(2);
    page = await choose(page, 'Page', 'failed');
    expect(textOf(page)).toContain('There are none.');
  });

  test('can be asked for from a duration on', async () => {
    await call('ping');
    const page = await choose(await ask('profiler inspect target:ping'), 'Page', 'latest');
    const { owner } = bot.discord;
    const atLeast = async (button: string, ms: string) =>
      answer(owner.submits(await owner.clicks(page, button), { ms }));
    expect(textOf(await atLeast('At least…', '60000'))).toContain('0 of 1 took 1min or more.');
    expect(textOf(await atLeast('≥ 1min', 'soon'))).toContain('⚠ That is a number of milliseconds');
    expect(textOf(await atLeast('≥ 1min', ''))).toContain('✓ **');
    expect(buttonsOf(page)).toContain('At least…');
  });

  test('are paged', async () => {
    const loop = { turn: () => 1 };
    bot.profiler.register('loop', hold(loop));
    bot.profiler.attach('kind:method');
    for (let times = 0; times < 20; times++) loop.turn();
    let page = await choose(await ask('profiler inspect target:turn'), 'Page', 'latest');
    expect(textOf(page)).toMatch(/The latest calls \(20\) · page 1\/3/);
    page = await press(page, '‹');
    expect(textOf(page)).toMatch(/page 3\/3/);
    expect(textOf(page).match(/✓/g)).toHaveLength(4);
  });
});

test('errors are grouped by kind and place, and their stacks are a file without messages', async () => {
  await call('fail', 'fail');
  const details = async () => (await bot.profiler.details('fixtures/command/fail'))?.errorGroups.length;
  await expect.poll(details, { timeout: 5_000 }).toBe(1);
  const page = await choose(await ask('profiler inspect target:fail'), 'Page', 'errors');
  expect(textOf(page)).toMatch(
    /\*\*2×\*\* `RangeError` at `\S*execute \(.*`\n-# first <t:\d+:R>, last <t:\d+:R>/,
  );
  const file = await press(page, 'Stacks as a file');
  const [{ filename, text }] = file.attachments as [(typeof file.attachments)[0]];
  expect(filename).toMatch(/^profiler_errors_\d{8}_\d{6}\.txt$/);
  expect(text).toMatch(/2× RangeError, first \d{4}-\S+, last \S+\n {4}at \S*execute/);
  expect(text).not.toContain('planted');
  const back = await press(file, '‹ Back');
  expect(back.attachments).toEqual([]);
});

describe('which target', () => {
  test('is chosen where none is named, or several are', async () => {
    await call('ping');
    let page = await ask('profiler inspect');
    expect(textOf(page)).toContain('6 targets to choose from.');
    page = await choose(page, 'Inspect…', 'fixtures/command/ping');
    expect(page.embeds[0]!.title).toBe('ping · fixtures');
    page = await ask('profiler inspect target:listeners');
    expect(textOf(page)).toContain('2 targets to choose from.');
  });

  test('is taken from the view, and back', async () => {
    await call('ping');
    const view = await choose(await ask('profiler view'), 'Sort', 'name');
    const page = await choose(view, 'Inspect…', 'fixtures/command/ping');
    expect(page.embeds[0]!.title).toBe('ping · fixtures');
    const back = await press(page, '‹ Back');
    expect(textOf(back)).toMatch(/What takes the time[\s\S]*by name ↑/);
    expect(back.attachments).toEqual([]);
  });

  test('can have an id as long as they come', async () => {
    const name = 'x'.repeat(90);
    bot.profiler.register('c'.repeat(90), hold({ [name]: () => 1 }));
    bot.profiler.attach('kind:method');
    const [choice] = await bot.discord.owner.types('profiler inspect target:xxx');
    let page = await answer(bot.discord.owner.runs('profiler inspect', { target: choice!.value }));
    expect(page.embeds[0]!.title).toContain(name);
    page = await choose(page, 'Page', 'latest');
    expect(page.embeds[0]!.title).toContain(name);
  });

  test('that nobody knows is told apart from one that is misspelt', async () => {
    expect(textOf(await ask('profiler inspect target:pnig'))).toMatch(/Did you mean .*ping/);
    expect(textOf(await ask('profiler inspect target:zzzzzzzzzzzz'))).toContain(
      'nothing called "zzzzzzzzzzzz"',
    );
  });

  test('can be detached and attached from its page', async () => {
    const page = await ask('profiler inspect target:ping');
    const detached = await press(page, 'Detach');
    expect(textOf(detached)).toContain('Detached 1 target');
    expect(bot.profiler.tracked.has('fixtures/command/ping')).toBe(false);
  });
});
