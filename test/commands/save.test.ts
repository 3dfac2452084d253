import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TextChannel } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { perDay } from '../../src/commands/pages/sizes.ts';
import { Profiler, type ProfilerOptions } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

let folder: ReturnType<typeof temporaryFolder>;
let bot: Awaited<ReturnType<typeof startBot>>;
const start = async (options: ProfilerOptions = {}) => {
  bot = await startBot({ profileDir: folder.path, ...options });
};
beforeEach(() => {
  // In the middle of a minute.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21, 12, 30, 30) });
  folder = temporaryFolder();
});
afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
  vi.useRealTimers();
});

const ask = (text: string) => answer(bot.discord.owner.runs(text));
const calls = async (profiler = bot.profiler) =>
  (await profiler.summary()).rows.reduce((sum, { count }) => sum + count, 0);

async function ping(times: number): Promise<void> {
  bot.profiler.attach('ping');
  const before = await calls();
  for (let i = 0; i < times; i++) await answer(bot.discord.user('alice').runs('ping'));
  await expect.poll(() => calls(), { timeout: 5_000 }).toBe(before + times);
  vi.setSystemTime(Date.now() + 1_000);
}

const file = () => join(folder.path, readdirSync(folder.path).find((name) => name.endsWith('.sqlite'))!);

/** How many values of figures are in the file, beside the settings. */
function valuesInFile(): number {
  const database = new DatabaseSync(file(), { readOnly: true });
  try {
    return database.prepare("SELECT key FROM entries WHERE key NOT LIKE '%settings'").all().length;
  } finally {
    database.close();
  }
}

test('is off at first, and says what it would take; nothing is written', async () => {
  await start();
  await ping(2);
  const page = await ask('profiler save');
  expect(textOf(page)).toMatch(/^Saving is off\n.*gone when the bot ends[\s\S]*Kept in: memory/);
  expect(textOf(page)).toMatch(/Kept for: 1h/);
  expect(buttonsOf(page)).toEqual(['Switch on']);
  expect(textOf(await ask('profiler save state:off'))).toMatch(/^Saving is off/);
  expect(readdirSync(folder.path)).toEqual([]);
  expect(textOf(await answer(bot.discord.owner.clicks(page, 'Switch on')))).toMatch(/^Saving is on/);
});

test('switched on, it says where, how much, how much a day, and for how long', async () => {
  await start({ profileDir: join(folder.path, 'deep', 'down') });
  await ping(3);
  const page = textOf(await ask('profiler save state:on'));
  expect(page).toMatch(/^Saving is on\nFigures outlive a restart/);
  expect(page).toMatch(/Kept in: SQLite \S+\.sqlite/);
  expect(page).toMatch(/Takes now: 1 value \(1 minute\), \d+ B\n\S+ KiB on disk/);
  expect(page).toMatch(/Grows by: at most \S+ [KM]iB a day, up to what 1h of it take/);
  expect(page).toMatch(/Kept for: 1h/);
  expect(textOf(await ask('profiler save'))).toMatch(/^Saving is on/);
  const [name] = readdirSync(join(folder.path, 'deep', 'down'));
  expect(statSync(join(folder.path, 'deep', 'down')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder.path, 'deep', 'down', name!)).mode & 0o777).toBe(0o600);
});

test('a restart has the figures and the settings again', async () => {
  await start();
  await ping(3);
  await ask('profiler save state:on');
  await ask('profiler delta hours:36');
  await ask('profiler rules ignore pattern:fail');
  await bot.profiler.destroy();
  await using restarted = new Profiler(bot.client, { profileDir: folder.path });
  await expect.poll(() => calls(restarted), { timeout: 5_000 }).toBe(3);
  expect([...restarted.tracked.keys()]).toEqual(['fixtures/command/ping']);
  expect(restarted.rules.ignored).toEqual(['fail']);
  expect(restarted.retentionMs).toBe(36 * 3_600_000);
  const page = await ask('profiler save');
  expect(textOf(page)).toMatch(/^Saving is on[\s\S]*a day\n[\s\S]*Kept for: 36h/);
  expect(textOf(await ask('profiler settings'))).toMatch(
    /Kept for: 36h\nKept in: SQLite \S+; saving is on\n\S+ \w+ in memory, \S+ \w+ packed, \S+ KiB on disk/,
  );
});

