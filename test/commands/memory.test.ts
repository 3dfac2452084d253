import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { growthDrawn } from '../../src/commands/heap-growth.ts';
import { pauseText } from '../../src/commands/memory/pause.ts';
import { processPage } from '../../src/commands/memory/process-page.ts';
import { reloadsDrawn, reloadsHint } from '../../src/commands/memory/reloads-page.ts';
import { cachesDrawn } from '../../src/commands/runtime-caches.ts';
import type { CacheReport, GrowthReport, ReloadLeaks, Remain } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
beforeEach(async () => {
  bot = await startBot();
});
afterEach(async () => {
  vi.useRealTimers();
  await bot[Symbol.asyncDispose]();
});

const run = (command: string, options = {}) => answer(bot.discord.owner.runs(`profiler ${command}`, options));
const click = async (page: Awaited<ReturnType<typeof run>>, label: string) =>
  answer(bot.discord.owner.clicks(page, label));

/** The lines of the first code block. */
const block = (text: string) => /```(?:\w*)\n(.*?)\n```/s.exec(text)![1]!.split('\n');

class PlantedSong {
  readonly title: string;
  readonly token = 'planted-secret-value';
  constructor(title: string) {
    this.title = title;
  }
  get duration(): never {
    throw new Error('a getter was called');
  }
}
const songs = Array.from({ length: 321 }, (_, at) => new PlantedSong(`song ${at}`));

