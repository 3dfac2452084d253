/**
 * Takes the pictures in docs/pictures: what the owner sees of the demo's bot, in a real Chromium. Names of scenes as
 * arguments take only those; `--out folder` puts them elsewhere.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { live } from '../examples/demo/crowd.ts';
import { withLocalDemo } from '../examples/demo/local.ts';
import { PAGE_DISCORD, startPage } from '../examples/demo/serve.ts';
import { openPage, type PageDriver, type PageLook } from '../test/page/browser.ts';
import type { StandIn } from '../test/standin/standin.ts';

interface Scene extends PageLook {
  name: string;
  /** What leads to the picture; it shows the end of the channel. */
  steps(page: PageDriver, discord: StandIn): Promise<void>;
}

/** Taller than most, so that a whole answer is in the picture. */
const DESKTOP = { width: 1_280, height: 1_120 };
/** How long the crowd uses the bot before the pictures are taken: some minutes, for there to be a history. */
const LIVE_MS = 6 * 60_000;

const RECORDED_S = 15;

/** What is kept as it goes: what waits for rate limits, what others are in the way of, and what never ends. */
const VERBOSE = ['moderation/command/poll', 'economy/command/balance', 'music/task/refreshCharts'];

async function viewed(page: PageDriver, ...buttons: readonly string[]): Promise<void> {
  await page.run('profiler view');
  for (const button of buttons) await page.click(button);
}

/** Records the CPU while people use the bot, until the answer is there. */
async function recorded(page: PageDriver, discord: StandIn): Promise<void> {
  await Promise.all([
    page.run('profiler cpu', { duration: String(RECORDED_S) }),
    live(discord, AbortSignal.timeout(RECORDED_S * 1e3)),
  ]);
  await page.last.getByText('Overview · recording').waitFor();
}

/** What is seen at both widths, as high as it takes to be seen whole; one entry a page. */
const PAGES: readonly { name: string; phoneHeight: number; steps: Scene['steps'] }[] = [
  { name: 'help', phoneHeight: 900, steps: (page) => page.run('profiler help') },
  { name: 'view', phoneHeight: 1_180, steps: (page) => page.run('profiler view') },
  {
    name: 'inspect',
    phoneHeight: 1_280,
    steps: (page) => page.run('profiler inspect', { target: 'music/command/play' }),
  },
  {
    name: 'errors',
    phoneHeight: 844,
    steps: async (page) => {
      await page.run('profiler inspect', { target: 'economy/command/gamble' });
      await page.choose('Overview', 'Errors by kind');
    },
  },
  {
    name: 'waterfall',
    phoneHeight: 1_150,
    steps: async (page) => {
      await page.run('profiler inspect', { target: 'moderation/command/poll' });
      await page.click('What the time goes to');
    },
  },
  {
    name: 'blocked',
    phoneHeight: 1_060,
    steps: async (page) => {
      await page.run('profiler inspect', { target: 'economy/command/balance' });
      await page.click('What the time goes to');
    },
  },
  { name: 'verbose', phoneHeight: 780, steps: (page) => page.run('profiler verbose') },
  { name: 'inflight', phoneHeight: 1_020, steps: (page) => page.run('profiler inflight') },
  { name: 'acks', phoneHeight: 820, steps: (page) => viewed(page, 'By cog', 'By shard', 'Acks') },
  { name: 'rest', phoneHeight: 1_080, steps: (page) => viewed(page, 'By cog', 'By shard', 'Acks', 'REST') },
  { name: 'cpu', phoneHeight: 1_380, steps: recorded },
  {
    name: 'cpu-flame-graph',
    phoneHeight: 820,
    steps: async (page, discord) => {
      await recorded(page, discord);
      await page.choose('Overview', 'Flame graph');
    },
  },
  { name: 'settings', phoneHeight: 1_480, steps: (page) => page.run('profiler settings') },
  { name: 'methods', phoneHeight: 1_000, steps: (page) => page.run('profiler methods') },
];

const SCENES: readonly Scene[] = [
  ...PAGES.flatMap(({ name, phoneHeight, steps }) => [
    { name, ...DESKTOP, steps },
    { name: `${name}-phone`, width: 390, height: phoneHeight, steps },
  ]),
  {
    name: 'view-all',
    ...DESKTOP,
    steps: async (page) => {
      await page.run('profiler view');
      for (const layout of ['Times', 'Rates', 'All columns']) await page.click(layout);
    },
  },
];

const { values, positionals } = parseArgs({
  options: { out: { type: 'string', default: join(import.meta.dirname, '../docs/pictures') } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !SCENES.some((scene) => scene.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no scene ${unknown.join(', ')}; there is ${SCENES.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

await mkdir(values.out, { recursive: true });
await withLocalDemo(PAGE_DISCORD, async (discord) => {
  await (await discord.owner.runs('profiler attach target:all')).reply();
  await (await discord.owner.runs(`profiler verbose target:${VERBOSE.join(', ')} on:true`)).reply();
  console.log(`People use the bot for ${LIVE_MS / 60_000} minutes…`);
  await live(discord, AbortSignal.timeout(LIVE_MS));
  await using server = await startPage(discord);
  for (const scene of SCENES) {
    if (positionals.length > 0 && !positionals.includes(scene.name)) continue;
    await take(scene, discord, server.url);
  }
});

async function take({ name, steps, ...look }: Scene, discord: StandIn, url: string): Promise<void> {
  // Each begins with an empty channel.
  for (const { stored } of discord.seenBy(discord.owner, 'profiler')) discord.world.forget(stored);
  await using page = await openPage(url, look);
  await steps(page, discord);
  const path = join(values.out, `${name}.png`);
  await page.screenshot(path);
  if (page.problems.length > 0) throw new Error(`${name}: ${page.problems.join('; ')}`);
  console.log(path);
}
