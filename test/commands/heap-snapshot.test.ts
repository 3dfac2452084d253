import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planWords } from '../../src/commands/heap/plan-pages.ts';
import { packed } from '../../src/commands/heap/upload.ts';
import { VIEWS } from '../../src/commands/heap/views.ts';
import type { SnapshotPlan } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { handMade } from '../fixtures/heap/hand-made.ts';
import { SMALL_WORLD } from '../fixtures/heap/small-world.ts';
import type { Posted } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

/** V8 writes some 80 ms long for a MB, and the machine may be busy. */
const SLOW = { deadlineMs: 120_000 };
const LONGEST_MS = 180_000;
const SECRET = 'planted-secret-value';
const CONTENT_WIDTH = 40;

let bot: Bot;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  folder = temporaryFolder();
  bot = await startBot({ profileDir: folder.path }, { waitMs: 60_000 });
});
afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const ask = (text: string, options = {}) => answer(bot.discord.owner.runs(`profiler ${text}`, options));
const press = (page: Posted, button: string) => answer(bot.discord.owner.clicks(page, button));
const choose = (page: Posted, select: string, value: string) =>
  answer(bot.discord.owner.chooses(page, select, value));
const snapshots = () => readdirSync(folder.path).filter((name) => name.includes('heapsnapshot'));

test(
  'a snapshot is taken after a question, looked at, shown, and deleted',
  async () => {
    const held = { list: Array.from({ length: 2_000 }, (_, at) => ({ at, text: `${SECRET} ${at}` })) };
    Object.assign(bot.commands.get('ping')!, { held });
    let page = await ask('memory', { by: 'cog' });
    expect(textOf(page)).toContain('What each cog holds is not known yet');
    page = await press(page, 'Heap snapshots…');
    expect(textOf(page)).toContain('No heap snapshots');
    page = await press(page, 'Take a snapshot…');
    expect(textOf(page)).toMatch(/holds up this process for \*\*\S+ to \S+\*\*, by what is usual/);
    expect(textOf(page)).toMatch(/Memory: up to \*\*\S+ [GM]iB\*\* more/);
    expect(textOf(page)).toMatch(/File: up to \*\*\S+ [GM]iB\*\* in/);
    expect(textOf(page)).toContain('its token, passwords and messages too');
    page = await press(page, 'Cancel');
    expect(snapshots()).toEqual([]);

    page = await press(page, 'Take a snapshot…');
    page = await press(page, buttonsOf(page)[0]!);
    expect(textOf(page)).toMatch(/The bot will be held up\nThe heap snapshot begins <t:\d+:R>/);
    page = await press(page, 'Cancel');
    await page.until((now) => textOf(now).includes('No heap snapshots'), SLOW);
    expect(bot.profiler.memory.snapshots.running).toBeUndefined();
    expect(snapshots()).toEqual([]);

    page = await press(page, 'Take a snapshot…');
    page = await press(page, buttonsOf(page)[0]!);
    expect(textOf(await ask('heap snapshot'))).toContain('The bot will be held up');
    await page.until((now) => textOf(now).includes('Overview'), SLOW);
    expect(textOf(page)).toMatch(/The bot was held up for \S+ The file has/);
    expect(snapshots()).toHaveLength(1);
    const { latest } = bot.profiler.memory.snapshots;
    expect(latest!.cogs!.cogs.map(({ cog }) => cog)).toContain('fixtures');

    const texts = [];
    for (const { name } of VIEWS) {
      page = await choose(page, 'View', name);
      texts.push(textOf(page));
      expect(page.embeds[0]!.title).toBe(VIEWS.find((view) => view.name === name)!.label);
      for (const [, block] of page.content.matchAll(/```\n(.*?)\n```/gs))
        for (const line of block!.split('\n')) expect(line.length).toBeLessThanOrEqual(CONTENT_WIDTH);
    }
    page = await choose(page, 'View', 'cogs');
    expect(textOf(page)).toMatch(/fixtures +\S+ [KM]iB/);
    page = await choose(page, 'Look at a cog…', '0');
    expect(textOf(page)).toContain('that only it keeps alive');
    texts.push(textOf(page), textOf(await ask('memory', { by: 'cog' })));
    expect(texts.at(-1)).toMatch(/By the heap snapshot of <t:\d+:R>/);
    for (const text of texts) expect(text).not.toContain(bot.client.token);

    expect(textOf(await press(page, 'All snapshots'))).toMatch(/^1 heap snapshot, \S+ MiB/);
    page = await choose(await ask('heap snapshot'), 'Open…', latest!.id);
    expect(textOf(page)).toContain('Overview');
    page = await press(page, 'File…');
    expect(textOf(page)).toContain(snapshots()[0]!);
    expect(textOf(page)).toContain('What Discord is given, Discord keeps.');
    page = await press(page, 'Delete the file');
    expect(textOf(page)).toContain('✓ Deleted.');
    expect(snapshots()).toEqual([]);
  },
  LONGEST_MS,
);

