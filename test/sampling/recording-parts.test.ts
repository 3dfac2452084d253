import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRecording } from '../../src/cli/recording-io.ts';
import { groupShares } from '../../src/sampling/groups.ts';
import { StreamedFile } from '../../src/sampling/recorder/streamed-file.ts';
import { encodeRecording } from '../../src/sampling/recording-file.ts';
import { decodeAnyRecording, PARTS_HEAD, partBytes } from '../../src/sampling/recording-parts.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { profileOf, profilerAlone, spin } from '../fixtures/recording.ts';
import { buildProfile, recordedUs, samplesOf } from './build.ts';
import { knownProfile } from './truth.ts';

const BOT = fileURLToPath(new URL('../fixtures/recording-bot.ts', import.meta.url));
const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const QUIET = '--disable-warning=ExperimentalWarning';
const DEADLINE_MS = 60_000;

async function until(check: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (!check()) {
    if (performance.now() > deadlineMs) throw new Error('It takes too long.');
    await sleep(20);
  }
}

const filesIn = (folder: string) => (fs.existsSync(folder) ? readdirSync(folder) : []);

test('a process that is killed leaves what it has recorded, for replay', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'cogs'));
  const bot = spawn(process.execPath, [QUIET, BOT, 'crash', folder.path], { stdio: 'ignore' });
  onTestFinished(() => void bot.kill('SIGKILL'));
  const files = join(folder.path, 'files');
  const ofSize = (least: number) => filesIn(files).some((name) => statSync(join(files, name)).size > least);
  await until(() => ofSize(PARTS_HEAD.length));
  const [name] = filesIn(files);
  const { size } = statSync(join(files, name!));
  // Several parts.
  await until(() => ofSize(3 * size));
  const gone = new Promise((resolve) => bot.once('exit', resolve));
  bot.kill('SIGKILL');
  await gone;

  expect(filesIn(files)).toEqual([name]);
  expect(name).toMatch(/^cpu-[\dTZ-]+-shard0-\d+\.cogscope\.partial$/);
  expect(statSync(join(files, name!)).mode & 0o777).toBe(0o600);
  const profile = await readRecording(join(files, name!));
  expect(profile.threads.map((thread) => thread.name)).toEqual(['main']);
  expect(recordedUs(profile)).toBe(profile.durationUs);
  expect(groupShares(profile, 'command')[0]!.name).toBe('shop/method/work');
  const calls = profile.markers.filter(({ kind }) => kind === 'call');
  expect(calls.length).toBeGreaterThan(5);
  expect(new Set(profile.markers.map(({ thread }) => thread))).toEqual(new Set([0]));
  const { stdout } = spawnSync(process.execPath, [QUIET, CLI, 'replay', join(files, name!)], {
    encoding: 'utf8',
  });
  expect(stdout).toContain('spin');
}, 120_000);

test('a recording that becomes whole has its own name, and one that is cancelled leaves nothing', async () => {
  using folder = temporaryFolder();
  const files = join(folder.path, 'deep', 'files');
  const profiler = profilerAlone({ profileDir: files });
  const hot = profiler.wrap(() => spin(30), 'shop/hot');
  const { recording } = await profiler.profile(
    async () => {
      for (let call = 0; call < 20; call++) {
        hot();
        await sleep(1);
      }
    },
    { stream: true },
  );
  expect(recording.file).toMatch(/deep.files.cpu-.*\.cogscope$/);
  expect(filesIn(files)).toHaveLength(1);
  expect(await readRecording(recording.file!)).toStrictEqual(profileOf(profiler, recording.id));

  const cancelled = await profiler.startRecording({ stream: true });
  expect(filesIn(files)).toHaveLength(2);
  spin(200);
  await cancelled.cancel();
  expect(filesIn(files)).toHaveLength(1);
  // Where nothing can be written, nothing begins.
  writeFileSync(join(folder.path, 'file'), '');
  await expect(
    profilerAlone({ profileDir: join(folder.path, 'file') }).startRecording({ stream: true }),
  ).rejects.toMatchObject({ code: 'RECORDING_FAILED' });
}, 60_000);

describe('a file in parts', () => {
  const later = (from: number) =>
    buildProfile([{ stack: ['play@music'], times: 3 }], { durationUs: from + 3_000 });
  const parts = [knownProfile(), later(20_000)].map(encodeRecording);
  const file = Buffer.concat([PARTS_HEAD, ...parts.map(partBytes)]);

  test('is one recording, and what is not whole at its end is left out', () => {
    const whole = decodeAnyRecording(file, 'bot');
    expect(whole.threads.map(({ name, shard }) => `${shard} ${name}`)).toEqual(['0 main', '1 worker']);
    expect(samplesOf(whole)).toBe(samplesOf(knownProfile()) + 3);
    expect(whole.durationUs).toBe(23_000);
    for (let end = 1; end <= parts[1]!.length; end += 7) {
      expect(samplesOf(decodeAnyRecording(file.subarray(0, -end), 'bot'))).toBe(samplesOf(knownProfile()));
    }
    expect(() => decodeAnyRecording(file.subarray(0, 60), 'bot')).toThrow(
      'The file bot ends before the first part of the recording is whole.',
    );
    expect(() => decodeAnyRecording(file.subarray(0, 8), 'bot')).toThrow('is damaged');
    const other = Buffer.from(file);
    other[8] = 9;
    expect(() => decodeAnyRecording(other, 'bot')).toThrow('another version of cogscope');
    other[8] = 1;
    other[40]! ^= 1;
    expect(() => decodeAnyRecording(other, 'bot')).toThrow('is damaged, or not whole');
  });
});

describe('on a disk that is full', () => {
  /** A disk that takes so many bytes. */
  function diskOf(bytes: number) {
    let left = bytes;
    const full = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    const writeSync = (fd: number, data: Uint8Array, at: number, length: number, position: number) => {
      if (left === 0) full();
      const written = fs.writeSync(fd, data, at, Math.min(length, left), position);
      left -= written;
      return written;
    };
    const writeFileSync = (path: string, data: Uint8Array, options: object) => {
      if (data.length > left) full();
      fs.writeFileSync(path, data, options);
    };
    return { ...fs, writeSync, writeFileSync } as unknown as typeof fs;
  }
  const part = encodeRecording(knownProfile());
  const sizeOf = PARTS_HEAD.length + partBytes(part).length;

  test('what has been written stays readable, and the rest is told to be missing', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cpu.cogscope');
    const streamed = new StreamedFile(path, diskOf(sizeOf + 20));
    streamed.add(knownProfile());
    expect(streamed.note).toBeUndefined();
    streamed.add(knownProfile());
    streamed.add(knownProfile());
    expect(statSync(`${path}.partial`).size).toBe(sizeOf);
    expect(streamed.finish(part)).toBe(`${path}.partial`);
    expect(streamed.note).toContain('was not written any further: ENOSPC');
    expect(filesIn(folder.path)).toEqual(['cpu.cogscope.partial']);
    expect((await readRecording(`${path}.partial`)).durationUs).toBe(knownProfile().durationUs);
  });

  test('what fits at the end is whole after all', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'cpu.cogscope');
    const streamed = new StreamedFile(path, diskOf(1_000_000));
    streamed.add(knownProfile());
    expect(streamed.finish(part)).toBe(path);
    expect(readFileSync(path)).toEqual(Buffer.from(part));
    expect(filesIn(folder.path)).toEqual(['cpu.cogscope']);
    expect(streamed.note).toBeUndefined();
  });
});
