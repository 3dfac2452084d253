import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRecording } from '../../src/cli/recording-io.ts';
import { keyOfRecording } from '../../src/commands/cpu/words.ts';
import { PROFILE_FORMATS } from '../../src/sampling/formats/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { profileOf } from '../fixtures/recording.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

/** The pages over the recorder itself: what V8 samples. */

type Bot = Awaited<ReturnType<typeof startBot>>;

const SLOW = { deadlineMs: 30_000 };
const BURN_MS = 150;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot({}, { waitMs: 20_000 });
  bot.profiler.attach('all');
});
afterEach(async () => {
  expect(bot.warnings).toEqual([]);
  await bot[Symbol.asyncDispose]();
});

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const choose = (page: Posted, select: string, value: string) =>
  answer(bot.discord.owner.chooses(page, select, value));

const keyOf = (id: string) => keyOfRecording(bot.profiler.recordings.get(id));

/** Holds the loop. */
function burn(): number {
  const untilMs = performance.now() + BURN_MS;
  let sum = 0;
  while (performance.now() < untilMs) sum += Math.sqrt(sum + 1);
  return sum;
}

async function recorded(command: string): Promise<Posted> {
  const page = await ask(command);
  await page.until((now) => textOf(now).startsWith('The CPU is recorded'), SLOW);
  const { execute } = bot.commands.get('ping') as { execute: (given: object) => Promise<void> };
  for (let times = 0; times < 3; times++) {
    burn();
    await execute({ reply: async () => burn() });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return page;
}

test('what V8 has sampled is told by command and function, and written as every kind of file', async () => {
  const page = await recorded('profiler cpu duration:2 interval:1khz');
  await page.until((now) => textOf(now).startsWith('Overview'), SLOW);
  expect(textOf(page)).toMatch(/fixtures \/ping +\d/);
  expect(textOf(page)).toMatch(/\d+\/s of 1k\/s/);
  const functions = await press(await choose(page, 'Page', 'functions'), 'Table');
  expect(textOf(functions)).toMatch(/burn +\d/);
  expect(textOf(functions)).toContain('/cpu-recorder.test.ts:');
  for (const tab of ['findings', 'flame', 'recordings'])
    expect(textOf(await choose(page, 'Page', tab))).not.toMatch(/did not work|went wrong|not there/);
  const { id } = bot.profiler.recordings.list[0]!;
  for (const { name } of PROFILE_FORMATS) {
    const file = await choose(await ask(`profiler cpu recording:${id}`), 'Export…', name);
    expect(file.attachments[0]!.size, name).toBeGreaterThan(100);
  }
}, 60_000);

test('is stopped early, recorded again, compared and put together', async () => {
  let page = await recorded('profiler pyspy duration:60 target:ping');
  page = await press(page, 'Stop now');
  await page.until((now) => textOf(now).startsWith('Overview'), SLOW);
  expect(textOf(page)).toContain('Only what ran for calls of `fixtures/command/ping`.');
  await press(page, 'Record again');
  await page.until((now) => textOf(now).startsWith('The CPU is recorded'), SLOW);
  await press(page, 'Stop now');
  await page.until((now) => textOf(now).startsWith('Overview'), SLOW);
  page = await choose(await choose(page, 'Page', 'recordings'), 'Compare 2 with…', keyOf('1'));
  expect(textOf(page)).toMatch(/^Comparison · recording 2\nFrom `1`/);
  const difference = await press(page, 'Flame graph of the difference');
  expect(difference.attachments[0]!.text).toMatch(/^<!doctype html>[\s\S]*what changed/i);
  page = await press(difference, '‹ Back');
  page = await choose(await choose(page, 'Page', 'recordings'), 'Put 2 together with…', keyOf('1'));
  expect(textOf(page)).toMatch(/^Overview · recording 3\n✓ Put together: 2 recordings\./);
}, 60_000);

test('other threads of the process are recorded with it, and told apart', async () => {
  const worker = new Worker('setInterval(() => { for (let turn = 0; turn < 1e6; turn++); }, 2)', {
    eval: true,
    name: 'counter',
  });
  try {
    await once(worker, 'online');
    const page = await recorded('profiler cpu duration:2 subprocesses:True');
    await page.until((now) => textOf(now).startsWith('Overview'), SLOW);
    expect(textOf(page)).toMatch(/shard 0 main: \d+ samples\nshard 0 .*…?.*ounter: \d+ samples/);
  } finally {
    await worker.terminate();
  }
}, 60_000);

test('one that somebody else has started is not disturbed, and one that is cancelled leaves nothing', async () => {
  await using own = await bot.profiler.startRecording({ startedBy: 'The watchdog', durationMs: 60_000 });
  const refused = await ask('profiler cpu');
  await refused.until((now) => textOf(now).includes('One recording at a time: The watchdog'), SLOW);
  await own.cancel();
  const page = await recorded('profiler cpu');
  expect(buttonsOf(page)).toEqual(['Stop now', 'Cancel']);
  expect(textOf(await press(page, 'Cancel'))).toContain('✓ Cancelled');
  expect(bot.profiler.recordings.list).toEqual([]);
}, 60_000);

test('is on disk while it is made where that is asked for, and says where it is', async () => {
  using folder = temporaryFolder();
  await bot[Symbol.asyncDispose]();
  bot = await startBot({ profileDir: folder.path }, { waitMs: 20_000 });
  bot.profiler.attach('all');
  const page = await recorded('profiler cpu duration:60 stream:True');
  expect(readdirSync(folder.path)).toEqual([expect.stringMatching(/^cpu-.*\.cogscope\.partial$/)]);
  await press(page, 'Stop now');
  await page.until((now) => textOf(now).startsWith('Overview'), SLOW);
  const [name, ...others] = readdirSync(folder.path);
  expect(others).toEqual([]);
  expect(textOf(page)).toContain(`-# On the bot's machine: \`${join(folder.path, name!)}\``);
  const { id } = bot.profiler.recordings.list[0]!;
  expect(await readRecording(join(folder.path, name!))).toStrictEqual(profileOf(bot.profiler, id));
}, 60_000);

test('one that the end of the profiler cancels says so', async () => {
  const page = await recorded('profiler cpu');
  await bot.profiler.destroy();
  expect(bot.profiler.recordings.list).toEqual([]);
  await page.until((now) =>
    textOf(now).includes('⚠ The recording was cancelled: the profiler was destroyed.'),
  );
}, 60_000);

test('shards are refused where there is one process', async () => {
  const page = await ask('profiler cpu shards:True');
  await page.until((now) => textOf(now).includes('⚠ The option `shards` is for bots whose shards'), SLOW);
  expect(buttonsOf(page)).toContain('Record');
});

test('an interval that cannot be is refused in the words of the command', async () => {
  for (const wrong of ['5us', '1mhz', '20ms', 'often'])
    expect(textOf(await ask(`profiler cpu interval:${wrong}`))).toContain('The option `interval` must be');
});