test('files that are there are looked at when they are opened, and uploaded', async () => {
  const ids = ['20261121_143005_1', '20261121_143006_4194304'];
  const text = JSON.stringify(handMade(SMALL_WORLD));
  for (const id of ids) writeFileSync(join(folder.path, `profiler_heap_${id}.heapsnapshot`), text);
  let page = await ask('heap snapshot');
  expect(textOf(page)).toMatch(/2 heap snapshots, \S+ KiB/);
  page = await choose(page, 'Open…', ids[1]!);
  await page.until((now) => textOf(now).includes('Overview'), SLOW);
  expect(textOf(page)).toContain(`${SMALL_WORLD.length} objects`);
  expect(textOf(await choose(page, 'View', 'cogs'))).toContain('says nothing of cogs');
  page = await press(page, 'File…');
  page = await press(page, 'Upload it all the same');
  const [file] = page.attachments;
  expect(file!.filename).toBe(`profiler_heap_${ids[1]}.heapsnapshot.gz`);
  expect(gunzipSync(file!.bytes).toString()).toBe(text);
});

test('a file that is none is said to be none', async () => {
  writeFileSync(join(folder.path, 'profiler_heap_20261121_143005_1.heapsnapshot'), '<html>');
  const page = await choose(await ask('heap snapshot'), 'Open…', '20261121_143005_1');
  await page.until((now) => textOf(now).includes('is not a heap snapshot of V8'), SLOW);
  expect(textOf(page)).toContain('1 heap snapshot, 6 B');
});

test('what Discord does not take is not packed to its end', async () => {
  const path = join(folder.path, 'large');
  writeFileSync(path, Buffer.alloc(100_000, 'abc'));
  const file = { id: '', path, takenAtEpochMs: 0, sizeBytes: 100_000 };
  expect(await packed(file, 50)).toBeUndefined();
  expect(gunzipSync((await packed(file, 10_000))!.content as Buffer)).toHaveLength(100_000);
  await expect(packed({ ...file, path: `${path}r` }, 10_000)).rejects.toThrow('cannot be read');
});

test('where memory or disk are too small, the figures say so and no button leads on', () => {
  const plan: SnapshotPlan = {
    pause: { atLeastMs: 1_000, atMostMs: 9_000, heapUsedBytes: 90 * 2 ** 20, isMeasured: false },
    memoryBytes: 900 * 2 ** 20,
    freeMemoryBytes: 800 * 2 ** 20,
    fileBytes: 180 * 2 ** 20,
    freeDiskBytes: 100 * 2 ** 20,
    folder: '/bot/cogscope',
    lacks: 'memory',
  };
  const memory = planWords(plan);
  expect(memory).toMatchObject({ title: 'Too little memory for a heap snapshot', tone: 'bad' });
  expect(memory.text).toContain('**900 MiB** more while it is written, of 800 MiB that are free');
  expect(planWords({ ...plan, lacks: 'disk' }).text).toContain(
    '**180 MiB** in `/bot/cogscope`, where 100 MiB',
  );
});
