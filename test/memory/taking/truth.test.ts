import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SnapshotAnalysis, SnapshotChanges, SnapshotInfo, SnapshotPlan } from '../../../src/index.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

const PROCESS = fileURLToPath(new URL('../../fixtures/heap/bot-process.ts', import.meta.url));
const LONGEST_MS = 180_000;
const MOST_OUTPUT_BYTES = 2 ** 26;
/** V8 counts what a process uses in pages, and its own things with it. */
const TOLERANCE = 0.02;
const SECRET = 'planted-3f7c61e8a';

interface Said {
  readonly plan: SnapshotPlan;
  readonly first: SnapshotAnalysis;
  readonly second: SnapshotAnalysis;
  readonly changes: SnapshotChanges;
  readonly files: readonly SnapshotInfo[];
  /** What each takes by V8's own count. */
  readonly bytes: Record<string, number>;
}

const folder = temporaryFolder();
let stdout: string;
let said: Said;
beforeAll(async () => {
  const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', PROCESS, folder.path];
  const env = { ...process.env, PLANTED_SECRET: SECRET };
  const options = { timeout: LONGEST_MS, maxBuffer: MOST_OUTPUT_BYTES, env };
  ({ stdout } = await promisify(execFile)(process.execPath, args, options));
  said = JSON.parse(stdout) as Said;
}, LONGEST_MS);
afterAll(() => folder[Symbol.dispose]());

function isNear(found: number, truth: number): boolean {
  return Math.abs(found / truth - 1) <= TOLERANCE;
}

describe('what each cog holds', () => {
  // Beside what V8 counted: what was put into strings, buffers and numbers.
  test.each([
    ['five', 1_250 * 3_900],
    ['twenty', 5_000 * 4_000],
    ['eighty', 10_000 * (2_900 + 800 + 4_000)],
  ])('in variables of its module is what V8 counted: %s', (name, payload) => {
    const { bytes } = said.first.cogs!.cogs.find(({ cog }) => cog === name)!;
    expect({ bytes, truth: said.bytes[name], near: isNear(bytes, said.bytes[name]!) }).toMatchObject({
      near: true,
    });
    expect(bytes).toBeGreaterThan(payload);
    expect(bytes).toBeLessThan(payload * 1.1);
  });

  test('together is counted once, and what the bot has as well is nobody’s', () => {
    const [shared, ...others] = said.first.cogs!.shared;
    expect([...shared!.holders].sort()).toEqual(['five', 'twenty']);
    expect({ ...shared, near: isNear(shared!.bytes, said.bytes['shared']!) }).toMatchObject({ near: true });
    // Some code, if anything.
    for (const { bytes } of others) expect(bytes).toBeLessThan(1_000);
  });

  test('is all of the heap, with what is shared and what is there without them', () => {
    const { cogs, report } = said.first;
    const sum = cogs!.cogs.reduce((total, { bytes }) => total + bytes, cogs!.sharedBytes + cogs!.restBytes);
    expect(sum).toBe(report.totalBytes);
    expect(cogs!.restBytes).toBeGreaterThan(3_000 * 1_000);
    const objects = cogs!.cogs.reduce((total, row) => total + row.objects, cogs!.restObjects);
    expect(objects + cogs!.shared.reduce((total, row) => total + row.objects, 0)).toBe(report.objects);
  });

  test('is told by class, and by its largest objects with the ways there', () => {
    const of = (name: string) => said.first.cogs!.cogs.find(({ cog }) => cog === name)!;
    expect(of('five').classes.find(({ name }) => name === 'PlantedSong')).toMatchObject({ count: 1_250 });
    expect(of('five').largest[0]!.retainedBytes).toBeGreaterThan(4_800_000);
    expect(of('eighty').largest[0]!.path).toMatch(/\(members\)$/);
    expect(
      of('twenty')
        .largest.slice(0, 2)
        .map(({ path }) => path.split('(').at(-1)),
    ).toEqual(expect.arrayContaining(['turns)', 'kept)']));
  });
});

test('what grew is told by cog and class, though V8 has given all objects other ids meanwhile', () => {
  const { changes } = said;
  expect(changes.cogs[0]).toMatchObject({ cog: 'five' });
  expect(changes.cogs[0]!.bytesDelta).toBeGreaterThan(2_000 * 3_900);
  expect(changes.classes[0]).toMatchObject({ cog: 'five', name: '(string)' });
  expect(changes.classes.find(({ name }) => name === 'PlantedSong')).toMatchObject({
    cog: 'five',
    countDelta: 2_000,
  });
});

test('the files are whole, and nobody else may read them', () => {
  expect(said.files.map(({ id }) => id)).toEqual([said.second.id, said.first.id]);
  for (const { path, sizeBytes } of said.files) {
    const { mode, size } = statSync(path);
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBe(sizeBytes);
  }
  expect(said.first.pauseMs).toBeGreaterThan(0);
  expect(said.plan.fileBytes).toBeGreaterThan(said.first.sizeBytes);
});

test('no secret is in what is told: not the token, nor what the environment or a name says is one', () => {
  expect(stdout).not.toContain(SECRET);
  expect(stdout).not.toContain('hunter2');
  // They were there to be found.
  expect(said.first.report.duplicates.rows.some(({ text }) => text.startsWith('[secret] ccc'))).toBe(true);
  expect(said.first.report.largest.some(({ path }) => path.includes('[secret] as a key'))).toBe(true);
});
