import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verboseCost } from '../../src/commands/pages/verbose-cost.ts';
import { startBot } from '../fixtures/bot.ts';
import { hold } from '../fixtures/hold.ts';
import { giveTraces, payment } from '../fixtures/traces.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

const PING = 'fixtures/command/ping';
const HOUR_MS = 3_600_000;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
  bot.profiler.attach('all');
});
afterEach(() => bot[Symbol.asyncDispose]());

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const choose = (page: Posted, select: string, value: string | string[]) =>
  answer(bot.discord.owner.chooses(page, select, value));
const verbose = () => [...bot.profiler.verbose.keys()].sort();

test('without a target, tells how to begin and what it costs', async () => {
  const page = await ask('profiler verbose');
  expect(textOf(page)).toMatch(/^Nothing is verbose\n/);
  expect(textOf(page)).toContain(verboseCost());
  expect(buttonsOf(page)).toEqual([]);
  bot.profiler.detach('all');
  const without = await ask('profiler verbose');
  expect(textOf(await press(without, 'Attach all'))).toMatch(/Attached \d+ targets/);
});

test('the cost is that of the version of Node', () => {
  expect(verboseCost(22)).toContain('of discord.js too, takes over half a microsecond more');
  for (const major of [24, 25, 26]) expect(verboseCost(major)).toContain('hardly notices');
});

test('a target is switched on, and off again', async () => {
  const page = await ask('profiler verbose target:ping');
  expect(textOf(page)).toMatch(
    /^1 target is verbose\n✓ Verbose until <t:\d+:T>: `fixtures\/command\/ping`\./,
  );
  expect(textOf(page)).toMatch(
    /`fixtures\/command\/ping` until <t:\d+:T>, <t:\d+:R>\n-# no call has ended since/,
  );
  const leftMs = bot.profiler.verbose.get(PING)! - Date.now();
  expect(leftMs).toBeGreaterThan(0.9 * HOUR_MS);
  expect(leftMs).toBeLessThanOrEqual(HOUR_MS);
  expect(textOf(await ask('profiler verbose target:ping'))).toContain(
    '✓ Not verbose any more: `fixtures/command/ping`.',
  );
  expect(verbose()).toEqual([]);
});

test('on and off are said outright too', async () => {
  await ask('profiler verbose target:ping on:True');
  await ask('profiler verbose target:ping on:True');
  expect(verbose()).toEqual([PING]);
  await ask('profiler verbose target:ping on:False');
  await ask('profiler verbose target:ping on:False');
  expect(verbose()).toEqual([]);
});

test('of several, those that are missing are added first', async () => {
  await ask('profiler verbose target:ping');
  await ask('profiler verbose target:ping, fail');
  expect(verbose()).toEqual(['fixtures/command/fail', PING]);
  await ask('profiler verbose target:ping, fail');
  expect(verbose()).toEqual([]);
});

describe('before many are switched on', () => {
  test('the owner is asked, and told what it costs', async () => {
    const page = await ask('profiler verbose target:all');
    expect(verbose()).toEqual([]);
    expect(textOf(page)).toMatch(/^Make 6 targets verbose for an hour\?\n/);
    expect(textOf(page)).toContain(verboseCost());
    const done = await press(page, 'Make 6 targets verbose');
    expect(textOf(done)).toMatch(/✓ Verbose until <t:\d+:T>: .* and 3 more\./);
    expect(verbose()).toHaveLength(6);
  });

  test('also where they are many of one cog', async () => {
    const methods = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`m${index}`, () => index]));
    bot.profiler.register('queue', hold(methods));
    bot.profiler.attach('queue');
    expect(textOf(await ask('profiler verbose target:queue'))).toContain('Make 12 targets verbose');
    expect(textOf(await ask('profiler verbose target:m1, m2, m3'))).toContain('3 targets are verbose');
    // What was asked for is too long for the button.
    const names = Object.keys(methods).map((name) => `queue/method/${name}`);
    const page = await answer(bot.discord.owner.runs('profiler verbose', { target: names.join(', ') }));
    expect(textOf(page)).toContain('too long a list for a button');
    expect(buttonsOf(page)).toEqual([]);
    expect(verbose()).toHaveLength(3);
  });

  test('to end it is not asked', async () => {
    await bot.profiler.setVerbose('all', true);
    expect(textOf(await ask('profiler verbose target:all'))).toContain('✓ Not verbose any more');
    expect(verbose()).toEqual([]);
  });
});

