import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Profiler } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import type { Posted, Run } from '../standin/standin.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

const ACTION_ROW = 1;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
});
afterEach(() => bot[Symbol.asyncDispose]());

async function answer(run: Promise<Run>): Promise<Posted> {
  return (await run).reply();
}

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const text = ({ embeds: [embed] }: Posted) => `${embed?.title}\n${embed?.description}`;
const tableOf = (reply: Posted) =>
  /```\n(.*)\n```/s.exec(reply.content || reply.embeds[0]!.description!)![1]!.split('\n');

describe('attach and detach', () => {
  test('a cog, one target, several, and all; twice says so', async () => {
    expect(text(await ask('profiler attach target:ping'))).toContain('Attached 1 target');
    expect(text(await ask('profiler attach target:ping'))).toMatch(
      /Nothing new to attach[\s\S]*Timed already[\s\S]*command\/ping/,
    );
    expect(text(await ask('profiler attach target:queue add, queue list'))).toContain('Attached 2 targets');
    expect(text(await ask('profiler attach target:all'))).toContain('Attached 3 targets');
    expect([...bot.profiler.tracked.keys()].map((id) => id.split('/').slice(1).join('/')).sort()).toEqual([
      'command/fail',
      'command/ping',
      'command/queue add',
      'command/queue list',
      'listener/messageCreate',
      'listener/typingStart',
    ]);
    expect(text(await ask('profiler detach target:queue add'))).toContain('Detached 1 target');
    expect(text(await ask('profiler detach target:all'))).toContain('Detached 5 targets');
    expect(text(await ask('profiler detach target:all'))).toContain('Nothing is timed');
  });

  test('the dispatcher is only attached by its name, and detached with all', async () => {
    await ask('profiler attach target:all');
    expect(bot.profiler.tracked.size).toBe(6);
    await ask('profiler attach target:interactionCreate');
    expect(bot.profiler.tracked.size).toBe(7);
    await ask('profiler detach target:all');
    expect(bot.profiler.tracked.size).toBe(0);
  });

  test('an unknown target gets the nearest names, and buttons that attach them', async () => {
    const reply = await ask('profiler attach target:quue add');
    expect(text(reply)).toMatch(/nothing called "quue add"[\s\S]*Did you mean [\s\S]*queue add/);
    const button = reply.allComponents.find(({ label }) => String(label).endsWith('queue add'))!;
    const attached = await answer(bot.discord.owner.clicks(reply, button['custom_id'] as string));
    expect(text(attached)).toContain('Attached 1 target');
    expect(text(await ask('profiler attach target:zzzzzzzzzzzzzzz'))).toMatch(
      /nothing called "z+" to track\.\n/,
    );
  });

  test('autocomplete ranks what begins with the text before what contains it, before misspellings', async () => {
    const names = async (typed: string) =>
      (await bot.discord.owner.types(`profiler attach target:${typed}`)).map(
        ({ name }) => name.split(' · ')[0],
      );
    expect((await names(''))[0]).toBe('all');
    expect((await names('queue'))[0]).toMatch(/queue add$/);
    expect((await names('li'))[0]).toBe('listeners');
    expect((await names('add'))[0]).toMatch(/queue add$/);
    expect((await names('pnig'))[0]).toMatch(/ping$/);
    expect(await names('xxxxxxxxxxxx')).toEqual([]);
    expect(await bot.discord.owner.types('profiler detach target:')).toEqual([]);
    await ask('profiler attach target:ping');
    expect(await bot.discord.owner.types('profiler detach target:')).toHaveLength(4);
  });

  test('what was offered can be chosen', async () => {
    for (const { value } of await bot.discord.owner.types('profiler attach target:')) {
      const reply = await answer(bot.discord.owner.runs('profiler attach', { target: value }));
      expect(text(reply)).toMatch(/Attached|Nothing new/);
    }
  });
});

