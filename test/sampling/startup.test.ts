import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Client } from 'discord.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Profiler, type ProfilerOptions } from '../../src/index.ts';
import { ownerName } from '../../src/sampling/groups.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { profileOf, profilerAlone, spin } from '../fixtures/recording.ts';
import { commonIntents } from '../standin/connect.ts';
import { StandIn } from '../standin/standin.ts';

vi.setConfig({ testTimeout: 60_000 });
const PATIENT = { timeout: 30_000 };
const BURN = 'for (const end = performance.now() + 300; performance.now() < end; ) Math.sqrt(end);';

/** A bot that has just been created, with its profiler, and not logged in. */
async function createBot(options: ProfilerOptions) {
  const discord = await StandIn.start();
  const client = new Client({ intents: commonIntents, ...discord.clientOptions });
  const warnings: string[] = [];
  const profiler = new Profiler(client, { logger: { warn: (text) => warnings.push(text) }, ...options });
  onTestFinished(async () => {
    await profiler.destroy();
    await client.destroy();
    await discord.stop();
  });
  return { discord, client, profiler, warnings };
}

/** How many samples of a recording are whose. */
function samplesByOwner({ owners, threads }: Profile): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { owner } of threads) {
    for (const number of owner) {
      const name = ownerName(owners[number]!);
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

test('what is loaded before the bot is ready, and what it does then, is recorded, each under its cog', async () => {
  using folder = temporaryFolder();
  const rootDir = folder.path;
  const { discord, client, profiler, warnings } = await createBot({
    rootDir,
    recordStartup: { afterReadyMs: 200 },
  });
  for (const [cog, text] of [
    ['music', BURN],
    ['levels', `exports.onReady = () => { ${BURN} };`],
  ]) {
    mkdirSync(join(rootDir, 'cogs', cog!), { recursive: true });
    writeFileSync(join(rootDir, 'cogs', cog!, 'main.cjs'), text!);
  }
  const load = (cog: string) => createRequire(import.meta.url)(join(rootDir, 'cogs', cog, 'main.cjs'));
  // No turn of the loop lies between the profiler and this.
  load('music');
  expect(profiler.recordings.isRecording).toBe(true);
  await expect(profiler.startRecording({ startedBy: 'ada' })).rejects.toThrow(
    /^One recording at a time: The start-up has been recording the bot for \d s, and it takes up to (300|29\d) s more/,
  );
  client.once('clientReady', load('levels').onReady);
  await client.login(discord.token);
  await expect.poll(() => profiler.recordings.list.length, PATIENT).toBe(1);
  const [info] = profiler.recordings.list;
  expect(info).toMatchObject({ name: 'start-up', startedBy: 'start-up', shards: [0] });
  const counts = samplesByOwner(profileOf(profiler, info!.id));
  // Some 300 each, on a machine that does nothing else.
  for (const cog of ['music', 'levels']) expect(counts[`cog ${cog}`], cog).toBeGreaterThan(0);
  expect(
    Object.keys(counts).filter((name) => name.startsWith('package ')),
    'what logs in',
  ).not.toEqual([]);
  expect(warnings).toEqual([]);
  // Whoever asks next is served.
  const { recording } = await profiler.profile(() => spin(20));
  expect(recording.samples).toBeGreaterThan(0);
});

test('by default, nothing is recorded', () => {
  const profiler = profilerAlone();
  expect(profiler.recordings.isRecording).toBe(false);
});

test('a bot whose start cannot be recorded starts all the same, and is told why', async () => {
  const getBuiltin = process.getBuiltinModule;
  const spy = vi
    .spyOn(process, 'getBuiltinModule')
    .mockImplementation(((name: string) =>
      name === 'node:inspector' ? undefined : getBuiltin(name)) as typeof process.getBuiltinModule);
  const { discord, client, profiler, warnings } = await createBot({ recordStartup: true });
  spy.mockRestore();
  await client.login(discord.token);
  await discord.until(() => client.isReady(), 'ready');
  await discord.command('profiler');
  expect(warnings).toEqual([
    'The start of the bot is not recorded. Nothing can be recorded: this Node was built without its inspector.',
  ]);
  expect(profiler.recordings.list).toEqual([]);
  const { recording } = await profiler.profile(() => spin(20));
  expect(recording.samples).toBeGreaterThan(0);
});

test('where another client of the process is recorded already, that is said', async () => {
  const first = await createBot({ recordStartup: true });
  const second = await createBot({ recordStartup: true });
  expect(first.warnings).toEqual([]);
  expect(second.warnings).toEqual([
    expect.stringMatching(
      /^The start of the bot is not recorded\. One recording at a time: The start-up has been/,
    ),
  ]);
});

test('a profiler that is destroyed before the bot is ready leaves nothing of it', async () => {
  const { profiler, warnings } = await createBot({ recordStartup: true });
  expect(profiler.recordings.isRecording).toBe(true);
  await profiler.destroy();
  expect(profiler.recordings.isRecording).toBe(false);
  expect(profiler.recordings.list).toEqual([]);
  expect(warnings).toEqual([]);
  const { recording } = await profilerAlone().profile(() => spin(20));
  expect(recording.samples).toBeGreaterThan(0);
});
