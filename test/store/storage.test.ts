import { join } from 'node:path';
import { Client, Collection } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Profiler, type ProfilerOptions } from '../../src/index.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { hold } from '../fixtures/hold.ts';
import { type SavingBot, startSavingBot } from '../fixtures/saving-bot.ts';
import { commonIntents } from '../standin/connect.ts';
import { StandIn } from '../standin/standin.ts';

let discord: StandIn;
let folder: ReturnType<typeof temporaryFolder>;
const bots: AsyncDisposable[] = [];

beforeEach(async () => {
  discord = await StandIn.start();
  folder = temporaryFolder();
});

afterEach(async () => {
  for (const bot of bots.splice(0)) await bot[Symbol.asyncDispose]();
  await discord[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function startBot(options: ProfilerOptions = {}): Promise<SavingBot> {
  const profileDir = join(folder.path, 'profiler');
  const bot = await startSavingBot(discord, { profileDir, ...options });
  bots.push(bot);
  return bot;
}

async function exported(profiler: Profiler): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of profiler.exportData()) lines.push(line);
  return lines;
}

describe('saving', () => {
  test('may be ended and begun again, and nothing counts twice', async () => {
    const { profiler, run, counts } = await startBot();
    await profiler.setSaving(true);
    run('ping', 5);
    for (let time = 0; time < 3; time++) {
      await profiler.setSaving(false);
      run('pong', 1);
      await profiler.setSaving(true);
      expect(await counts()).toEqual({ ping: 5, pong: time + 1 });
    }
  });

  test('that begins in a process that did not save adds what was kept before', async () => {
    const first = await startBot({ save: true });
    first.run('ping', 3);
    await first.profiler.setSaving(false);
    await first[Symbol.asyncDispose]();
    const second = await startBot();
    second.run('ping', 4);
    expect(await second.counts()).toEqual({ ping: 4, pong: 0 });
    await second.profiler.setSaving(true);
    expect(await second.counts()).toEqual({ ping: 7, pong: 0 });
  });

  test('survives a restart, with the rules that were set', async () => {
    const first = await startBot({ save: true });
    first.run('ping', 3);
    first.profiler.rules.toggleIgnore('pong');
    first.profiler.reconcile();
    await first.profiler.setRetention(48);
    await first[Symbol.asyncDispose]();
    bots.length = 0;
    const client = new Client({ intents: commonIntents, ...discord.clientOptions });
    const commands = new Collection(
      ['ping', 'pong'].map((name) => [name, { data: { name }, execute: () => 0 }]),
    );
    await using profiler = new Profiler(Object.assign(client, { commands }), {
      attach: 'all',
      save: true,
      profileDir: join(folder.path, 'profiler'),
    });
    await client.login(discord.token);
    await expect.poll(() => [...profiler.tracked.values()].map(({ name }) => name)).toEqual(['ping']);
    expect((await profiler.summary()).rows.find(({ name }) => name === 'ping')).toMatchObject({ count: 3 });
    expect(profiler.retentionMs).toBe(48 * 3_600_000);
    await client.destroy();
  });

  test('keeps rules only where the owner changed them: else those of the code count, also new ones', async () => {
    const first = await startBot({ attach: 'ping', save: true });
    await first.profiler.setRetention(2);
    await first[Symbol.asyncDispose]();
    const second = await startBot({ attach: ['ping', 'pong'], save: true });
    expect(second.profiler.retentionMs).toBe(2 * 3_600_000);
    expect(second.profiler.tracked.size).toBe(2);
    second.profiler.detach('pong');
    await second[Symbol.asyncDispose]();
    const third = await startBot({ attach: ['ping', 'pong'], save: true });
    expect([...third.profiler.tracked.values()].map(({ name }) => name)).toEqual(['ping']);
  });

  test('tracks what the code has come to wrap since the owner changed the rules, and not what the owner detached', async () => {
    const named = async (wraps: readonly string[], act: (profiler: Profiler) => void = () => undefined) => {
      bots.length = 0;
      const client = new Client({ intents: commonIntents, ...discord.clientOptions });
      await using profiler = new Profiler(client, { save: true, profileDir: join(folder.path, 'profiler') });
      for (const name of wraps) hold(profiler.wrap(() => undefined, `maths/${name}`));
      await client.login(discord.token);
      await discord.until(() => client.isReady(), 'ready');
      await profiler.summary();
      act(profiler);
      const names = [...profiler.tracked.values()].map(({ name }) => name);
      await profiler.destroy();
      await client.destroy();
      return names;
    };
    expect(await named(['add', 'divide'], (profiler) => profiler.detach('add'))).toEqual(['divide']);
    expect(await named(['add', 'divide', 'multiply'])).toEqual(['divide', 'multiply']);
    expect(await named(['add', 'multiply'])).toEqual(['multiply']);
  });

  test('where nothing is to be kept writes no file', async () => {
    const { profiler, run } = await startBot();
    run('ping', 1);
    await profiler.flush();
    const { existsSync } = await import('node:fs');
    expect(existsSync(join(folder.path, 'profiler'))).toBe(false);
  });

  test('in a store that cannot be used leaves the bot alone, and says so once', async () => {
    const { profiler, run, counts, warnings } = await startBot({
      store: 'redis://127.0.0.1:1',
      save: true,
    });
    run('ping', 2);
    for (let time = 0; time < 3; time++) await profiler.flush();
    expect(await counts()).toEqual({ ping: 2, pong: 0 });
    expect(warnings.filter((line) => line.includes('store'))).toHaveLength(1);
    expect(profiler.storage.problem).toBeDefined();
  }, 60_000);
});

describe('data', () => {
  test('that was exported and cleared can be imported', async () => {
    for (const save of [false, true]) {
      const { profiler, run, counts } = await startBot({ save });
      run('ping', 3);
      const lines = await exported(profiler);
      await profiler.clear();
      expect(await counts()).toEqual({ ping: 0, pong: 0 });
      expect(await profiler.importData(lines)).toBe(1);
      expect(await counts()).toEqual({ ping: 3, pong: 0 });
      run('ping', 1);
      await profiler.flush();
      expect(await counts()).toEqual({ ping: 4, pong: 0 });
      await profiler.importData(lines);
      await profiler.flush();
      expect(await counts()).toEqual({ ping: 7, pong: 0 });
      await profiler.clear();
    }
  });

  test('that is cleared of one target is gone for good, and that target counts on', async () => {
    const { profiler, run, counts } = await startBot({ save: true });
    run('ping', 3);
    run('pong', 2);
    await profiler.flush();
    await profiler.clear('ping');
    expect(await counts()).toEqual({ ping: 0, pong: 2 });
    expect((await exported(profiler)).join()).not.toContain('command/ping');
    run('ping', 1);
    await profiler.flush();
    expect(await counts()).toEqual({ ping: 1, pong: 2 });
  });

  test('of another time is left out', async () => {
    const { profiler, run, counts } = await startBot();
    run('ping', 1);
    const [header, line] = await exported(profiler);
    const at = (startEpochMs: number) => JSON.stringify({ ...JSON.parse(line!), startEpochMs });
    const hourMs = 3_600_000;
    const nowEpochMs = Math.floor(Date.now() / hourMs) * hourMs;
    const others = [0, nowEpochMs - 100 * 24 * hourMs, nowEpochMs + 24 * hourMs].map(at);
    await profiler.importData([header!, ...others]);
    await profiler.flush();
    expect(await counts()).toEqual({ ping: 1, pong: 0 });
  });

  test.each([
    ['', 'Line 1'],
    ['hello', 'Line 1'],
    ['{"cogscope":2}', 'version 2'],
    ['{"cogscope":1}\n{"level":"week"}', 'Line 2'],
    ['{"cogscope":1}\n{"level":"minute","startEpochMs":60000,"coveredMs":1,"target":"a"}', '`sinceEpochMs`'],
  ])('that is broken is refused with its line: %s', async (text, message) => {
    const { profiler } = await startBot();
    await expect(profiler.importData(text.split('\n'))).rejects.toThrow(message);
  });
});
