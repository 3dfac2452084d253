import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keyOfRecording } from '../../src/commands/cpu/words.ts';
import { ProfilerError } from '../../src/errors.ts';
import type { Profiler } from '../../src/index.ts';
import { PHONE_WIDTH } from '../../src/render/page.ts';
import { PROFILE_FORMATS } from '../../src/sampling/formats/index.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { startBot } from '../fixtures/bot.ts';
import { ScriptedCpu } from '../fixtures/cpu-service.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { buildProfile, hostileProfile, largeProfile, type SampleSpec } from '../sampling/build.ts';
import type { Posted, StandInOptions } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

const services = vi.hoisted(() => new WeakMap<object, unknown>());
vi.mock('../../src/commands/cpu/adapter.ts', () => ({
  cpuServiceOf: (profiler: Profiler) => services.get(profiler),
}));

type Bot = Awaited<ReturnType<typeof startBot>>;

const PING = 'fixtures/command/ping';
/** Some pages hold as many names as Discord takes, and others use the machine too. */
const WAIT_MS = 15_000;
/** A page is drawn anew every five seconds. */
const PATIENT = { deadlineMs: 9_000 };

let bot: Bot;
let cpu: ScriptedCpu;

async function start(
  options: Parameters<typeof startBot>[0] = {},
  discordOptions: StandInOptions = {},
): Promise<void> {
  bot = await startBot(options, { waitMs: WAIT_MS, ...discordOptions });
  bot.profiler.attach('all');
  cpu = new ScriptedCpu();
  services.set(bot.profiler, cpu);
}

beforeEach(() => start());
afterEach(async () => {
  expect(bot.warnings).toEqual([]);
  await bot[Symbol.asyncDispose]();
});

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const choose = (page: Posted, select: string, value: string | string[]) =>
  answer(bot.discord.owner.chooses(page, select, value));
const turnTo = (page: Posted, tab: string) => choose(page, 'Page', tab);

interface Shown {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly default?: boolean;
}

function entriesOf(page: Posted, placeholder: string): Shown[] {
  const select = page.allComponents.find((component) => component['placeholder'] === placeholder);
  return (select?.['options'] ?? []) as Shown[];
}

const chosenIn = (page: Posted, placeholder: string) =>
  entriesOf(page, placeholder).find((entry) => entry.default)?.value;

/** 1,000 samples in which something ran, 4,000 in which nothing did. */
function music(changes: { readonly shuffles?: number; readonly startedAtEpochMs?: number } = {}): Profile {
  const { shuffles = 400, startedAtEpochMs = Date.now() - 60_000 } = changes;
  const play = 'music/command/play';
  const samples: SampleSpec[] = [
    {
      stack: ['emit@node:events', 'play@music:10', 'shuffle@music:44'],
      owner: play,
      times: shuffles,
      line: 47,
    },
    { stack: ['emit@node:events', 'play@music:10', 'parse@npm:ms'], owner: play, times: 800 - shuffles },
    { stack: ['rank@levels:5', 'readFileSync@node:fs'], owner: 'levels/listener/messageCreate', times: 150 },
    { stack: ['(garbage collector)'], times: 50 },
    { stack: ['(idle)'], times: 4_000 },
  ];
  return buildProfile(samples, { startedAtEpochMs });
}

const keyOf = (id: string) => keyOfRecording(cpu.recordings.find((recording) => recording.id === id)!);

/** The menu of a recording that is kept. */
async function look(profile: Profile, changes: object = {}): Promise<Posted> {
  const { id } = cpu.keep(profile, changes);
  return ask(`profiler cpu recording:${id}`);
}

