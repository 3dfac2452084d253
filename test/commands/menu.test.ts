import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Session } from '../../src/commands/desk/session.ts';
import { Profiler } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { hold } from '../fixtures/hold.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

const ACTION_ROW = 1;
const LIVE_EVERY_MS = 10_000;

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot({}, { team: { members: [{ name: 'member', role: 'developer' }] }, users: ['member'] });
  for (let index = 0; index < 25; index++) bot.profiler.register(`cog${index}`, hold({ run() {} }));
  bot.profiler.attach('kind:method');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await bot[Symbol.asyncDispose]();
});

const view = () => answer(bot.discord.owner.runs('profiler view'));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));

test('a menu outlives a restart of the profiler: its state is in its custom ids', async () => {
  const page = await press(await answer(bot.discord.owner.chooses(await view(), 'Sort', 'name')), '›');
  await bot.profiler.destroy();
  await using restarted = new Profiler(bot.client);
  restarted.attach('all');
  expect(textOf(await press(page, '↻'))).toContain('by name ↑');
});

test('clicks that come close together all count, in their order', async () => {
  const page = await view();
  const { owner } = bot.discord;
  await Promise.all([
    owner.clicks(page, '›'),
    owner.clicks(page, '›'),
    owner.chooses(page, 'Sort', 'name'),
    owner.clicks(page, 'Times'),
  ]);
  await page.until((now) => textOf(now).includes('by name ↑') && textOf(now).includes('p99'));
  await Promise.all([owner.clicks(page, '›'), owner.clicks(page, '›')]);
  await page.until((now) => textOf(now).includes('Page 3/3'));
  expect(textOf(page)).toContain('by name ↑');
});

test('is drawn anew by itself when asked to, until it is stopped, or for five minutes', async () => {
  const intervals = vi.spyOn(globalThis, 'setInterval');
  const tick = () => intervals.mock.calls.findLast(([, ms]) => ms === LIVE_EVERY_MS)![0]();
  let page = await press(await view(), 'Live');
  expect(textOf(page)).toContain('drawn anew every 10 s');
  const edits = page.edits;
  bot.profiler.detach('cog24');
  tick();
  page = await page.edited(edits + 1);
  expect(textOf(page)).toContain('drawn anew every 10 s');
  // Other clicks do not end it.
  page = await press(page, '›');
  expect(buttonsOf(page)).toContain('Stop live');
  page = await press(page, 'Stop live');
  expect(buttonsOf(page)).toContain('Live');
  page = await press(page, 'Live');
  const { now } = Date;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 5 * 60_000);
  tick();
  await page.until((last) => buttonsOf(last).includes('Live'));
  expect(textOf(page)).not.toContain('drawn anew');
});

test('live ends when the message is gone', async () => {
  const intervals = vi.spyOn(globalThis, 'setInterval');
  const ended = vi.spyOn(globalThis, 'clearInterval');
  await press(await view(), 'Live');
  const index = intervals.mock.calls.findLastIndex(([, ms]) => ms === LIVE_EVERY_MS);
  bot.discord.fault({ path: /messages\/(@|%40)original/, status: 404, code: 10_008, times: 1 });
  intervals.mock.calls[index]![0]();
  const timer = intervals.mock.results[index]!.value;
  await bot.discord.until(() => ended.mock.calls.some(([ended]) => ended === timer), 'the end of live');
  expect(bot.warnings).toEqual([]);
});

test('its components are disabled before its token ends, and the page stays as it is', async () => {
  using timeouts = vi.spyOn(globalThis, 'setTimeout');
  const page = await view();
  const usable = () => page.allComponents.filter(({ type, disabled }) => type !== ACTION_ROW && !disabled);
  expect(usable().length).toBeGreaterThan(5);
  const [expire, delayMs] = await bot.discord.until(
    () => timeouts.mock.calls.findLast(([, ms]) => ms !== undefined && ms > 10 * 60_000),
    'the time when the components expire',
  );
  expect(delayMs).toBeLessThan(15 * 60_000);
  const text = textOf(page);
  expire();
  await page.until(() => usable().length === 0);
  expect(textOf(page)).toBe(text);
});