describe('switching off', () => {
  beforeEach(async () => {
    await start();
    await ping(3);
    await ask('profiler save state:on');
    await bot.profiler.flush();
  });

  test('asks first, and changes nothing until a button is pressed', async () => {
    const question = await ask('profiler save state:off');
    expect(textOf(question)).toMatch(/keep or erase\?[\s\S]*1 value \(1 minute\), \d+ B/);
    expect(buttonsOf(question)).toEqual(['Keep what is saved', 'Erase what is saved', 'Cancel']);
    expect(bot.profiler.storage.isSaving).toBe(true);
    const cancelled = await answer(bot.discord.owner.clicks(question, 'Cancel'));
    expect(textOf(cancelled)).toMatch(/^Saving is on/);
    expect(buttonsOf(cancelled)).toEqual(['Switch off']);
    await expect(bot.discord.owner.clicks(cancelled, 'Erase what is saved')).rejects.toThrow();
    expect(bot.profiler.storage.isSaving).toBe(true);
    expect(valuesInFile()).toBeGreaterThan(0);
  });

  test('keeps what is saved, and goes on in memory', async () => {
    const kept = await answer(
      bot.discord.owner.clicks(await ask('profiler save state:off'), 'Keep what is saved'),
    );
    expect(textOf(kept)).toMatch(/^Saving is off\nWhat was saved stays in SQLite \S+ until it is 1h old/);
    expect(bot.profiler.storage.isSaving).toBe(false);
    expect(valuesInFile()).toBeGreaterThan(0);
    expect(await calls()).toBe(3);
  });

  test('erases what is saved, and goes on in memory; a restart starts empty, and does not save', async () => {
    const first = await ask('profiler save state:off');
    const second = await ask('profiler save state:off');
    const erased = await answer(bot.discord.owner.clicks(first, 'Erase what is saved'));
    expect(textOf(erased)).toMatch(/^Saving is off\nWhat was saved in SQLite \S+ is erased/);
    expect(valuesInFile()).toBe(0);
    expect(await calls()).toBe(3);
    // The same question, asked twice.
    const again = await answer(bot.discord.owner.clicks(second, 'Erase what is saved'));
    expect(textOf(again)).toMatch(/^Saving is off\nFigures are in memory only/);
    await bot.profiler.destroy();
    expect(valuesInFile()).toBe(0);
    await using restarted = new Profiler(bot.client, { profileDir: folder.path });
    await expect.poll(() => restarted.tracked.size, { timeout: 5_000 }).toBe(1);
    expect(await calls(restarted)).toBe(0);
    expect(restarted.storage.isSaving).toBe(false);
  });

  test('is not for strangers, even where they can press', async () => {
    const { components } = await ask('profiler save state:off');
    const channel = await bot.client.channels.fetch(bot.discord.channel().id);
    await (channel as TextChannel).send({ content: 'menu', components: components as never });
    const menu = bot.discord.botMessages().at(-1)!;
    for (const label of buttonsOf(menu)) {
      const reply = await answer(bot.discord.user('mallory').clicks(menu, label));
      expect(reply.content).toBe('Only the owner of this bot can use this.');
    }
    expect(bot.profiler.storage.isSaving).toBe(true);
  });
});

describe('when the store does not do its part', () => {
  test('one that there is no way to open is named, and nothing is changed', async () => {
    await start({ store: 'nosuch:thing' });
    const page = textOf(await ask('profiler save state:on'));
    expect(page).toMatch(/^Saving could not be switched on\n.*called "nosuch"[\s\S]*Nothing was changed/);
    expect(bot.profiler.storage.isSaving).toBe(false);
    expect(textOf(await ask('profiler settings'))).toMatch(/Kept in: memory; saving is off/);
  });

  test('one that cannot be written yet is waited for', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    await start({ profileDir: join(folder.path, 'file') });
    await ping(2);
    expect(textOf(await ask('profiler save state:on'))).toMatch(
      /^Saving is off\nSaving begins as soon as the store can be written[\s\S]*⚠ SQLite .*failed/,
    );
    rmSync(join(folder.path, 'file'));
    await bot.profiler.flush();
    expect(textOf(await ask('profiler save'))).toMatch(/^Saving is on\nFigures[^⚠]*$/);
    expect(await calls()).toBe(2);
  }, 30_000);

  test('one that lives in memory is told from one that lasts', async () => {
    await start({ store: new Map() as never });
    const page = textOf(await ask('profiler save state:on'));
    expect(page).toMatch(/^Saving is off\nKeyv on Map is in the bot's own memory/);
  });

  test('one that fails for a while is shown as such, and what needs it says so', async () => {
    const store = new Unreliable();
    await start({ store: store as never, save: true });
    await ping(2);
    await bot.profiler.flush();
    expect(textOf(await ask('profiler save'))).toMatch(/^Saving is on[\s\S]*Kept in: Keyv on Unreliable/);
    store.isBroken = true;
    await bot.profiler.flush();
    const page = textOf(await ask('profiler save'));
    expect(page).toMatch(/^Saving is on[\s\S]*⚠ .*failed: no luck/);
    expect(textOf(await ask('profiler settings'))).toMatch(
      /Kept in: Keyv on Unreliable; saving is on\n[\s\S]*⚠/,
    );
    expect(textOf(await ask('profiler data export'))).toMatch(
      /^The store does not do its part\n.*no luck[\s\S]*Your bot is not affected/,
    );
    expect(await calls()).toBe(2);
    store.isBroken = false;
    await bot.profiler.flush();
    expect(textOf(await ask('profiler save'))).not.toMatch(/⚠/);
  }, 30_000);
});

test('what a day takes is told by days, else by hours, else by minutes at most', () => {
  const minutes = { level: 'minute', values: 2, chars: 2_048 } as const;
  const hours = { level: 'hour', values: 4, chars: 16_384 } as const;
  const days = { level: 'day', values: 2, chars: 32_768 } as const;
  expect(perDay([minutes, hours, days])).toBe('about 16 KiB a day');
  expect(perDay([minutes, hours, { ...days, values: 0, chars: 0 }])).toBe('about 96 KiB a day');
  expect(perDay([minutes])).toBe('at most 1.41 MiB a day');
  expect(perDay([])).toBeUndefined();
  expect(existsSync('cogscope')).toBe(false);
});

/** A storage adapter for Keyv that can be made to fail. */
class Unreliable {
  isBroken = false;
  readonly #values = new Map<string, unknown>();

  async get(key: string) {
    this.#mustWork();
    return this.#values.get(key);
  }

  async set(key: string, value: unknown) {
    this.#mustWork();
    this.#values.set(key, value);
  }

  async delete(key: string) {
    this.#mustWork();
    return this.#values.delete(key);
  }

  async clear() {
    this.#values.clear();
  }

  #mustWork(): void {
    if (this.isBroken) throw new Error('no luck');
  }
}
