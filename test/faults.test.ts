import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { heldSqlite } from './fixtures/held-sqlite.ts';
import { HEALING, healed, OUTAGE, servedBy, survives } from './fixtures/outage.ts';
import { Saved } from './fixtures/saved.ts';
import type { ShardActs } from './fixtures/shard-bot.ts';

const LINUX = process.platform === 'linux';

const saved = new Saved();
const setAside = () => readdirSync(saved.path).filter((name) => /\.broken-[^-]*-\d\d-[^-]*$/.test(name));

describe('an SQLite file', () => {
  test('that another process has locked is written once it is free', async () => {
    let holder: AsyncDisposable;
    const bot = await saved.start();
    await survives(bot, {
      begins: async () => (holder = await heldSqlite(saved.file, 'BEGIN EXCLUSIVE')),
      ends: () => holder[Symbol.asyncDispose](),
      problem: /^SQLite \S+ failed: database is locked/,
    });
    await saved.stopAll();
    expect(await (await saved.start()).counts()).toEqual(servedBy(bot));
  }, 40_000);

  test('that is locked when the bot starts is joined once it is free', async () => {
    const first = await saved.start();
    await first.serve('ping', 3);
    await saved.stopAll();
    const holder = await heldSqlite(saved.file, 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const bot = await saved.start();
    await bot.serve('ping', 2);
    expect(bot.profiler.storage).toMatchObject({ problem: expect.stringContaining('locked') });
    await expect.poll(() => bot.counts()).toEqual({ ping: 2, pong: 0 });
    await holder[Symbol.asyncDispose]();
    await healed(bot);
    expect(await bot.counts()).toEqual({ ping: 5, pong: 0 });
    expect(bot.warnings).toEqual([OUTAGE, HEALING]);
  }, 40_000);

  test('in a place that cannot be written is written once there is one', async () => {
    // The place of the folder: one that cannot be written would stop everybody but the superuser.
    const obstacle = join(saved.path, 'a');
    writeFileSync(obstacle, '');
    const bot = await saved.start({ profileDir: join(obstacle, 'b') });
    await bot.serve('ping', 3);
    for (let time = 0; time < 3; time++) await bot.profiler.flush();
    expect(bot.profiler.storage).toMatchObject({
      isSaving: false,
      problem: expect.stringContaining('failed'),
    });
    await expect.poll(() => bot.counts()).toEqual({ ping: 3, pong: 0 });
    rmSync(obstacle);
    await healed(bot);
    expect(bot.warnings).toEqual([OUTAGE, HEALING]);
    await saved.stopAll();
    expect(await (await saved.start({ profileDir: join(obstacle, 'b') })).counts()).toEqual({
      ping: 3,
      pong: 0,
    });
  }, 40_000);

  test.each([
    ['truncated', () => truncateSync(saved.file, 5_000)],
    ['overwritten', () => writeFileSync(saved.file, 'garbage '.repeat(10_000))],
    ['another application’s', () => rmSync(saved.file)],
  ])('that is %s when the bot starts is set aside, and a fresh one begun', async (name, damage) => {
    const first = await saved.start();
    await first.serve('ping', 3);
    await saved.stopAll();
    damage();
    if (name.startsWith('another')) saved.sql('CREATE TABLE songs (title TEXT)');
    const damaged = readFileSync(saved.file);
    const bot = await saved.start();
    await bot.serve('ping', 2);
    await healed(bot);
    await expect.poll(() => bot.counts()).toEqual({ ping: 2, pong: 0 });
    expect(bot.warnings).toEqual([expect.stringMatching(/could not be read.*\.broken-.*a new one begins/)]);
    expect(setAside()).toHaveLength(1);
    expect(readFileSync(join(saved.path, setAside()[0]!)).equals(damaged)).toBe(true);
    await saved.stopAll();
    expect(await (await saved.start()).counts()).toEqual({ ping: 2, pong: 0 });
  });

  test.each([
    ['truncated', () => truncateSync(saved.file, 0)],
    ['overwritten', () => writeFileSync(saved.file, 'garbage '.repeat(200_000))],
    ['deleted', () => rmSync(saved.file)],
  ])('that is %s while it is open takes nothing of what is in memory along', async (what, damage) => {
    const bot = await saved.start();
    await bot.serve('ping', 3);
    await bot.profiler.flush();
    damage();
    for (let time = 0; time < 3; time++) {
      await bot.serve('ping', 1);
      await bot.profiler.flush();
    }
    await healed(bot);
    expect(await bot.counts()).toEqual({ ping: 6, pong: 0 });
    expect(bot.warnings.length).toBeLessThanOrEqual(1);
    await saved.stopAll();
    const restarted = await saved.start();
    const { ping } = await restarted.counts();
    await restarted.serve('ping', 1);
    await healed(restarted);
    expect(await restarted.counts()).toEqual({ ping: ping! + 1, pong: 0 });
    // Of a file that was written over, SQLite may hear only now: then what it was given in between is gone with it.
    const warnings = [...bot.warnings, ...restarted.warnings];
    if (what === 'deleted') expect([ping, warnings]).toEqual([6, []]);
    else expect(warnings).toEqual([expect.stringMatching(/could not be read/)]);
  });

  test('that a later version wrote is left alone, and the bot goes on in memory', async () => {
    const first = await saved.start();
    await first.serve('ping', 3);
    await saved.stopAll();
    saved.sql('PRAGMA user_version = 99');
    const untouched = readFileSync(saved.file);
    const bot = await saved.start();
    await bot.serve('ping', 2);
    for (let time = 0; time < 3; time++) await bot.profiler.flush();
    await expect.poll(() => bot.counts()).toEqual({ ping: 2, pong: 0 });
    expect(bot.profiler.storage).toMatchObject({
      label: 'memory',
      isSaving: false,
      problem: expect.stringContaining('newer version'),
    });
    expect(bot.warnings).toEqual([OUTAGE]);
    await expect(bot.profiler.setSaving(true)).rejects.toMatchObject({ code: 'STORE_FROM_THE_FUTURE' });
    expect(readFileSync(saved.file).equals(untouched)).toBe(true);
    saved.sql('PRAGMA user_version = 1');
    await healed(bot);
    expect(bot.warnings).toEqual([OUTAGE, HEALING]);
    expect(await bot.counts()).toEqual({ ping: 5, pong: 0 });
  });

  test.runIf(LINUX)(
    'on a disk that is full goes on where there is room again',
    async () => {
      vi.useRealTimers();
      const profiler = { profileDir: saved.path, save: true, attach: 'commands' };
      const bot = spawn(
        // Each file may have so many KiB: for SQLite the same as a disk that takes no more.
        'bash',
        [
          '-c',
          'ulimit -S -f 100; exec "$0" "$@"',
          process.execPath,
          '--disable-warning=ExperimentalWarning',
          fileURLToPath(new URL('./fixtures/shard-bot.ts', import.meta.url)),
        ],
        {
          stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
          env: {
            PATH: process.env['PATH'],
            SHARD_BOT: JSON.stringify({ api: saved.discord.restUrl, profiler }),
            DISCORD_TOKEN: saved.discord.token,
          },
        },
      );
      let log = '';
      bot.stderr!.on('data', (chunk) => (log += chunk));
      const ask = async (act: keyof ShardActs, argument?: unknown) => {
        const answered = once(bot, 'message');
        bot.send({ act, argument });
        const [{ answer, error }] = await answered;
        expect(error).toBeUndefined();
        return answer;
      };
      const serve = async () => {
        await (await saved.discord.owner.runs('ping')).reply();
        await ask('flush');
        return ask('summary', 'target');
      };
      await ask('ready');
      // The write-ahead log grows with each of them.
      while ((await serve()).problem === undefined)
        expect(saved.discord.served.interactions['ping']).toBeLessThan(100);
      for (let time = 0; time < 3; time++) expect((await serve()).problem).toMatch(/full|disk/i);
      expect((await ask('summary', 'target')).counts).toEqual({
        ping: saved.discord.served.interactions['ping'],
        pong: 0,
      });
      expect(spawnSync('prlimit', [`--pid=${bot.pid}`, '--fsize=unlimited']).status).toBe(0);
      await expect.poll(async () => (await serve()).problem, { timeout: 10_000 }).toBeUndefined();
      const counts = { ping: saved.discord.served.interactions['ping'], pong: 0 };
      expect((await ask('summary', 'target')).counts).toEqual(counts);
      const exited = once(bot, 'exit');
      bot.kill('SIGKILL');
      await exited;
      expect(
        log
          .trim()
          .split('\n')
          .map((line) => line.replace('[cogscope] ', '')),
      ).toEqual([OUTAGE, HEALING]);
      expect(await (await saved.start()).counts()).toEqual(counts);
    },
    60_000,
  );
});