describe('what is verbose', () => {
  test('is listed with what its time goes to, and leads to its waterfalls', async () => {
    giveTraces(bot.profiler, [payment({ targetId: PING })]);
    Object.defineProperty(bot.profiler, 'verboseBytes', { get: () => 3 * 1_024 });
    await bot.profiler.setVerbose('ping, fail', true);
    const page = await ask('profiler verbose');
    expect(textOf(page)).toMatch(
      /`fixtures\/command\/ping` until <t:\d+:T>, <t:\d+:R>\n-# waits 81 %: waits for rate limits on `PATCH \S+` 55 % \(1 call\)/,
    );
    expect(textOf(page)).toContain('Kept of their calls: 3 KiB in this process.');
    const shown = await choose(page, 'Show the waterfalls of…', PING);
    expect(textOf(shown)).toMatch(/^ping · fixtures\n[\s\S]*Waterfalls \(1\)/);
    expect(textOf(await press(shown, '‹ Back'))).toContain('2 targets are verbose');
  });

  test('is ended one by one, or all at once', async () => {
    await bot.profiler.setVerbose('all', true);
    let page = await ask('profiler verbose');
    page = await choose(page, 'End…', [PING, 'fixtures/command/fail']);
    expect(textOf(page)).toMatch(/^4 targets are verbose\n✓ Not verbose any more: .*ping.*\./m);
    expect(verbose()).not.toContain(PING);
    page = await press(page, 'End all');
    expect(textOf(page)).toMatch(/^Nothing is verbose\n✓ Not verbose any more/);
    expect(verbose()).toEqual([]);
  });

  test('is paged, and ended by the longest of ids', async () => {
    const name = 'x'.repeat(90);
    bot.profiler.register(
      'c'.repeat(90),
      hold(Object.fromEntries([1, 2, 3].map((n) => [`${name}${n}`, () => n]))),
    );
    bot.profiler.attach('all');
    await bot.profiler.setVerbose('all', true);
    let page = await ask('profiler verbose');
    expect(buttonsOf(page)).toContain('1/2');
    const select = page.allComponents.find((component) => component['placeholder'] === 'End…')!;
    const [{ value }] = select['options'] as [{ value: string }];
    const ended = verbose()[0]!;
    expect(ended.length).toBeGreaterThan(100);
    page = await choose(page, 'End…', value);
    expect(verbose()).not.toContain(ended);
    expect(verbose()).toHaveLength(8);
  });
});

test('what is not timed is to be attached first, and what is not there is named', async () => {
  bot.profiler.detach('ping');
  const page = await ask('profiler verbose target:ping');
  expect(textOf(page)).toMatch(/^Not timed yet\n/);
  await press(page, 'Attach');
  expect(bot.profiler.tracked.has(PING)).toBe(true);
  expect(textOf(await ask('profiler verbose target:pnig'))).toMatch(/Did you mean .*ping/);
});

test('what is timed is offered while it is typed', async () => {
  bot.profiler.detach('fail');
  const offered = await bot.discord.owner.types('profiler verbose target:fixt');
  const values = offered.map(({ value }) => value);
  expect(values).toContain(PING);
  expect(values).not.toContain('fixtures/command/fail');
});

test('the settings tell what it takes', async () => {
  expect(textOf(await ask('profiler settings'))).toContain('Verbose: nothing; 0 B in memory');
  await bot.profiler.setVerbose('ping', true);
  expect(textOf(await ask('profiler settings'))).toContain('Verbose: 1 target; ');
});