describe('a recording', () => {
  test('is announced with its pause, shows how far it is, and becomes the menu of what was recorded', async () => {
    const opening = Promise.withResolvers<void>();
    cpu.opening = opening.promise;
    const page = await ask('profiler cpu duration:20 warmup:4');
    expect(textOf(page)).toMatch(
      /^The recording begins\nThe bot now stands still for about 70ms\.\n\nAll that runs, for 20s, after 4s of warming up\./,
    );
    expect(page.ephemeral).toBe(true);
    expect(buttonsOf(page)).toEqual([]);
    await bot.discord.until(() => cpu.started.length === 1, 'a start');
    expect(cpu.started).toEqual([{ options: { durationMs: 20_000, warmupMs: 4_000 }, startedBy: 'owner' }]);
    opening.resolve();
    await page.until((now) => textOf(now).startsWith('V8 warms up\nIn 4s, samples begin to be kept'));
    expect(buttonsOf(page)).toEqual(['Stop now', 'Cancel']);
    const { edits } = page;
    cpu.running!.progress = {
      elapsedMs: 10_400,
      leftMs: 9_600,
      warmupLeftMs: 0,
      samples: 9_876,
      rateHz: 987.6,
    };
    await page.edited(edits + 1, PATIENT);
    expect(textOf(page)).toMatch(/^The CPU is recorded\n/);
    expect(textOf(page)).toContain('`owner` started it.');
    expect(buttonsOf(page)).toEqual(['Stop now', 'Cancel']);
    expect(textOf(page)).toContain('**10s** of 20s · 9876 samples · 988/s of 1k/s');
    expect(textOf(page)).toContain('█'.repeat(19) + '░'.repeat(17));
    cpu.running!.finish(music());
    await page.until((now) => textOf(now).startsWith('Overview'));
    expect(textOf(page)).toContain('The loop was idle 80.0 % of the time: JavaScript 19.0 %');
    expect(chosenIn(page, 'Page')).toBe('overview');
  }, 20_000);

  test('is called pyspy as well', async () => {
    const page = await ask('profiler pyspy duration:5');
    await page.until((now) => textOf(now).startsWith('The CPU is recorded'));
    cpu.running!.finish(music());
    await page.until((now) => textOf(now).startsWith('Overview'));
    expect(textOf(await turnTo(page, 'functions'))).toMatch(/^Hot functions/);
  });

  test('takes 30 seconds where nothing else is said, and all that is', async () => {
    await ask('profiler cpu');
    await bot.discord.until(() => cpu.started.length === 1, 'a start');
    cpu.running!.cancel();
    await bot.discord.until(() => cpu.running === undefined, 'the end');
    const page = await ask(
      'profiler cpu duration:300 interval:500us subprocesses:True shards:True target:ping exact:False warmup:5 stream:True',
    );
    expect(textOf(page)).toContain(
      'What runs for calls of `fixtures/command/ping`, for 5min, after 5s of warming up, a sample each `500us`, in every thread, on every shard at the same time, written to disk meanwhile.',
    );
    await bot.discord.until(() => cpu.started.length === 2, 'a start');
    expect(cpu.started.map(({ options }) => options)).toEqual([
      { durationMs: 30_000 },
      {
        durationMs: 300_000,
        warmupMs: 5_000,
        interval: '500us',
        workers: true,
        shards: true,
        exact: false,
        stream: true,
        target: PING,
      },
    ]);
  });

  test('is refused with what is wrong, before anything begins', async () => {
    for (const [wrong, words] of [
      ['interval:nonsense', 'option `interval` must be a time'],
      ['interval:01234567890', 'option `interval` must be such as'],
      ['target:pnig', 'Did you mean'],
      ['target:all', 'option `target` must name one target'],
    ] as const) {
      const page = await ask(`profiler cpu ${wrong}`);
      expect(textOf(page), wrong).toMatch(/^That did not work\n/);
      expect(textOf(page), wrong).toContain(words);
    }
    expect(cpu.started).toEqual([]);
  });

  test('that cannot begin, or is lost, says why', async () => {
    cpu.problem = new ProfilerError('RECORDING_UNAVAILABLE', 'a debugger is connected');
    const page = await ask('profiler cpu');
    await page.until((now) => textOf(now).includes('⚠ Nothing can be recorded: a debugger is connected.'));
    cpu.problem = undefined;
    // What is pressed now does not begin one by itself.
    expect(textOf(await press(page, '↻'))).toMatch(/^CPU recordings\nNone is kept\./);
    expect(cpu.started).toHaveLength(1);
    const other = await ask('profiler cpu');
    await other.until((now) => textOf(now).startsWith('The CPU is recorded'));
    cpu.running!.fail(new ProfilerError('RECORDING_FAILED', 'its thread does not answer'));
    await other.until((now) => textOf(now).includes('The recording is lost: its thread does not answer.'));
  });

  test('is stopped early with what there is, or cancelled with nothing', async () => {
    let page = await ask('profiler cpu');
    await page.until((now) => textOf(now).startsWith('The CPU is recorded'));
    page = await press(page, 'Stop now');
    expect(cpu.running!.isStopped).toBe(true);
    expect(textOf(page)).toMatch(/^Putting the recording together\n/);
    cpu.running!.finish(music());
    await page.until((now) => textOf(now).startsWith('Overview'));

    page = await ask('profiler cpu');
    await page.until((now) => textOf(now).startsWith('The CPU is recorded'));
    page = await press(page, 'Cancel');
    expect(textOf(page)).toContain('✓ Cancelled: what was recorded is thrown away.');
    expect(cpu.running).toBeUndefined();
    expect(cpu.recordings).toHaveLength(1);
    const { edits } = page;
    await press(page, '↻');
    // The end of what was cancelled is not shown in place of what is there now.
    expect(page.edits).toBe(edits + 1);
  });

  test('runs alone: who asks for a second one is told who runs the first, and shown it', async () => {
    await ask('profiler cpu duration:60');
    await bot.discord.until(() => cpu.running, 'a start');
    const second = await ask('profiler pyspy');
    expect(textOf(second)).toMatch(/^The CPU is recorded\nOne recording at a time/);
    expect(textOf(second)).toContain('**0s** of 60s');
    expect(textOf(second)).toContain('`owner` started it.');
    expect(cpu.started).toHaveLength(1);
    cpu.running!.finish(music());
    await second.until((now) => textOf(now).startsWith('Overview'));
  });

  test('is asked about first where the bot would stand still for long', async () => {
    cpu.pauseMs = 640;
    let page = await ask('profiler cpu duration:10 target:ping');
    expect(textOf(page)).toMatch(/^Let the bot stand still for about 640ms\?\n[\s\S]*`exact`/);
    expect(textOf(await press(page, 'Cancel'))).toContain('Nothing was recorded.');
    expect(cpu.started).toEqual([]);
    page = await ask('profiler cpu duration:10 target:ping');
    await press(page, 'Record');
    await bot.discord.until(() => cpu.started.length === 1, 'a start');
    expect(cpu.started[0]!.options).toEqual({ durationMs: 10_000, target: PING });
  });

  test('shows its result anew where the message was dismissed meanwhile', async () => {
    const run = await bot.discord.owner.runs('profiler cpu');
    const page = await run.reply();
    await page.until((now) => textOf(now).startsWith('The CPU is recorded'));
    bot.discord.fault({ path: /messages\/(@|%40)original/, status: 404, code: 10_008, times: 1 });
    cpu.running!.finish(music());
    const shown = await run.followUp();
    expect(textOf(shown)).toMatch(/^Overview/);
    expect(shown.ephemeral).toBe(true);
    expect(textOf(await turnTo(shown, 'functions'))).toMatch(/^Hot functions/);
  });

  test('goes on where its message was deleted meanwhile, and comes to its end', async () => {
    const run = await bot.discord.owner.runs('profiler cpu');
    const page = await run.reply();
    await page.until((now) => textOf(now).startsWith('The CPU is recorded'));
    const edits = () => bot.discord.requests.filter(({ status }) => status === 404).length;
    bot.discord.fault({ path: /messages\/(@|%40)original/, status: 404, code: 10_008, times: 99 });
    // What tells how far it is finds no message.
    await bot.discord.until(() => edits() > 0, 'an edit of what is gone', { deadlineMs: 20_000 });
    expect(cpu.running).toBeDefined();
    cpu.running!.finish(music());
    expect(textOf(await run.followUp())).toMatch(/^Overview/);
    expect(cpu.recordings).toHaveLength(1);
  }, 60_000);
});

