import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { TextChannel } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { linesOf } from '../../src/commands/pages/import-file.ts';
import type { ProfilerOptions } from '../../src/index.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import type { Posted, StandInOptions } from '../standin/standin.ts';
import { answer, buttonsOf, textOf } from './pages.ts';

type Bot = Awaited<ReturnType<typeof startBot>>;

let folder: ReturnType<typeof temporaryFolder>;
let bot: Bot;
const start = async (discordOptions: StandInOptions = {}, options: ProfilerOptions = {}) => {
  bot = await startBot({ profileDir: join(folder.path, 'bot'), save: true, ...options }, discordOptions);
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

const ask = (text: string, options = {}) => answer(bot.discord.owner.runs(text, options));
const click = (page: Posted, label: string) => answer(bot.discord.owner.clicks(page, label));
const importing = (filename: string, bytes: Uint8Array | string) =>
  ask('profiler data import', { file: { filename, bytes } });

async function counts({ profiler } = bot): Promise<Record<string, number>> {
  const { rows } = await profiler.summary();
  return Object.fromEntries(rows.filter(({ count }) => count > 0).map(({ name, count }) => [name, count]));
}

/** Three calls of ping and two of fail. */
async function play(): Promise<void> {
  bot.profiler.attach('ping, fail');
  for (const command of ['ping', 'ping', 'ping', 'fail', 'fail'])
    await answer(bot.discord.user('alice').runs(command));
  await expect.poll(() => counts(), { timeout: 5_000 }).toEqual({ ping: 3, fail: 2 });
  vi.setSystemTime(Date.now() + 1_000);
}

const exported = async () => {
  const [file] = (await ask('profiler data export')).attachments;
  return Buffer.from(file!.bytes);
};
const linesIn = (bytes: Buffer) =>
  bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('export and import', () => {
  test('a file with a header, and a line for each target in each minute', async () => {
    await start();
    await play();
    const page = await ask('profiler data export');
    expect(textOf(page)).toMatch(/^Exported 2 rows\nThe file has it all, \S+ (B|KiB)/);
    const [file] = page.attachments;
    expect(file!.filename).toMatch(/^profiler_data_\d{8}_\d{6}\.jsonl$/);
    const [header, ...rows] = linesIn(Buffer.from(file!.bytes));
    expect(header).toEqual({
      cogscope: 1,
      application: bot.client.application!.id,
      exportedAtEpochMs: expect.any(Number),
    });
    const byTarget = Object.fromEntries(
      rows.map(({ target, count, errorKinds }) => [target, { count, errorKinds }]),
    );
    expect(byTarget).toEqual({
      'fixtures/command/fail': { count: 2, errorKinds: { RangeError: 2 } },
      'fixtures/command/ping': { count: 3, errorKinds: {} },
    });
    // Nothing of what users wrote, or of who they are.
    expect(file!.text).not.toMatch(/planted|alice|about to fail/);
    expect(file!.text).not.toContain(bot.discord.user('alice').id);
    expect(file!.text).not.toContain(bot.discord.channel().id);
  });

  test('what is imported elsewhere gives the same figures, and the same export', async () => {
    await start();
    await play();
    const bytes = await exported();
    await using other = await startBot({ profileDir: join(folder.path, 'other'), save: true });
    const reply = await answer(
      other.discord.owner.runs('profiler data import', { file: { filename: 'x.jsonl', bytes } }),
    );
    expect(textOf(reply)).toMatch(/^Took in a file of 2 rows\n/);
    const figures = async ({ profiler }: Bot) =>
      (await profiler.summary()).rows
        .map(({ coveredMs, callsPerMinute, impact, ...row }) => row)
        .sort((a, b) => a.id.localeCompare(b.id));
    expect(await figures(other)).toEqual(await figures(bot));
    const [again] = (await answer(other.discord.owner.runs('profiler data export'))).attachments;
    expect(linesIn(Buffer.from(again!.bytes)).slice(1)).toEqual(linesIn(bytes).slice(1));
    // Figures are added to those that are there.
    await answer(other.discord.owner.runs('profiler data import', { file: { filename: 'x.jsonl', bytes } }));
    expect(await counts(other)).toEqual({ ping: 6, fail: 4 });
  });

  test('a file over the limit of Discord is compressed, and taken in again', async () => {
    await start({ attachmentSizeLimitBytes: 700 });
    await play();
    const page = await ask('profiler data export');
    const [file] = page.attachments;
    expect(file!.filename).toMatch(/^profiler_data_\d{8}_\d{6}\.jsonl\.gz$/);
    expect(file!.size).toBeLessThanOrEqual(700);
    expect(linesIn(gunzipSync(file!.bytes))).toHaveLength(3);
    expect(textOf(await importing('any-name', file!.bytes))).toMatch(/^Took in a file of 2 rows/);
  });

  test('one that is still too large is written to the folder, for its owner only', async () => {
    await start({ attachmentSizeLimitBytes: 100 });
    await play();
    const page = await ask('profiler data export');
    expect(page.attachments).toEqual([]);
    const [, path] = /too large for Discord \(\d+ B compressed, 100 B allowed\)[^`]*`([^`]+)`/.exec(
      textOf(page),
    )!;
    expect(path).toMatch(/\/bot\/profiler_data_\d{8}_\d{6}\.jsonl\.gz$/);
    expect(statSync(path!).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder.path, 'bot')).mode & 0o777).toBe(0o700);
    expect(linesIn(gunzipSync(readFileSync(path!)))).toHaveLength(3);
  });

  test('where it cannot be written either, that is said', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    await start({ attachmentSizeLimitBytes: 20 }, { profileDir: join(folder.path, 'file'), save: false });
    expect(textOf(await ask('profiler data export'))).toMatch(
      /^That did not work\nThe file profiler_data_\S+ is too large for Discord \(\d+ B\) and could not be written/,
    );
  });

  test('nothing to export', async () => {
    await start();
    expect(textOf(await ask('profiler data export'))).toMatch(/^There are no figures yet/);
  });

  describe('broken files', () => {
    beforeEach(() => start());

    const header = '{"cogscope":1}';
    test.each([
      ['', 'Line 1 of the data is missing'],
      ['hello', 'Line 1 of the data is no JSON object'],
      ['{"a":1}', 'Line 1 of the data does not say that this is an export of cogscope'],
      ['{"cogscope":2}', 'Line 1 of the data is of version 2'],
      [`${header}\n\n{"level":"week"}`, 'Line 3 of the data has no known `level`'],
      [`${header}\n${'x'.repeat(1_100_000)}`, 'Line 2 of the data is longer than 1 MiB'],
    ])('%.40j', async (text, problem) => {
      expect(textOf(await importing('data.jsonl', text))).toContain(`That did not work\n${problem}`);
      expect(await counts()).toEqual({});
    });

    test('what comes before the broken line is taken in', async () => {
      await play();
      const [first, second] = (await exported()).toString().split('\n');
      const page = await importing('data.jsonl', `${first}\n${second}\n{"level":`);
      expect(textOf(page)).toContain('Line 3 of the data is no JSON object. Nothing after it was taken in.');
    });

    test('compressed, and cut off', async () => {
      const bytes = gzipSync(`${header}\n`).subarray(0, 20);
      expect(textOf(await importing('data.jsonl.gz', bytes))).toMatch(
        /^That did not work\nThe file data\.jsonl\.gz is damaged: /,
      );
    });

    test('too large', async () => {
      const page = await importing('data.jsonl', Buffer.alloc(64 * 2 ** 20 + 1));
      expect(textOf(page)).toContain('The file data.jsonl is larger than 64 MiB.');
    });

    test('too large once inflated', async () => {
      const bomb = gzipSync(Buffer.from('{}\n'.repeat(100_000)));
      const read = async () => {
        for await (const _ of linesOf('bomb.gz', bomb, 100_000));
      };
      await expect(read()).rejects.toThrow('The file bomb.gz holds more than 97.7 KiB');
    });

    test('a file that cannot be downloaded', async () => {
      using _ = { [Symbol.dispose]: replaceFetch(async () => new Response('', { status: 404 })) };
      expect(textOf(await importing('data.jsonl', header))).toMatch(
        /The file data\.jsonl could not be downloaded: Discord answered with status 404/,
      );
    });
  });
});

describe('clear', () => {
  beforeEach(async () => {
    await start();
    await play();
  });

  test('asks, and forgets nothing when it is cancelled', async () => {
    const question = await ask('profiler data clear');
    expect(textOf(question)).toMatch(/^Forget 5 calls\?\n[\s\S]*2 targets, 5 calls[\s\S]*cannot be undone/);
    expect(buttonsOf(question)).toEqual(['Export first', 'Forget it', 'Cancel']);
    const cancelled = await click(question, 'Cancel');
    expect(textOf(cancelled)).toMatch(/^Nothing was forgotten/);
    expect(buttonsOf(cancelled)).toEqual([]);
    await expect(click(cancelled, 'Forget it')).rejects.toThrow();
    expect(await counts()).toEqual({ ping: 3, fail: 2 });
  });

  test('forgets all, in the store too; what is timed stays timed', async () => {
    const done = await click(await ask('profiler data clear'), 'Forget it');
    expect(textOf(done)).toMatch(/^Forgot 2 targets, 5 calls\n/);
    expect(await counts()).toEqual({});
    expect(linesIn(await exported()).filter(({ target }) => target !== undefined)).toEqual([]);
    await answer(bot.discord.user('alice').runs('ping'));
    await expect.poll(() => counts(), { timeout: 5_000 }).toEqual({ ping: 1 });
  });

  test('forgets only what was named', async () => {
    const offered = await bot.discord.owner.types('profiler data clear target:pin');
    expect(offered[0]!.value).toBe('fixtures/command/ping');
    const question = await ask('profiler data clear', { target: offered[0]!.value });
    expect(textOf(question)).toMatch(/^Forget 3 calls\?\n.*`fixtures\/command\/ping`.*1 target, 3 calls/);
    await click(question, 'Forget it');
    expect(await counts()).toEqual({ fail: 2 });
    expect(linesIn(await exported()).flatMap(({ target }) => target ?? [])).toEqual([
      'fixtures/command/fail',
    ]);
    expect(textOf(await ask('profiler data clear target:pnig'))).toMatch(
      /^That did not work\n.*Did you mean/,
    );
  });

  test('exports first, and the file stays with the answer', async () => {
    const page = await click(await ask('profiler data clear target:ping'), 'Export first');
    expect(textOf(page)).toMatch(/^Forget 3 calls\?\n\*\*Exported\.\*\* The file has it all/);
    expect(page.attachments).toHaveLength(1);
    const done = await click(page, 'Forget it');
    expect(textOf(done)).toMatch(/^Forgot 1 target, 3 calls/);
    expect(linesIn(Buffer.from(done.attachments[0]!.bytes))).toHaveLength(3);
  });

  test('asks again where the name means other targets by then', async () => {
    const question = await ask('profiler data clear target:commands');
    bot.profiler.attach('queue list');
    const again = await click(question, 'Forget it');
    expect(textOf(again)).toMatch(
      /^Forget 5 calls\?\nOther targets have come or gone[\s\S]*3 targets, 5 calls/,
    );
    expect(await counts()).toEqual({ ping: 3, fail: 2 });
    await click(again, 'Forget it');
    expect(await counts()).toEqual({});
  });

  test('a query that no button can carry is not asked about', async () => {
    const long = Array.from({ length: 6 }, () => 'fixtures/command/ping').join(', ');
    expect(textOf(await ask('profiler data clear', { target: long }))).toMatch(/^Too long for a button/);
  });

  test('is not for strangers, even where they can press', async () => {
    const { components } = await ask('profiler data clear');
    const channel = await bot.client.channels.fetch(bot.discord.channel().id);
    await (channel as TextChannel).send({ content: 'menu', components: components as never });
    const menu = bot.discord.botMessages().at(-1)!;
    for (const label of buttonsOf(menu)) {
      const reply = await answer(bot.discord.user('mallory').clicks(menu, label));
      expect(reply.content).toBe('Only the owner of this bot can use this.');
      expect(reply.attachments).toEqual([]);
    }
    expect(await counts()).toEqual({ ping: 3, fail: 2 });
  });

  test('nothing to clear', async () => {
    bot.profiler.detach('all');
    expect(textOf(await ask('profiler data clear'))).toMatch(/^Nothing was recorded/);
  });
});

function replaceFetch(replacement: () => Promise<Response>): () => void {
  const { fetch } = globalThis;
  globalThis.fetch = replacement as typeof fetch;
  return () => {
    globalThis.fetch = fetch;
  };
}
