import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { type LeakyCogs, leakyCogs } from '../memory/allocations/leaky-cogs.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;
type Page = Awaited<ReturnType<typeof run>>;

let bot: Bot;
let folder: ReturnType<typeof temporaryFolder>;
let cogs: LeakyCogs;
beforeEach(async () => {
  folder = temporaryFolder();
  cogs = leakyCogs(folder.path);
  bot = await startBot({ rootDir: folder.path });
});
afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const run = (command: string, options = {}) => answer(bot.discord.owner.runs(`profiler ${command}`, options));
const click = async (page: Page, label: string) => answer(bot.discord.owner.clicks(page, label));
const titleOf = (page: Page) => page.embeds[0]!.title;

/** The page once it says so by itself. */
async function become(page: Page, title: RegExp): Promise<Page> {
  await bot.discord.until(() => title.test(titleOf(page) ?? ''), `a page titled ${title}`);
  return page;
}

const choose = async (page: Page, menu: 'Page' | 'Export…', label: string) =>
  answer(bot.discord.owner.chooses(page, menu, label));

describe('heap sample', () => {
  test('begins only once the owner was told how long its end holds up the bot, and agreed', async () => {
    const page = await run('heap sample', { duration: 60, interval: 4_096, churn: true, warmup: 5 });
    const { allocations } = bot.profiler.memory;
    expect(textOf(page)).toMatch(
      /^Sample what is allocated\?\nAll that is allocated in 60s, 5s from now: one object each 4 KiB/,
    );
    expect(textOf(page)).toMatch(/holds up this process for \*\*\S+ to \S+\*\*, by what is usual/);
    expect(buttonsOf(page)).toEqual([expect.stringMatching(/^Hold up the bot, up to \S+$/), 'Cancel']);
    expect(textOf(await click(page, 'Cancel'))).toContain('Nothing was sampled.');
    expect(allocations.latestRun).toBeUndefined();
  });

  test('shows by cog, by line and by function what stays, and writes it as files', async () => {
    const asked = await run('heap sample', { duration: 60, interval: 4_096 });
    let page = await click(asked, buttonsOf(asked)[0]!);
    page = await become(page, /^Allocations are sampled$/);
    expect(textOf(page)).toMatch(/█*░+.*\*\*\d+s\*\* of 60s/s);
    const second = await run('heap sample', { duration: 10 });
    expect(textOf(second)).toContain('One sample at a time: this one was not started by you just now.');
    expect(titleOf(second)).toBe('Allocations are sampled');
    cogs.music.leak(500);
    await cogs.economy.hoard(100);
    page = await become(await click(page, 'Stop now'), /allocated and alive$/);
    expect(page.content).toMatch(/cog +bytes +±\nmusic +3\.\d+ MiB/);
    for (const line of page.content.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    expect(textOf(page)).toContain('V8 records no types.');
    expect(textOf(page)).toMatch(/buffers by [+−]/);
    page = await choose(page, 'Page', 'By line of the bot');
    expect(textOf(page)).toMatch(/- \*\*3\.\d+ MiB\*\* ± \d+ KiB · `cogs\/music\/player\.cjs:3` `leak`\n- /);
    page = await choose(page, 'Page', 'By function that allocated');
    expect(textOf(page)).toContain('What each allocated itself');
    const file = await choose(page, 'Export…', 'Table (.txt)');
    expect(textOf(file)).toContain('Table of sample 1');
    const [attached] = file.attachments;
    expect(attached!.filename).toMatch(/allocations_1_table.*\.txt$/);
    expect(textOf(await run('heap sample'))).toMatch(/allocated and alive/);
    expect(textOf(await click(await run('heap sample'), 'Clear all'))).toContain(
      'All samples are forgotten.',
    );
    expect(bot.profiler.memory.allocations.list).toEqual([]);
  });

  test('of a command takes its next call', async () => {
    const buy = bot.profiler.wrap((chunks: number) => cogs.music.leak(chunks), 'shop/buy');
    const [target] = bot.profiler.tracked.keys();
    const asked = await run('heap sample', { target: 'buy', interval: 1_024 });
    expect(textOf(asked)).toContain(`What is allocated and stays while the next call of \`${target}\` runs`);
    const page = await become(await click(asked, buttonsOf(asked)[0]!), /^Waiting for a call$/);
    buy(200);
    await become(page, /allocated and alive$/);
    expect(textOf(page)).toContain(`While \`${target}\` ran`);
    expect(textOf(page)).toContain('What else ran meanwhile is told apart by its cog.');
    expect(await bot.discord.owner.types('profiler heap sample target:bu')).toContainEqual(
      expect.objectContaining({ name: expect.stringContaining('buy') }),
    );
  });

  test('names of functions are shown as they are', async () => {
    const kept: unknown[] = [];
    const named = {
      '`@everyone` **bold**\n```'() {
        for (let at = 0; at < 300; at++) kept.push(new Array(1_000).fill(null));
      },
    };
    const [hostile] = Object.values(named);
    await bot.profiler.allocations(hostile!);
    const page = await choose(await run('heap sample'), 'Page', 'By line of the bot');
    expect(textOf(page)).toContain('`´@everyone´ **bold** ´´´`');
    expect(textOf(page).split('```')).toHaveLength(1);
  });
});

describe('heap sources', () => {
  test('begins only once the owner has agreed, and tells what overflows', async () => {
    let page = await run('heap sources');
    expect(titleOf(page)).toBe('Where new objects come from is not watched');
    page = await run('heap sources', { action: 'start', interval: 60, max: 1 });
    expect(textOf(page)).toMatch(
      /holds up this process for \*\*\S+ to \S+\*\*.* It looks each 60s: that is up to 0\.\d\d % of the time\./,
    );
    expect(bot.profiler.memory.allocations.sources()).toBeUndefined();
    page = await click(page, buttonsOf(page)[0]!);
    expect(titleOf(page)).toBe('The first look is to come');
    for (let looks = 0; looks < 3; looks++) {
      cogs.music.leak(2_000);
      page = await click(page, buttonsOf(page).find((label) => label.startsWith('Look now'))!);
    }
    expect(titleOf(page)).toMatch(/^New objects overflowed by [\d.]+ MiB$/);
    expect(textOf(page)).toMatch(
      /\*\*1\. [\d.]+ MiB\*\* ± [\d.]+ MiB · `cogs\/music\/player\.cjs:3` `leak`, cog music\n-# left of each interval: \S+ MiB → \S+ MiB → \S+ MiB/,
    );
    expect(textOf(page)).toContain('leak cogs/music/player.cjs:3');
    expect(textOf(page)).not.toContain('**2. ');
    cogs.music.drop();
    page = await click(page, buttonsOf(page).find((label) => label.startsWith('Look now'))!);
    expect(textOf(page)).not.toContain('player.cjs:3');
    expect(textOf(await run('heap sources', { action: 'start' }))).toContain('It is watched already.');
    page = await run('heap sources', { action: 'stop' });
    expect(page.embeds[0]!.footer!.text).toContain('stopped');
    expect(textOf(await run('heap sources', { action: 'stop' }))).toContain('is not watched now.');
  });

  test('says that there is no new growth', async () => {
    const { allocations } = bot.profiler.memory;
    await allocations.startSources({ intervalBytes: 2 ** 24 });
    for (let looks = 0; looks < 3; looks++) await allocations.lookAtSources();
    expect(titleOf(await run('heap sources'))).toBe('No new growth found');
  });

  test('tells by cog what is alive of it, with the memory', async () => {
    const { allocations } = bot.profiler.memory;
    expect(textOf(await run('memory', { by: 'cog' }))).toMatch(/profiler heap sources\S* samples/);
    await allocations.startSources({ intervalBytes: 4_096 });
    cogs.music.leak(2_000);
    await allocations.lookAtSources();
    const page = await run('memory', { by: 'cog' });
    expect(titleOf(page)).toBe('Live memory by cog');
    const [head, first] = page.content!.split('\n').slice(1);
    expect(head).toMatch(/^cog +sampled +±$/);
    expect(first).toMatch(/^music +[\d.]+ MiB +[\d.]+ [KM]iB$/);
    expect(first!.length).toBeLessThanOrEqual(40);
    expect(textOf(page)).toContain('What was there before is not in it.');
  });
});
