import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
});
afterEach(() => bot[Symbol.asyncDispose]());

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const choose = (page: Posted, select: string, value: string) =>
  answer(bot.discord.owner.chooses(page, select, value));

function tableOf(page: Posted): string[] {
  const block = /```(?:ansi)?\n(.*)\n```/s.exec(page.content)![1]!;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours a line.
  return block.replace(/\u001b\[\d*m/g, '').split('\n');
}

/** What stands in the first column. */
function namesIn(page: Posted, width = 16): string[] {
  return tableOf(page)
    .slice(1)
    .map((line) => line.slice(0, width).trim());
}

async function counts(): Promise<Record<string, number>> {
  const { rows } = await bot.profiler.summary();
  return Object.fromEntries(rows.map(({ id, count }) => [id, count]));
}

/** Has a command answered once, and counted. */
async function call(...names: string[]): Promise<void> {
  for (const name of names) await answer(bot.discord.user('alice').runs(name));
  const id = `fixtures/command/${names.at(-1)}`;
  await expect.poll(async () => (await counts())[id], { timeout: 5_000 }).toBeGreaterThan(0);
}

test('says what to do while nothing is attached, and does it', async () => {
  const page = await ask('profiler view');
  expect(textOf(page)).toContain('Nothing is timed yet');
  expect(textOf(await press(page, 'Attach all'))).toContain('Attached 6 targets');
});

test('counts what Discord served, by subcommand, with errors', async () => {
  await ask('profiler attach target:all');
  await call('ping', 'queue add', 'queue add', 'queue list', 'fail');
  await bot.discord.user('alice').says('hello');
  expect(await counts()).toEqual({
    'fixtures/command/ping': 1,
    'fixtures/command/queue add': 2,
    'fixtures/command/queue list': 1,
    'fixtures/command/fail': 1,
    'fixtures/listener/messageCreate': expect.any(Number),
    'fixtures/listener/typingStart': 0,
  });
  const { rows } = await bot.profiler.summary();
  expect(rows.find(({ name }) => name === 'fail')).toMatchObject({
    errors: 1,
    errorKinds: [['RangeError', 1]],
  });
  const page = await ask('profiler view');
  expect(page.content).toMatch(
    /^(🔴|🟢) `[\w ]+` of `fixtures` has \*\*\d+ %\*\* of the impact: .*\n(🔴 Slow or failing too: `fail`.\n)?```\n/,
  );
  expect(page.embeds[0]!.description).toMatch(/^\d+ calls, 1 error; measured over \S+\.$/);
  expect(tableOf(page).find((line) => line.includes('queue add'))).toMatch(
    /^ \/fi?x?t?u?r?e?s?·queue add +\S+ +2 +0 +\S+$/,
  );
  expect(tableOf(page).find((line) => line.includes('fail'))).toMatch(/^!\//);
  const calls = bot.profiler.calls('fixtures/command/fail')!;
  expect(calls.latest).toHaveLength(1);
  expect(calls.latest[0]).toMatchObject({ outcome: 'error' });
});

describe('the table', () => {
  test('sorts by each figure in both directions', async () => {
    await ask('profiler attach target:all');
    await call('ping');
    let page = await choose(await ask('profiler view'), 'Sort', 'name');
    const byName = namesIn(page);
    expect(byName).toHaveLength(6);
    expect(byName.map((name) => name.replace(/.*·/, '')).slice(0, 3)).toEqual([
      'fail',
      expect.stringMatching(/^message/),
      'ping',
    ]);
    page = await press(page, 'Sort ↓');
    expect(namesIn(page)).toEqual(byName.toReversed());
    const select = page.allComponents.find(({ placeholder }) => placeholder === 'Sort')!;
    for (const { value } of select['options'] as { value: string }[]) {
      page = await choose(page, 'Sort', value);
      expect(textOf(page)).toMatch(value === 'name' ? /by name ↑/ : /by .+ ↓/);
      expect(namesIn(page)).toHaveLength(6);
      for (const line of tableOf(page)) expect(line.length).toBeLessThanOrEqual(40);
    }
  });

  test('a figure that is sorted by is shown', async () => {
    await ask('profiler attach target:all');
    const page = await choose(await ask('profiler view'), 'Sort', 'p99');
    expect(tableOf(page)[0]).toMatch(/^ target +p95 +calls +err +p99$/);
  });

  test('is by target, cog and shard; a cog leads to its targets', async () => {
    await ask('profiler attach target:all');
    let page = await press(await ask('profiler view'), 'By cog');
    expect(textOf(page)).toMatch(/What takes the time, by cog\n/);
    expect(namesIn(page)).toEqual(['fixtures']);
    const ofCog = await choose(page, 'Show the targets of…', 'fixtures');
    expect(textOf(ofCog)).toMatch(/by target\n[\s\S]*Only `cog:fixtures`: 6 of 6\./);
    page = await press(await press(ofCog, 'By cog'), 'By shard');
    expect(textOf(page)).toMatch(/What takes the time, by shard\n/);
    expect(namesIn(page)).toEqual(['shard 0']);
    page = await press(await press(page, 'Acks'), 'REST');
    expect(textOf(await press(page, 'By target'))).toMatch(/by target\n/);
  });

  test('has other columns on request, all of them in the width of the window, in colour', async () => {
    await ask('profiler attach target:all');
    await call('fail');
    let page = await ask('profiler view');
    expect(tableOf(page)[0]).toMatch(/^ target +p95 +calls +err +imp\.$/);
    page = await press(page, 'Times');
    expect(tableOf(page)[0]).toMatch(/^ target +p50 +p95 +p99 +max$/);
    page = await press(page, 'Rates');
    expect(tableOf(page)[0]).toMatch(/^ target +\/min +calls +err +total$/);
    page = await press(page, 'All columns');
    expect(tableOf(page)[0]).toMatch(/^ target +calls +\/min +err +mean +p50 +p95 +p99 +max +impact$/);
    expect(page.content).toContain('```ansi');
    expect(page.content).toContain('\u001b[31m!/fixtures·fail');
    page = await press(page, 'Overview');
    expect(page.content).not.toContain('ansi');
  });

  test('is filtered by words, cog, kind, errors and durations', async () => {
    await ask('profiler attach target:all');
    await call('ping', 'fail');
    let page = await ask('profiler view');
    const filtered = async (filter: string) => {
      const run = await bot.discord.owner.clicks(page, filter === first ? 'Filter' : 'Filter ✓');
      page = await answer(bot.discord.owner.submits(run, { filter }));
      return namesIn(page).map((name) => name.replace(/.*·/, ''));
    };
    const first = 'QUEUE';
    expect((await filtered(first)).sort()).toEqual(['queue add', expect.stringMatching(/list$/)]);
    expect(await filtered('err:')).toEqual(['fail']);
    expect(await filtered('err:range')).toEqual(['fail']);
    expect(await filtered('err:type')).toEqual([]);
    expect(await filtered('kind:listeners')).toHaveLength(2);
    expect(await filtered('cog:fixtures kind:command')).toHaveLength(4);
    expect(await filtered('>10min')).toEqual([]);
    expect((await filtered('<10min cog:fix')).length).toBeGreaterThanOrEqual(2);
    expect(textOf(page)).toContain('Only `<10min cog:fix`');
    expect(await filtered('')).toHaveLength(6);
    expect(buttonsOf(page)).toContain('Filter');
  });

  test('is paged round and round, and by number', async () => {
    for (let index = 0; index < 23; index++) bot.profiler.register(`cog${index}`, { run() {} });
    await ask('profiler attach target:kind:method');
    let page = await ask('profiler view');
    expect(namesIn(page)).toHaveLength(10);
    expect(textOf(page)).toContain('Page 1/3');
    page = await press(page, '‹');
    expect(textOf(page)).toContain('Page 3/3');
    expect(namesIn(page)).toHaveLength(3);
    page = await press(page, '›');
    expect(textOf(page)).toContain('Page 1/3');
    page = await answer(
      bot.discord.owner.submits(await bot.discord.owner.clicks(page, '1/3'), { page: '2' }),
    );
    expect(textOf(page)).toContain('Page 2/3');
    page = await answer(
      bot.discord.owner.submits(await bot.discord.owner.clicks(page, '2/3'), { page: 'two' }),
    );
    expect(textOf(page)).toMatch(/⚠ A page is a number[\s\S]*Page 2\/3/);
  });
});