test('a recording that outlives its token comes to the owner as a direct message, which works', async () => {
  await bot[Symbol.asyncDispose]();
  await start({}, { tokenLifetimeMs: 1_500 });
  const page = await ask('profiler cpu');
  await page.until((now) => textOf(now).startsWith('The CPU is recorded'));
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  cpu.running!.finish(music());
  const inDm = () => bot.discord.botMessages('dm').at(-1);
  const message = await bot.discord.until(inDm, 'a direct message');
  expect(textOf(message)).toMatch(/^Overview[\s\S]*The loop was idle 80\.0 %/);
  expect(textOf(await turnTo(message, 'findings'))).toMatch(/^Findings/);
});

describe('the overview', () => {
  test('has cogs and commands with how sure their shares are, and how well it was sampled', async () => {
    const page = await look(music());
    const text = textOf(page);
    expect(text).toMatch(/music \/play +80\.0 +2\.5/);
    expect(text).toMatch(/levels \S*messageCreate +15\.0 +2\.2/);
    expect(text).toMatch(/\(garbage collector\) +5\.0 +1\.4/);
    expect(text).toContain('garbage collection 1.0 %');
    expect(text).toMatch(/Too few samples\. .*record for \d+ s/);
    expect(text).toMatch(/5000 samples · 1k\/s of 1k\/s · 0 missed · held up at the start for 70ms/);
    expect(text).toContain('the profiler itself 0.0 %');
    expect(page.attachments.map(({ filename }) => filename)).toEqual(['cogs.png']);
    const table = await press(page, 'Table');
    expect(table.attachments).toEqual([]);
    expect(textOf(table)).toMatch(/cog +% +±\nmusic +80\.0 +2\.5\nlevels +15\.0/);
    expect(buttonsOf(table)).toContain('Chart');
  });

  test('says that the loop was idle, rather than fail', async () => {
    const page = await look(
      buildProfile([
        { stack: ['(idle)'], times: 97 },
        { stack: ['a@music'], times: 3 },
      ]),
    );
    expect(textOf(page)).toContain('The loop was **idle 97.0 %** of the time');
    const idle = await look(buildProfile([{ stack: ['(idle)'], times: 97 }]));
    expect(textOf(idle)).toContain('The loop was **idle 100.0 %** of the time');
    expect(textOf(idle)).toContain('Nothing ran while this was recorded.');
    for (const tab of ['functions', 'findings', 'flame'])
      expect(textOf(await turnTo(idle, tab))).toMatch(/Nothing (ran while this was recorded|stands out)\./);
    expect(textOf(await look(buildProfile([])))).toContain('No samples were taken');
  });

  test('says where it was written to while it was made, its parts too', async () => {
    const file = (shard: number) => `/srv/bot/profiles/cpu-shard${shard}.cogscope`;
    expect(textOf(await look(music()))).not.toContain("On the bot's machine");
    const one = cpu.keep(music(), { file: file(0) });
    const other = cpu.keep(music(), { file: file(1), shards: [1] });
    expect(textOf(await ask(`profiler cpu recording:${one.id}`))).toContain(
      `-# On the bot's machine: \`${file(0)}\`\n`,
    );
    const both = textOf(await look(music(), { mergedFrom: [one.id, other.id] }));
    expect(both).toContain(`\`${file(1)}\``);
    expect(both).toContain(`\`${file(0)}\``);
  });

  test('leaves the profiler itself out of shares, and says what it took', async () => {
    const page = await look(
      buildProfile([
        { stack: ['play@music'], times: 60 },
        { stack: ['play@music', 'hook@npm:cogscope'], owner: { kind: 'profiler', name: '' }, times: 40 },
      ]),
    );
    expect(textOf(page)).toMatch(/cog music +100\.0/);
    expect(textOf(page)).toContain('the profiler itself 40.0 %');
  });

  test('tells threads apart, and what fell short', async () => {
    const profile = buildProfile([
      { stack: ['play@music'], times: 5 },
      { stack: ['work@music'], times: 7, thread: '1/worker' },
    ]);
    const text = textOf(await look(profile, { notes: ['2 shorter calls are not marked.'] }));
    expect(text).toMatch(/shard 0 main: 5 samples\nshard 1 worker: 7 samples/);
    expect(text).toContain('⚠ 2 shorter calls are not marked.');
    expect(text).toContain('2 shards');
  });
});

