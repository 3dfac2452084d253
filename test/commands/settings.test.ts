import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let folder: ReturnType<typeof temporaryFolder>;
let bot: Bot;
beforeEach(async () => {
  folder = temporaryFolder();
  bot = await startBot({ profileDir: folder.path });
});
afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const open = () => answer(bot.discord.owner.runs('profiler settings'));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const choose = (page: Posted, select: string, values: string | string[]) =>
  answer(bot.discord.owner.chooses(page, select, values));

/** Fills in the form that a button opens. */
async function fill(page: Posted, button: string, answers: Record<string, string>): Promise<Posted> {
  const { owner } = bot.discord;
  return answer(owner.submits(await owner.clicks(page, button), answers));
}

function chosenIn(page: Posted, placeholder: string): string[] {
  const menu = page.allComponents.find((component) => component['placeholder'] === placeholder)!;
  return (menu['options'] as { value: string; default?: boolean }[])
    .filter((option) => option.default)
    .map(({ value }) => value);
}

test('kinds are switched on and off where they stand', async () => {
  bot.profiler.attach('all');
  const page = await open();
  const on = chosenIn(page, 'Kinds that are timed');
  // Switched off by the fixture.
  expect(on).not.toContain('task');
  expect(on).toContain('listener');
  const after = await choose(
    page,
    'Kinds that are timed',
    on.filter((kind) => kind !== 'listener'),
  );
  expect(textOf(after)).toMatch(/✓ event listener is off\.[\s\S]*Timed: 4 of/);
  expect(bot.profiler.rules.isOn('listener')).toBe(false);
  expect([...bot.profiler.tracked.values()].map(({ kind }) => kind)).not.toContain('listener');
  const again = await choose(after, 'Kinds that are timed', on);
  expect(textOf(again)).toMatch(/✓ event listener is on\.[\s\S]*Timed: 6 of/);
  expect(textOf(await choose(again, 'Kinds that are timed', on))).toContain('Nothing was changed.');
});

test('figures are kept longer at once, and shorter after a question', async () => {
  let page = await open();
  expect(chosenIn(page, 'Keep figures for…')).toEqual(['1']);
  page = await choose(page, 'Keep figures for…', '24');
  expect(textOf(page)).toContain('✓ Figures are kept for 24h from now on.');
  expect(bot.profiler.retentionMs).toBe(86_400_000);
  const asked = await choose(page, 'Keep figures for…', '6');
  expect(textOf(asked)).toContain('Keep figures for only 6h?');
  expect(bot.profiler.retentionMs).toBe(86_400_000);
  page = await press(asked, '‹ Back');
  expect(chosenIn(page, 'Keep figures for…')).toEqual(['24']);
  const changed = await press(await choose(page, 'Keep figures for…', '6'), 'Forget what is older than 6h');
  expect(textOf(changed)).toContain('Figures are kept for 6h');
  page = await press(changed, '‹ Back');
  expect(chosenIn(page, 'Keep figures for…')).toEqual(['6']);
});

test('another time is typed, and refused where it makes no sense', async () => {
  const page = await open();
  const { owner } = bot.discord;
  const other = () => owner.chooses(page, 'Keep figures for…', 'other');
  await answer(owner.submits(await other(), { hours: '36,5' }));
  expect(bot.profiler.retentionMs).toBe(36.5 * 3_600_000);
  expect(chosenIn(page, 'Keep figures for…')).toEqual([]);
  for (const hours of ['0', '-1', 'NaN', '2161', 'soon']) {
    await answer(owner.submits(await other(), { hours }));
    expect(textOf(page)).toContain('⚠ The option `hours` must be a number from 0.0167 to 2160.');
  }
  expect(bot.profiler.retentionMs).toBe(36.5 * 3_600_000);
});

test('single calls are kept from a threshold on', async () => {
  let page = await fill(await open(), 'Single calls…', { ms: '250' });
  expect(textOf(page)).toMatch(/✓ Calls of 250ms or more are kept[\s\S]*Single calls: kept from 250ms on/);
  expect(bot.profiler.rules.thresholdMs).toBe(250);
  page = await fill(page, 'Single calls…', { ms: 'many' });
  expect(textOf(page)).toContain('⚠ The option `ms` must be a number');
  expect(bot.profiler.rules.thresholdMs).toBe(250);
});

test('the ignore list is edited as a list', async () => {
  bot.profiler.attach('all');
  let page = await fill(await open(), 'Ignore list…', { patterns: '*/listener/*\n\n PING ' });
  expect(textOf(page)).toMatch(/✓ The list is changed\.[\s\S]*Ignored: `\*\/listener\/\*`, `ping`/);
  expect([...bot.profiler.tracked.values()].map(({ name }) => name).sort()).toEqual([
    'fail',
    'queue add',
    'queue list',
  ]);
  page = await fill(page, 'Ignore list…', { patterns: 'ping' });
  expect(bot.profiler.rules.ignored).toEqual(['ping']);
  page = await fill(page, 'Ignore list…', { patterns: '' });
  expect(bot.profiler.rules.ignored).toEqual([]);
  expect(bot.profiler.tracked.size).toBe(6);
  expect(buttonsOf(page)).toContain('Ignore list…');
});

test('leads to what is timed and to saving, and back', async () => {
  const tracked = await press(await open(), 'What is timed…');
  expect(textOf(tracked)).toMatch(/^0 of \d targets are timed/);
  const page = await press(tracked, '‹ Back');
  expect(textOf(page)).toMatch(/^Settings\n/);
  const saved = await press(page, 'Save over restarts');
  expect(textOf(saved)).toContain('Saving is on');
  expect(textOf(await press(saved, '‹ Back'))).toMatch(/^Settings\n/);
});