describe('memory', () => {
  test('shows the process at a glance', async () => {
    const page = await run('memory');
    expect(page.embeds[0]!.title).toMatch(/^[\d.]+ [GM]iB of memory$/);
    expect(page.content).toMatch(/^🟢 \*\*\d+%\*\* of the heap is in use\.\n```\nmemory/);
    const lines = block(page.content);
    for (const label of [
      'heap in use',
      '· old',
      'heap reserved',
      'heap limit',
      'external',
      '· array buffers',
      'RSS',
    ])
      expect(lines.filter((line) => line.startsWith(label))).toHaveLength(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(buttonsOf(page)).toEqual(['↻', 'Live', 'By class…', 'By cog', 'Reloads']);
    expect(textOf(page)).toContain('A sample is taken each 10 s.');
  });

  test('classes are counted only after the owner was told what that takes, and agreed', async () => {
    let page = await click(await run('memory', { limit: 50 }), 'By class…');
    expect(textOf(page)).toMatch(
      /^Count all objects by class\?\nThe heap has \S+ MiB\. To look at all of it holds up this process for \*\*\S+ to \S+\*\*, by what is usual/,
    );
    expect(bot.profiler.memory.lastCensus).toBeUndefined();
    page = await click(page, 'Cancel');
    expect(bot.profiler.memory.lastCensus).toBeUndefined();
    page = await click(page, 'By class…');
    const [holdUp] = buttonsOf(page);
    expect(holdUp).toMatch(/^Hold up the bot, up to \S+$/);
    page = await click(page, holdUp!);
    expect(textOf(page)).toMatch(/The bot was held up for \S+/);
    const lines = block(page.embeds[0]!.description!);
    expect(lines).toHaveLength(51);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(36);
    const { classes } = bot.profiler.memory.lastCensus!;
    expect(classes.find(({ name }) => name === 'PlantedSong')).toEqual({
      name: 'PlantedSong',
      count: songs.length,
    });
    const found = await answer(
      bot.discord.owner.submits(await bot.discord.owner.clicks(page, 'Find…'), { name: 'PlantedSong' }),
    );
    expect(textOf(found)).toContain('`PlantedSong`: 321 objects.');
    const misspelt = await answer(
      bot.discord.owner.submits(await bot.discord.owner.clicks(found, 'Find…'), { name: 'PlantedSnog' }),
    );
    expect(textOf(misspelt)).toContain('There is no class called "PlantedSnog". Did you mean PlantedSong');
    const again = await click(misspelt, 'Count again…');
    expect(textOf(again)).toContain('as it took the last time');
  });
});

describe('heap objects', () => {
  test('shows objects of discord.js from its caches, without a question', async () => {
    const page = await run('heap objects', { type: 'Guild' });
    expect(textOf(page)).toMatch(/^\d+ objects? of Guild\n- `Guild \{ /);
    expect(textOf(page)).toContain('Found in caches.');
    expect(page.allComponents).toEqual([]);
    const [file] = page.attachments;
    expect(file!.filename).toMatch(/^profiler_objects_\d+_\d+\.txt$/);
  });

  test('looks among all objects only once the owner has agreed; getters are not called, secrets are hidden', async () => {
    let page = await run('heap objects', { type: 'PlantedSong', limit: 10 });
    expect(textOf(page)).toMatch(
      /^Look among all objects\?\nNo cache has objects of the class `PlantedSong`\./,
    );
    page = await click(page, buttonsOf(page)[0]!);
    expect(textOf(page)).toMatch(
      /321 objects of PlantedSong\n- `PlantedSong \{ title: 'song \d+', token: \[secret\] \}`\n/,
    );
    const text = Buffer.from(page.attachments[0]!.bytes).toString();
    expect(text.split('\n').filter((line) => line.startsWith('PlantedSong {'))).toHaveLength(10);
    expect(text).not.toContain('planted-secret-value');
  });

  test('a class that does not exist is answered with those that come close', async () => {
    const page = await run('heap objects', { type: 'PlantedSongg' });
    const answered = await click(page, buttonsOf(page)[0]!);
    expect(textOf(answered)).toContain('There is no class called "PlantedSongg". Did you mean PlantedSong');
    const cancelled = await click(await run('heap objects', { type: 'PlantedSongg' }), 'Cancel');
    expect(textOf(cancelled)).toContain('The bot was not held up');
    const long = await run('heap objects', { type: 'x'.repeat(200) });
    expect(textOf(long)).toContain('too long for a button');
  });

  test('the token is in no answer, wherever it is', async () => {
    const { token } = bot.client;
    const holder = new (class TokenHolder {
      text = `Bot ${token}`;
      list = [token];
      map = new Map([[token, token]]);
      [key: string]: unknown;
    })();
    holder[`key ${token}`] = { deep: token };
    const answers = [];
    for (const type of ['TokenHolder', 'REST', 'WebSocketManager', 'Client']) {
      const page = await run('heap objects', { type });
      const shown = page.attachments.length > 0 ? page : await click(page, buttonsOf(page)[0]!);
      answers.push(textOf(shown), ...shown.attachments.map(({ bytes }) => Buffer.from(bytes).toString()));
    }
    expect(answers.join()).toContain('TokenHolder {');
    expect(answers.join()).not.toContain(token);
  });

  test('offers the classes that are in caches', async () => {
    expect(await bot.discord.owner.types('profiler heap objects type:guildm')).toEqual([
      { name: 'GuildMember', value: 'GuildMember' },
    ]);
  });
});

describe('heap growth', () => {
  test('is started, counted, and stopped', async () => {
    let page = await run('heap growth');
    expect(textOf(page)).toContain('What grows is not watched');
    expect(textOf(await run('heap growth', { action: 'stop' }))).toContain('What grows is not watched now.');
    page = await run('heap growth', { action: 'start', interval: 60 });
    expect(textOf(page)).toContain('Too early to say what grows');
    expect(textOf(await run('heap growth', { action: 'start' }))).toContain('What grows is watched already.');
    const leak = new Map<number, number>();
    bot.profiler.watchCache('leak', leak);
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let at = 0; at < 8; at++) {
      vi.setSystemTime(Date.now() + 60_000);
      leak.set(at, at);
      bot.client.on('debug', () => undefined);
      page = await click(page, 'Count now');
    }
    expect(textOf(page)).toContain('`leak cache` grows');
    expect(textOf(page)).toContain('`client debug listeners` grows');
    for (const line of block(page.content)) expect(line.length).toBeLessThanOrEqual(40);
    expect(textOf(page)).toMatch(/counted \d+ times, each 60s|counted \d+ times, each 1min/);
    page = await click(page, 'Stop');
    expect(textOf(page)).toContain('it was stopped');
    expect(buttonsOf(page)).toContain('Start anew');
    expect(textOf(await click(page, 'Start anew'))).toContain('Too early');
  });

  test('classes are counted on demand, after a question', async () => {
    let page = await run('heap growth', { action: 'start' });
    const held: PlantedSong[] = [];
    for (let time = 0; time < 2; time++) {
      page = await click(page, 'Count classes…');
      expect(textOf(page)).toContain('To look at all of it holds up this process');
      page = await click(page, buttonsOf(page)[0]!);
      held.push(...Array.from({ length: 5_000 }, () => new PlantedSong('leaked')));
    }
    const rows = bot.profiler.memory.growth()!.rows.filter(({ name }) => name.startsWith('class '));
    expect(rows[0]).toMatchObject({ name: 'class PlantedSong', formerPeak: 321, value: 5_321 });
    expect(held).toHaveLength(10_000);
  });

  const report = (changes: Partial<GrowthReport>): GrowthReport => ({
    isRunning: true,
    startedAtEpochMs: 1_700_000_000_000,
    toEpochMs: 1_700_003_600_000,
    intervalMs: 30_000,
    samples: 121,
    counters: 88,
    rows: [],
    reloads: [],
    ...changes,
  });
  const since = { cog: 'music', atEpochMs: 1_700_001_000_000 };
  const growing = {
    name: 'channel.messages cache',
    unit: 'count',
    value: 90,
    formerPeak: 60,
    peak: 90,
    slope: { perHour: 41, uncertaintyPerHour: 3, points: 60 },
    since,
    before: { perHour: -2, uncertaintyPerHour: 5, points: 60 },
    isGrowing: true,
  } as const;

  test('says how fast, how certain, and since which reload', () => {
    const { title, text, content } = growthDrawn(report({ rows: [growing], reloads: [since] }), 0);
    expect(title).toBe('1 counter grows');
    expect(text.split('\n')).toEqual([
      '📈 `channel.messages cache` grows 41/h ± 3 since the reload of `music`; before that −2/h ± 5.',
      'Reloaded meanwhile: `music`.',
      '-# 88 counters, counted 121 times, each 30s, since <t:1700000000:F>.',
    ]);
    expect(block(content!)).toEqual([
      ' grew                  now   more     /h',
      '!channel.messages       90    +30     41',
    ]);
  });

  test('fits a phone whatever it is called, and how much it is', () => {
    const rows = Array.from({ length: 23 }, (_, at) => ({
      ...growing,
      name: `client ${'event '.repeat(30)}${at} listeners`,
      unit: at % 2 === 0 ? ('bytes' as const) : ('count' as const),
      value: 987_654_321_987,
      peak: 999_999_999_999,
      formerPeak: 1,
      slope: { perHour: -123_456_789, uncertaintyPerHour: Number.POSITIVE_INFINITY, points: 3 },
    }));
    for (const page of [0, 1, 2]) {
      const { content, text } = growthDrawn(report({ rows }), page);
      for (const line of block(content!)) expect(line.length).toBeLessThanOrEqual(40);
      expect(content!.length).toBeLessThanOrEqual(2_000);
      expect(text).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe('runtime caches', () => {
  test('shows what discord.js keeps', async () => {
    bot.profiler.watchCache('songs', new Map([['a', 1]]));
    const page = await run('runtime caches');
    expect(textOf(page)).toMatch(/^```\ncache .* size +≈ bytes limit\n/);
    expect(page.embeds[0]!.title).toMatch(/^About \S+ [KM]iB in \d+ kinds of caches$/);
    expect(textOf(page)).toContain('No limit would free 1 MiB.');
    for (const line of block(page.content)) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('proposes what would free memory, as code', () => {
    const caches: CacheReport = {
      atEpochMs: 0,
      rows: [
        {
          name: 'channel.messages',
          setting: 'MessageManager',
          caches: 1_200,
          size: 240_000,
          largest: 200,
          limit: 200,
          estimatedBytes: 5e8,
          sweep: { intervalMs: 3_600_000, lifetimeMs: 1_800_000 },
          slope: { perHour: 5_000, uncertaintyPerHour: 20, points: 50 },
        },
        { name: 'songs', caches: 1, size: Number.NaN, largest: Number.NaN, hits: 3, misses: 1 },
      ],
      estimatedBytes: 5e8,
      proposals: [{ setting: 'PresenceManager', freedBytes: 41e6, loses: 'who is online' }],
      proposedOptions: 'makeCache: Options.cacheWithLimits({\n  PresenceManager: 0,\n}),',
    };
    const { content, text } = cachesDrawn(caches, 0);
    expect(block(content!)).toEqual([
      'cache                size  ≈ bytes limit',
      'channel.messages     240k  477 MiB   200',
      'songs                   –        –     –',
    ]);
    expect(text).toContain(
      '-# `channel.messages` 1200 caches, the largest of 200; swept each 1h of what is older than 30min; grows 5k/h ± 20',
    );
    expect(text).toContain('-# `songs` had 75 % of what it was asked for');
    expect(text).toContain('- `PresenceManager`: about **39.1 MiB**, without who is online');
    expect(text).toContain('```js\nmakeCache: Options.cacheWithLimits({\n  PresenceManager: 0,\n}),\n```');
  });
});

test('the trend is drawn, or told in characters where nothing can be drawn', async () => {
  const trend = Array.from({ length: 40 }, (_, at) => ({
    atEpochMs: 1_700_000_000_000 + at * 10_000,
    rssBytes: 1e8 + at * 2 ** 20,
    heapUsedBytes: 5e7,
    heapTotalBytes: 6e7,
    externalBytes: 1e6,
  }));
  const drawn: unknown[] = [];
  const report = await bot.profiler.memory.now();
  const withPicture = await processPage(report, trend, async (_, description) => {
    drawn.push(description);
    return Buffer.from('a picture');
  });
  expect(withPicture.image).toEqual({ name: 'memory.png', content: Buffer.from('a picture') });
  expect(drawn).toMatchObject([
    {
      stepMs: 10_000,
      fromEpochMs: 1_700_000_000_000,
      toEpochMs: 1_700_000_400_000,
      panels: [{ unit: 'bytes', series: [{ label: 'heap used' }, { label: 'reserved' }, { label: 'RSS' }] }],
    },
  ]);
  expect(withPicture.text).toContain('In 6.5min the RSS went up by 39 MiB.');
  const { text, image } = await processPage(report, trend, async () => undefined);
  expect(image).toBeUndefined();
  for (const line of block(text)) expect(line).toMatch(/^(RSS|heap) +[▁-█]{31}$/);
});

test('processes of shards stand side by side, and the fullest heap is told', async () => {
  const { own, ...report } = await bot.profiler.memory.now();
  const shards = Array.from({ length: 30 }, (_, shard) => ({ ...own, shard }));
  const full = { ...own.usage, heapUsedBytes: 0.9 * own.usage.heapLimitBytes };
  shards[3] = { ...own, shard: 3, usage: full };
  const page = await processPage({ ...report, own, shards, missingShards: [30] }, [], async () => undefined);
  expect(page.tone).toBe('bad');
  expect(page.content).toMatch(/^🔴 \*\*90%\*\* of the heap is in use, where it is fullest\./);
  expect(page.text).toContain('⚠ Without what did not answer: shard 30.');
  expect(block(page.text)).toHaveLength(16);
  for (const line of block(page.text)) expect(line.length).toBeLessThanOrEqual(36);
  expect(page.text).toContain('The 15 others are not shown.');
});

test('a long pause is said to let interactions fail', () => {
  const pause = { atLeastMs: 800, atMostMs: 8_000, heapUsedBytes: 4e8, isMeasured: false };
  expect(pauseText(pause)).toContain('for **800ms to 8s**');
  expect(pauseText(pause)).toContain('Interactions that come at its beginning may fail');
  expect(pauseText({ ...pause, atMostMs: 2_000 })).not.toContain('fail');
});

describe('reloads', () => {
  const left = (kind: Remain['kind'], name: string, more: Partial<Remain> = {}): Remain => ({
    kind,
    name,
    count: 1,
    place: 'music.ts:41',
    ...more,
  });
  const NONE: ReloadLeaks = { leaks: [], pending: 0, undecided: 0, clean: 0, unwatched: 0 };
  const leakOf = (cog: string, remains: readonly Remain[]) =>
    ({ cog, how: 'reloaded', atEpochMs: 1_700_000_000_000, left: remains, undecided: 0 }) as const;

  test('are reached from the page of the process, which says when there is something to see', async () => {
    const page = await click(await run('memory'), 'Reloads');
    expect(textOf(page)).toMatch(/^Nothing was reloaded\n-# Two minutes after a cog was reloaded/);
    expect(textOf(await click(page, 'Process'))).toMatch(/of memory/);
    const leaks = [leakOf('music', [left('listener', 'messageCreate')])];
    vi.spyOn(bot.profiler.memory, 'reloadLeaks').mockResolvedValue({ ...NONE, leaks });
    const hint = 'Reloads of `music` left something behind: </profiler memory:';
    expect(textOf(await run('memory'))).toContain(hint);
    bot.profiler.memory.startGrowth();
    expect(textOf(await run('heap growth'))).toContain(hint);
  });

  test('are told with what is left and where it was written; what Node keeps comes last, in a line', () => {
    const byNode = { keptByChildrenOf: 'loader.js' };
    const { title, text, tone } = reloadsDrawn(
      {
        ...NONE,
        leaks: [
          leakOf('shop', [
            left('function', 'buy', byNode),
            left('instance', 'Object', { ...byNode, count: 2 }),
          ]),
          leakOf('music', [
            left('listener', 'messageCreate', { count: 3 }),
            left('call', 'music/command/play'),
            left('instance', 'Player'),
          ]),
        ],
        pending: 1,
        clean: 4,
      },
      0,
    );
    expect({ title, tone }).toEqual({ title: '1 reload left something behind', tone: 'warning' });
    expect(text.split('\n')).toEqual([
      '**`music`**, reloaded <t:1700000000:R>. Left of the old one:',
      '- 3 listeners on `messageCreate`, `music.ts:41`',
      '- 1 unfinished call of `music/command/play`, `music.ts:41`',
      '- 1 object `Player`, `music.ts:41`',
      '**`shop`**, reloaded <t:1700000000:R>. Left of the old one:',
      '- its module, with 3 objects: in `module.children` of `loader.js`',
      expect.stringMatching(/^-# Node lists in `module.children`/),
      '-# 1 reload younger than two minutes: not looked at yet.',
      expect.stringMatching(/^-# 4 reloads left nothing\. Two minutes after/),
    ]);
  });

  test('of hundreds, with hundreds of things each, the page stays within limits', () => {
    const remains = Array.from({ length: 300 }, (_, at) =>
      left('listener', `event ${at} ${'x'.repeat(100)}`),
    );
    const leaks = Array.from({ length: 64 }, (_, at) => leakOf(`cog${at}`, remains));
    const { text, pages } = reloadsDrawn({ ...NONE, leaks, undecided: 2, unwatched: 100 }, 3);
    expect(pages).toBe(16);
    expect(text).toContain('**`cog12`**');
    expect(text).toContain('- and 290 more');
    expect(reloadsHint({ ...NONE, leaks })).toContain('`cog0`, `cog1`, `cog2` and 61 more');
    expect(
      reloadsHint({ ...NONE, leaks: [leakOf('shop', [left('function', 'f', { keptByChildrenOf: 'a' })])] }),
    ).toBe(undefined);
  });
});