test('shows another window of time, and says over how much of it was measured', async () => {
  await bot.profiler.setRetention(48);
  await ask('profiler attach target:ping');
  await call('ping');
  let page = await ask('profiler view');
  const select = page.allComponents.find(({ placeholder }) => placeholder === 'Window')!;
  const values = (select['options'] as { value: string }[]).map(({ value }) => value);
  expect(values).toEqual(['all', '5m', '1h', '1d', 'start', 'reload']);
  for (const value of values) {
    page = await choose(page, 'Window', value);
    expect(textOf(page)).toMatch(/\n1 call, 0 errors; measured over \d\S*\.\n/);
  }
});

test('windows beyond what is kept are not offered', async () => {
  await ask('profiler attach target:ping');
  const { allComponents } = await ask('profiler view');
  const select = allComponents.find(({ placeholder }) => placeholder === 'Window')!;
  expect((select['options'] as { value: string }[]).map(({ value }) => value)).toEqual([
    'all',
    '5m',
    'start',
    'reload',
  ]);
});

test('leads to what is timed, and back', async () => {
  await ask('profiler attach target:ping');
  const view = await choose(await ask('profiler view'), 'Sort', 'name');
  const tracked = await press(view, 'Attach…');
  expect(textOf(tracked)).toMatch(/^1 of \d targets are timed\n◐ `fixtures` 1 of \d/);
  const added = await choose(tracked, 'Attach…', 'kind:listener');
  expect(textOf(added)).toContain('Attached 2 targets');
  const again = await press(added, '‹ Back');
  expect(textOf(again)).toMatch(/^3 of \d targets are timed/);
  const removed = await choose(again, 'Detach…', 'all');
  expect(textOf(removed)).toContain('Detached 3 targets');
  const named = await bot.discord.owner.clicks(await press(removed, '‹ Back'), 'Attach by name');
  expect(textOf(await answer(bot.discord.owner.submits(named, { query: 'pign' })))).toMatch(
    /No such target[\s\S]*Did you mean/,
  );
  await press(view, 'Attach fixtures/command/ping');
  expect(textOf(await press(await press(view, '‹ Back'), '‹ Back'))).toMatch(
    /What takes the time[\s\S]*by name ↑/,
  );
});