describe('hot functions', () => {
  test('are told with their file and line as seen from the folder of the bot', async () => {
    await bot[Symbol.asyncDispose]();
    await start({ rootDir: '/srv/bot' });
    const page = await turnTo(await look(music()), 'functions');
    expect(page.attachments.map(({ filename }) => filename)).toEqual(['functions.png']);
    const table = await press(page, 'Table');
    expect(textOf(table)).toMatch(/shuffle +40\.0 +3\.0\n +400ms cogs\/music\.js:44/);
    expect(textOf(table)).toMatch(/parse +40\.0 +3\.0\n +400ms ms\/index\.js:1/);
    // What it only waited for does not count.
    expect(textOf(table)).toMatch(/play +0\.0/);
  });

  test('are sorted by each of seven columns; what is inclusive counts recursion once', async () => {
    const recursive = buildProfile([
      { stack: ['walk@music', 'walk@music', 'leaf@music'], times: 60 },
      { stack: ['other@music'], times: 40, us: 3_000 },
    ]);
    let page = await press(await turnTo(await look(recursive), 'functions'), 'Table');
    expect(entriesOf(page, 'Sort').map(({ value }) => value)).toEqual([
      ...['tottime', 'cumtime', 'nsamples', 'nsamples-cumul', 'sample-pct', 'cumul-pct', 'name'],
    ]);
    const order = () => [...textOf(page).matchAll(/^(\w+) +\d+\.\d +\d/gm)].map(([, name]) => name);
    expect(order()).toEqual(['other', 'leaf', 'walk']);
    page = await choose(page, 'Sort', 'nsamples');
    expect(order()).toEqual(['leaf', 'other', 'walk']);
    page = await choose(page, 'Sort', 'name');
    expect(order()).toEqual(['leaf', 'other', 'walk']);
    page = await choose(page, 'Sort', 'nsamples-cumul');
    expect(order()[2]).toBe('other');
    expect(textOf(page)).toMatch(/walk +33\.3/);
    expect(chosenIn(page, 'Sort')).toBe('nsamples-cumul');
  });

  test('are paged, and round and round', async () => {
    const samples = Array.from({ length: 30 }, (_, index) => ({
      stack: [`f${index}@music:${index + 1}`],
      times: 30 - index,
    }));
    let page = await press(await turnTo(await look(buildProfile(samples)), 'functions'), 'Table');
    expect(textOf(page)).toContain('page 1/3');
    page = await press(page, '‹');
    expect(textOf(page)).toContain('page 3/3');
    expect(textOf(page)).toContain('f29');
    page = await press(page, '›');
    expect(textOf(page)).toContain('f0 ');
  });

  test('lead to their callers, callees and lines, and from there to those', async () => {
    let page = await turnTo(await look(music()), 'functions');
    const choice = entriesOf(page, 'Callers and callees of…').find(({ label }) => label === 'shuffle')!;
    expect(choice.description).toContain('self 40.0 % ± 3.0, total 40.0 %');
    page = await choose(page, 'Callers and callees of…', choice.value);
    expect(textOf(page)).toMatch(/^Callers and callees[\s\S]*\*\*shuffle\*\* `/);
    expect(textOf(page)).toContain('Most of it for `music/command/play`.');
    expect(textOf(page)).toMatch(/called by +% +±\nplay music\.js:10 +100\.0/);
    expect(textOf(page)).toMatch(/line 47 +100\.0/);
    page = await choose(page, 'Go on to…', entriesOf(page, 'Go on to…')[0]!.value);
    expect(textOf(page)).toMatch(/it called +% +±\n(parse ms|shuffle)/);
    expect(textOf(await turnTo(page, 'functions'))).toMatch(/^Hot functions/);
    const legend = await press(await turnTo(page, 'functions'), '?');
    expect(textOf(legend)).toContain('19 of 20 recordings');
    expect(textOf(await press(legend, '‹ Back'))).toMatch(/^Hot functions/);
  });
});

test('findings come with their evidence', async () => {
  const page = await turnTo(await look(music()), 'findings');
  expect(textOf(page)).toMatch(
    /\*\*Files are read or written synchronously\*\*: 15\.0 % ± 2\.2\nfor `levels\/listener\/messageCreate`, in `rank` `\S*levels\.js:5`\n-# Nothing else runs meanwhile/,
  );
  expect(textOf(page)).toContain('**Hot spots: they work themselves');
});

test('the flame graph is a picture, or an outline where none can be drawn', async () => {
  const page = await turnTo(await look(music()), 'flame');
  expect(page.attachments.map(({ filename }) => filename)).toEqual(['flame.png']);
  const outline = await press(page, 'Table');
  expect(outline.attachments).toEqual([]);
  expect(textOf(outline)).toMatch(
    / 80\.0 music\n 80\.0 {2}music\/command\/play\n 80\.0 {3}play\n 40\.0 {4}(shuffle|parse)\n/,
  );
});

describe('files', () => {
  test('of every format hold the recording', async () => {
    const page = await look(music());
    const offered = entriesOf(page, 'Export…');
    expect(offered.map(({ value }) => value)).toEqual(PROFILE_FORMATS.map(({ name }) => name));
    for (const { name, extension, viewers } of PROFILE_FORMATS) {
      const file = await choose(await ask('profiler cpu recording:1'), 'Export…', name);
      const [attachment] = file.attachments;
      expect(attachment!.filename).toMatch(new RegExp(`^profiler_cpu_1_${name}_\\d{8}_\\d{6}\\.`));
      expect(attachment!.filename.endsWith(`.${extension}`)).toBe(true);
      expect(Buffer.from(attachment!.bytes)).toEqual(Buffer.from(await cpu.export('1', name)));
      for (const viewer of viewers) expect(textOf(file)).toContain(viewer);
      expect(textOf(await press(file, '‹ Back'))).toMatch(/^Overview/);
    }
  });

  test('that are too large are compressed, and else on the machine of the bot', async () => {
    using folder = temporaryFolder();
    await bot[Symbol.asyncDispose]();
    await start({ profileDir: folder.path });
    const content = 'x'.repeat(11 * 2 ** 20);
    cpu.export = async () => content;
    const compressed = await choose(await look(music()), 'Export…', 'jsonl');
    expect(compressed.attachments[0]!.filename).toMatch(/\.jsonl\.gz$/);
    expect(gunzipSync(compressed.attachments[0]!.bytes).toString()).toBe(content);
    // It cannot be compressed.
    let seed = 1;
    const noise = Uint8Array.from({ length: 11 * 2 ** 20 }, () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed >>> 24;
    });
    cpu.export = async () => noise;
    const page = await choose(await ask('profiler cpu recording:1'), 'Export…', 'jsonl');
    expect(page.attachments).toEqual([]);
    expect(textOf(page)).toContain(folder.path);
  });
});

describe('kept recordings', () => {
  const earlier = () => music({ startedAtEpochMs: Date.now() - 120_000 });
  const later = () => music({ shuffles: 700 });

  test('are listed, offered while it is typed, and shown', async () => {
    expect(textOf(await ask('profiler cpu recording:list'))).toMatch(/^CPU recordings\nNone is kept\./);
    cpu.keep(earlier());
    cpu.keep(later(), { target: PING, file: '/srv/2.cogscope' });
    const choices = await bot.discord.owner.types('profiler cpu recording:');
    expect(choices.map(({ name }) => name.split(' · ')[0])).toEqual([
      'The list of all that are kept',
      '2',
      '1',
    ]);
    expect(textOf(await ask(`profiler cpu recording:${choices[2]!.value}`))).toMatch(
      /^Overview · recording 1\n/,
    );
    const list = await ask('profiler cpu recording:list');
    expect(textOf(list)).toMatch(
      /`2` <t:\d+:R>, by `owner`\n-# 5s · 5000 samples · only `fixtures\/command\/ping` · also on disk\n`1`/,
    );
    expect(textOf(await choose(list, 'Show…', keyOf('1')))).toMatch(/^Overview · recording 1\n/);
  });

  test('are compared: what changed, what is chance, and a flame graph of the difference', async () => {
    cpu.keep(earlier());
    let page = await turnTo(await look(later()), 'recordings');
    expect(textOf(page)).toContain('▸ `2`');
    page = await choose(page, 'Compare 2 with…', keyOf('1'));
    expect(textOf(page)).toMatch(/From `1` \(<t:\d+:R>\) to `2`/);
    expect(textOf(page)).toMatch(/▲ shuffle m…ic\.js:44 40\.0 70\.0 <\.001/);
    expect(textOf(page)).toMatch(/▼ parse index\.js:1 +40\.0 10\.0 <\.001/);
    expect(textOf(page)).toMatch(/▲ 1 slower, ▼ 1 faster, · \d no more than chance/);
    const file = await press(page, 'Flame graph of the difference');
    expect(file.attachments[0]!.filename).toMatch(/^profiler_cpu_1_2_difference_.*\.html$/);
    expect(file.attachments[0]!.text).toContain('<title>1 2</title>');
  });

  test('that are alike show no change', async () => {
    cpu.keep(earlier());
    const page = await choose(await turnTo(await look(music()), 'recordings'), 'Compare 2 with…', keyOf('1'));
    expect(textOf(page)).not.toMatch(/[▲▼+−] \d+ \w/);
    expect(textOf(page)).toContain('no more than chance');
  });

  test('are put together to a new one', async () => {
    cpu.keep(earlier());
    cpu.keep(earlier());
    let page = await turnTo(await look(later()), 'recordings');
    page = await choose(page, 'Put 3 together with…', [keyOf('1'), keyOf('2')]);
    expect(textOf(page)).toMatch(/^Overview · recording 4\n✓ Put together: 3 recordings\./);
    expect(textOf(page)).toContain('15000 samples');
    expect(textOf(await turnTo(page, 'recordings'))).toMatch(/put together of 3 of `\d`, `\d`, `\d`/);
  });

  test('are recorded again in the same way', async () => {
    const page = await look(music(), { target: PING, intervalUs: 500, durationMs: 7_200 });
    await press(page, 'Record again');
    await bot.discord.until(() => cpu.started.length === 1, 'a start');
    expect(cpu.started[0]!.options).toEqual({ durationMs: 7_000, interval: '500us', target: PING });
  });

  test('that are gone say so, after a restart too', async () => {
    const page = await look(music({ startedAtEpochMs: 1 }));
    cpu.forget();
    // Numbers begin anew with the process.
    cpu.keep(music(), { id: '1' });
    cpu.keep(music(), { id: '3' });
    const gone = await turnTo(page, 'functions');
    expect(textOf(gone)).toMatch(/^This recording is not there any more\nThey are in memory/);
    expect(textOf(await choose(gone, 'Show…', keyOf('3')))).toMatch(/^Overview · recording 3/);
    expect(textOf(await ask('profiler cpu recording:zzz'))).toMatch(/^This recording is not there any more/);
  });
});

describe('whatever names are like', () => {
  const TABS = ['overview', 'functions', 'findings', 'flame', 'recordings'];

  function lookAt(page: Posted): void {
    const text = textOf(page);
    const blocks = text.split('```');
    expect(blocks.length % 2).toBe(1);
    for (const block of blocks.filter((_, index) => index % 2 === 1)) {
      for (const line of block.split('\n')) expect(line.length, line).toBeLessThanOrEqual(PHONE_WIDTH.embed);
    }
    const outside = text
      .replace(/```.*?```/gs, '')
      .replace(/`[^`\n]*`/g, '')
      .replace(/\\./g, '');
    expect(outside).not.toMatch(/@(everyone|here)|<@|NaN|undefined|Infinity/);
    expect(page.message.mentions).toEqual([]);
    expect(page.message.mention_everyone).toBe(false);
  }

  test.each([
    ['hostile names', hostileProfile],
    ['many', () => largeProfile({ nodes: 2_000, samples: 5_000, frames: 900 })],
  ])(
    'Discord takes each page with %s, in the width of a phone, and mentions nobody',
    async (_, make) => {
      const target = '`@everyone` | <@1> ```\u202e';
      cpu.keep(make(), { startedAtEpochMs: 0, target });
      const page = await look(make(), { target, startedBy: '@everyone `', file: `/srv/${target}.cogscope` });
      lookAt(page);
      for (const tab of TABS) {
        const shown = await turnTo(page, tab);
        lookAt(shown);
        if (buttonsOf(shown).includes('Table')) lookAt(await press(shown, 'Table'));
        if (buttonsOf(shown).includes('Chart')) lookAt(await press(shown, 'Chart'));
      }
      const functions = await turnTo(page, 'functions');
      for (const { value } of entriesOf(functions, 'Callers and callees of…').slice(0, 12)) {
        lookAt(await choose(await turnTo(page, 'functions'), 'Callers and callees of…', value));
      }
      lookAt(await choose(await turnTo(page, 'recordings'), 'Compare 2 with…', keyOf('1')));
      for (const { name } of PROFILE_FORMATS)
        lookAt(await choose(await ask('profiler cpu recording:2'), 'Export…', name));
    },
    60_000,
  );
});