test('a message that was dismissed before the answer came is sent again', async () => {
  const page = await view();
  bot.discord.fault({ path: /messages\/(@|%40)original/, status: 404, code: 10_008, times: 1 });
  const run = await bot.discord.owner.clicks(page, '›');
  const again = await run.followUp();
  expect(again.ephemeral).toBe(true);
  expect(textOf(again)).toContain('Page 2/3');
  expect(textOf(await press(again, '›'))).toContain('Page 3/3');
});

test('a token that has ended, and a permission that was lost, trouble nobody', async () => {
  const page = await view();
  for (const code of [10_015, 50_027]) {
    bot.discord.fault({ path: /messages\/(@|%40)original/, status: 404, code, times: 1 });
    await (await bot.discord.owner.clicks(page, '›')).acknowledgement();
  }
  bot.discord.fault({ path: /messages\/(@|%40)original/, status: 403, code: 50_001, times: 1 });
  await (await bot.discord.owner.clicks(page, '›')).acknowledgement();
  await bot.discord.until(() => bot.warnings.length > 0, 'a warning');
  expect(bot.warnings).toEqual([expect.stringContaining('An answer could not be given')]);
  expect(textOf(await press(page, '›'))).toContain('Page 2/3');
});

test('a form that is dismissed changes nothing, and one that is sent counts from what is shown then', async () => {
  const page = await view();
  const { owner } = bot.discord;
  const first = await owner.clicks(page, 'Filter');
  await first.modal();
  const second = await owner.clicks(page, 'Filter');
  await press(page, '›');
  expect(textOf(page)).toContain('Page 2/3');
  await answer(owner.submits(second, { filter: 'cog1' }));
  expect(textOf(page)).toMatch(/Only `cog1`: 11 of 25\.[\s\S]*Page 1\/2/);
  // The modal shows what is set.
  const modal = await (await owner.clicks(page, 'Filter ✓')).modal();
  expect(JSON.stringify(modal)).toContain('"value":"cog1"');
});

test('answers only the one who opened it', async () => {
  const page = await view();
  const { owner } = bot.discord;
  // Ours are seen by their owner alone: for another to click, ours have to stand in a public answer.
  const run = await owner.runs('ping');
  const posted = await run.reply();
  await bot.client.rest.patch(
    `/webhooks/${bot.client.application!.id}/${run.interaction.token}/messages/@original`,
    {
      body: { components: page.components },
      auth: false,
    },
  );
  const refused = await answer(bot.discord.user('member').clicks(posted, '›'));
  expect(refused.ephemeral).toBe(true);
  expect(refused.content).toContain('answers the one who opened it');
  expect(textOf(await answer(owner.clicks(posted, '›')))).toContain('Page 2/3');
});

test('components of what is no more say so', async () => {
  const page = await view();
  const components = structuredClone(page.components) as { components: { custom_id: string }[] }[];
  for (const row of components) {
    for (const component of row.components) {
      component.custom_id = component.custom_id.replace('cogscope:view', 'cogscope:former');
    }
  }
  const run = await bot.discord.owner.runs('ping');
  const posted = await run.reply();
  await bot.client.rest.patch(
    `/webhooks/${bot.client.application!.id}/${run.interaction.token}/messages/@original`,
    {
      body: { components },
      auth: false,
    },
  );
  expect(textOf(await answer(bot.discord.owner.clicks(posted, '↻')))).toContain('That did not work');
});

test('what is remembered of a message ends, though nothing was ever shown in it', () => {
  vi.useFakeTimers();
  const ended = vi.fn();
  const session = new Session(ended);
  session.remember('view', '1');
  vi.advanceTimersByTime(15 * 60_000);
  vi.useRealTimers();
  expect(ended).toHaveBeenCalledOnce();
});