describe('view', () => {
  test('says what to do while nothing is attached, and does it', async () => {
    const reply = await ask('profiler view');
    expect(text(reply)).toContain('Nothing is timed yet');
    expect(text(await answer(bot.discord.owner.clicks(reply, 'Attach all')))).toContain('Attached 6 targets');
  });

  test('counts what Discord served, by subcommand, with errors', async () => {
    await ask('profiler attach target:all');
    const user = bot.discord.user('alice');
    for (const command of ['ping', 'queue add', 'queue add', 'queue list', 'fail'])
      await answer(user.runs(command));
    await user.says('hello');
    await expect
      .poll(async () => (await counts(bot.profiler))['fixtures/command/fail'], { timeout: 5_000 })
      .toBe(1);
    expect(await counts(bot.profiler)).toEqual({
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
    const view = await ask('profiler view');
    expect(view.embeds[0]!.description).toMatch(/^\d+ calls in \d\S* that were measured\.\n```/);
    const table = tableOf(view);
    expect(table.find((line) => line.includes('queue add'))).toMatch(
      /^\/fi?x?t?u?r?e?s?·queue add +\S+ +2 +0 +\S+$/,
    );
    for (const line of table) expect(line.length).toBeLessThanOrEqual(40);
    const calls = bot.profiler.calls('fixtures/command/fail')!;
    expect(calls.latest).toHaveLength(1);
    expect(calls.latest[0]).toMatchObject({ outcome: 'error' });
  });

  test('sorts, reverses, groups by cog and by shard, widens and pages; every page stays within the list', async () => {
    await ask('profiler attach target:all');
    const { owner } = bot.discord;
    await answer(bot.discord.user('alice').runs('ping'));
    let view = await ask('profiler view');
    const select = view.allComponents.find(({ options }) => Array.isArray(options))!['custom_id'] as string;
    view = await answer(owner.chooses(view, select, 'name'));
    const names = () =>
      tableOf(view)
        .slice(1)
        .map((line) => line.slice(0, 16).trim());
    const ascending = [
      '/fixtures·fail',
      '~fix·messageCre…',
      '/fixtures·ping',
      '/fixtu·queue add',
      '/fixt·queue list',
      '~fix·typingStart',
    ];
    expect(names()).toEqual(ascending);
    view = await answer(owner.clicks(view, 'Reverse'));
    expect(names()).toEqual(ascending.toReversed());
    view = await answer(owner.clicks(view, 'By cog'));
    expect(text(view)).toMatch(/^Cogs\n/);
    expect(names()).toEqual(['fixtures']);
    view = await answer(owner.clicks(view, 'By shard'));
    expect(text(view)).toMatch(/^Shards\n/);
    expect(names()).toEqual(['shard 0']);
    view = await answer(owner.clicks(view, 'By target'));
    expect(text(view)).toMatch(/^Targets\n/);
    expect(names()).toEqual(ascending.toReversed());
    view = await answer(owner.clicks(view, 'Wide table'));
    expect(tableOf(view)[0]).toMatch(/target +calls +\/min +err +min +mean +p50 +p95 +p99 +max +impact/);
    view = await answer(owner.clicks(view, 'Narrow table'));
    expect(view.content).toBe('');
    await expect(owner.clicks(view, '◀ Back')).rejects.toThrow('disabled');
    await expect(owner.clicks(view, 'Next ▶')).rejects.toThrow('disabled');
  });

  test('shows another window of time, and says over how much of it was measured', async () => {
    await ask('profiler attach target:ping');
    await answer(bot.discord.user('alice').runs('ping'));
    await expect
      .poll(async () => (await counts(bot.profiler))['fixtures/command/ping'], { timeout: 5_000 })
      .toBe(1);
    let view = await ask('profiler view');
    const [, select] = view.allComponents.filter(({ options }) => Array.isArray(options));
    const values = (select!['options'] as { value: string }[]).map(({ value }) => value);
    expect(values).toEqual(['all', '5m', '1h', '1d', 'start', 'reload']);
    for (const value of values) {
      const menu = view.allComponents.filter(({ options }) => Array.isArray(options))[1]!;
      view = await answer(bot.discord.owner.chooses(view, menu['custom_id'] as string, value));
      expect(text(view)).toMatch(/^Targets\n1 calls in \S+ that were measured\.\n/);
    }
  });

  test('a menu outlives a restart of the profiler: its state is in its custom ids', async () => {
    await ask('profiler attach target:all');
    const view = await ask('profiler view');
    await bot.profiler.destroy();
    const { Profiler } = await import('../../src/index.ts');
    await using restarted = new Profiler(bot.client);
    expect(text(await answer(bot.discord.owner.clicks(view, 'Refresh')))).toContain('Nothing is timed yet');
    restarted.attach('all');
  });

  test('its components are disabled before its token ends', async () => {
    bot.profiler.attach('all');
    using timeouts = vi.spyOn(globalThis, 'setTimeout');
    const view = await ask('profiler view');
    const usable = () => view.allComponents.filter(({ type, disabled }) => type !== ACTION_ROW && !disabled);
    expect(usable().length).toBeGreaterThan(5);
    const [expire, delayMs] = await bot.discord.until(
      () => timeouts.mock.calls.find(([, ms]) => ms !== undefined && ms > 10 * 60_000),
      'the time when the components expire',
    );
    expect(delayMs).toBeLessThan(15 * 60_000);
    expire();
    await view.until(() => usable().length === 0);
    expect(text(view)).toContain('Targets');
  });
});

test('settings and help tell how things stand', async () => {
  await ask('profiler attach target:ping');
  const fields = (await ask('profiler settings')).embeds[0]!.fields!;
  expect(fields.find(({ name }) => name === 'Timed')!.value).toMatch(/^1 of \d targets/);
  expect(fields.find(({ name }) => name === 'Kept for')!.value).toBe('1h');
  expect(fields.find(({ name }) => name === 'Kept in')!.value).toMatch(
    /^memory; saving is off\n\d\S* (B|[KMG]iB) in memory, \d\S* (B|[KMG]iB) packed$/,
  );
  const help = await ask('profiler help');
  expect(help.embeds[0]!.footer!.text).toMatch(
    /^cogscope \d+\.\d+\.\d+ · Node \d+\.\d+\.\d+ · discord\.js 14\.\d+\.\d+$/,
  );
  expect(text(await answer(bot.discord.owner.clicks(help, 'View')))).toContain('Targets');
});

test("the bot's own listeners never see our interactions, and nothing of ours is among them", async () => {
  await ask('profiler attach target:all');
  const view = await ask('profiler view');
  await answer(bot.discord.owner.clicks(view, 'Refresh'));
  await bot.discord.owner.types('profiler attach target:p');
  expect(bot.unknown).toEqual([]);
  expect(bot.client.listenerCount('interactionCreate')).toBe(1);
  expect(bot.profiler.targets.has('fixtures/listener/interactionCreate')).toBe(true);
});

describe('when Discord fails us', () => {
  test('500 on our answer is retried by discord.js, and the owner sees it', async () => {
    const fault = bot.discord.fault({ path: /callback/, status: 500, times: 2 });
    expect(text(await ask('profiler help'))).toContain('How to find');
    expect(fault.hits).toBe(2);
  });

  test('429 on our edit is waited for', async () => {
    const fault = bot.discord.fault({
      path: /messages\/(@|%40)original/,
      status: 429,
      retryAfterMs: 50,
      times: 1,
    });
    expect(text(await ask('profiler help'))).toContain('How to find');
    expect(fault.hits).toBe(1);
  });

  test('an answer that cannot be given at all is told to the logger, and nobody else', async () => {
    bot.discord.fault({ path: /callback/, status: 403, code: 50_001, times: 1 });
    await bot.discord.owner.runs('profiler help');
    await bot.discord.until(() => bot.warnings.length > 0, 'a warning');
    expect(bot.warnings).toEqual([expect.stringContaining('An answer could not be given')]);
    expect(text(await ask('profiler help'))).toContain('How to find');
  });
});

async function counts(profiler: Profiler): Promise<Record<string, number>> {
  const { rows } = await profiler.summary();
  return Object.fromEntries(rows.map(({ id, count }) => [id, count]));
}
