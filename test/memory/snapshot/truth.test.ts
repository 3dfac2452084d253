import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOfCogs } from '../../../src/memory/snapshot/code.ts';
import { type ClassChange, censusOf, compare, isOfOneProcess } from '../../../src/memory/snapshot/compare.ts';
import { type Heap, openHeap } from '../../../src/memory/snapshot/heap.ts';
import { holdingsOf } from '../../../src/memory/snapshot/holders.ts';
import { largestOfClass } from '../../../src/memory/snapshot/largest.ts';
import { type HeapReport, reportOf } from '../../../src/memory/snapshot/report.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

const PROCESS = fileURLToPath(new URL('../../fixtures/heap/holding-process.ts', import.meta.url));
const LONGEST_MS = 180_000;
/** V8 counts what a process uses in pages, and its own things with it. */
const TOLERANCE = 0.02;

interface Said {
  readonly first: string;
  readonly second: string;
  readonly token: string;
  readonly ids: Record<'music' | 'games' | 'levels', number>;
  readonly bytes: Record<'music' | 'games' | 'levels' | 'cache', number>;
}

const folder = temporaryFolder();
let said: Said;
let heap: Heap;
let report: HeapReport;

beforeAll(async () => {
  const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', PROCESS, folder.path];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LONGEST_MS });
  said = JSON.parse(stdout) as Said;
  heap = await openHeap(said.first);
  report = reportOf(heap, 50);
}, LONGEST_MS);
afterAll(() => folder[Symbol.dispose]());

function isNear(found: number, truth: number): boolean {
  return Math.abs(found / truth - 1) <= TOLERANCE;
}

describe('what cogs hold', () => {
  const nodeOf = (id: number) => heap.graph.nodeIds.indexOf(id);
  const holdings = async () => {
    const code = await codeOfCogs(heap, async (sites) =>
      sites.map(({ script }) => (script.endsWith('/cogs/levels.ts') ? 'levels' : undefined)),
    );
    return holdingsOf(heap, [
      { name: 'music', nodes: [nodeOf(said.ids.music)] },
      { name: 'games', nodes: [nodeOf(said.ids.games)] },
      { name: 'levels', nodes: [nodeOf(said.ids.levels), ...code.get('levels')!.nodes] },
    ]);
  };

  test('in a Map, in closures and circles, and in variables of a module, is what V8 counted', async () => {
    const { holders } = await holdings();
    const { bytes } = said;
    // Beside what V8 counted: what was put into strings, buffers and numbers.
    const truth = {
      music: { bytes: bytes.music, payload: 1_250 * 3_900 },
      games: { bytes: bytes.games, payload: 5_000 * 4_000 },
      // One more is there from before.
      levels: { bytes: (bytes.levels / 80) * 81, payload: 81 * 125 * (2_900 + 800 + 4_000) },
    };
    for (const { name, exclusiveBytes } of holders) {
      const { bytes, payload } = truth[name as keyof typeof truth];
      expect({ name, exclusiveBytes, bytes, near: isNear(exclusiveBytes, bytes) }).toMatchObject({
        near: true,
      });
      expect(exclusiveBytes).toBeGreaterThan(payload);
      expect(exclusiveBytes).toBeLessThan(payload * 1.1);
    }
  });

  test('together is counted once, and what the bot holds too is nobody’s', async () => {
    const [shared, ...others] = (await holdings()).shared;
    expect(shared!.holders).toEqual(['music', 'games']);
    expect(others).toEqual([]);
    expect({
      ...shared,
      truth: said.bytes.cache,
      near: isNear(shared!.bytes, said.bytes.cache),
    }).toMatchObject({
      near: true,
    });
  });

  test('by one instance is its retained size', () => {
    const [music] = holdingsOf(heap, [{ name: 'music', nodes: [nodeOf(said.ids.music)] }]).holders;
    expect(music!.exclusiveBytes).toBe(heap.retainedSizes[nodeOf(said.ids.music)]);
  });
});

test('classes have their counts and sizes, buffers with what lies outside the heap', () => {
  const row = (name: string) => reportOf(heap, 1_000).classes.find((candidate) => candidate.name === name)!;
  expect(row('Song')).toMatchObject({ count: 1_250 });
  expect(row('Leaked')).toMatchObject({ count: 1 });
  expect(row('Float64Array').count).toBeGreaterThanOrEqual(5_000);
  expect(isNear(row('Float64Array').retainedBytes, 5_000 * 4_000)).toBe(false);
  expect(row('ArrayBuffer').retainedBytes).toBeGreaterThan(80 * 125 * 4_000);
  // Nothing refers to it strongly.
  expect(row('Forgotten')).toBeUndefined();
});

test('what a WeakMap holds is held by its key', () => {
  const [key] = largestOfClass(heap, 'Key', 1);
  expect(key!.retainedBytes).toBeGreaterThan(200_000);
  expect(key!.path).toBe('global.rest.keys[0]');
});

test('the largest objects are those that hold much themselves, and how they are reached is told', () => {
  const paths = report.largest.map(({ path }) => path);
  expect(paths).toContain('global.bot.music.queue');
  expect(paths).toContain('global.buffer{buffer}');
  // Of this one nearly all is in a variable of the module.
  expect(paths.some((path) => path.endsWith('(members)'))).toBe(true);
});

test('equal strings are found, with what they waste', () => {
  const row = report.duplicates.rows.find(({ text }) => text.startsWith('the same text everywhere'))!;
  expect(row.count).toBe(50);
  expect(row.wastedBytes).toBeGreaterThanOrEqual(49 * 1_000);
  expect(row.wastedBytes).toBeLessThan(49 * 1_100);
  expect(row.path).toMatch(/^global\.rest\.equal\[\d+\]$/);
});

test('closures that alone hold their scope are found by their code, with the variables', () => {
  const row = report.closures.find(({ name }) => name === 'onMessage')!;
  expect(row).toMatchObject({ count: 100, variables: ['payload'] });
  expect(row.retainedBytes).toBeGreaterThan(100 * 50_000);
  expect(row.place).toMatch(/holding-process\.ts:\d+:\d+$/);
  // In the order of the list, or at least one of it.
  expect(row.path).toMatch(/^global\.rest\.handlers\[\d+\]$/);
  expect(report.closures.find(({ name }) => name === 'turn')!.count).toBe(2_500);
});

test('a token is in none of the tables, wherever it was', () => {
  const all = [
    report,
    largestOfClass(heap, '(string)', 1_000),
    largestOfClass(heap, 'Object', 1_000),
    largestOfClass(heap, 'Map', 100),
  ];
  const json = JSON.stringify(all);
  expect(json).toContain('[secret]');
  expect(json).not.toContain(said.token);
  for (const part of said.token.split('.')) expect(json).not.toContain(part);
});

test(
  'the class that grew is the first in a comparison, and what went is told',
  async () => {
    const before = censusOf(heap);
    const comparison = compare(before, censusOf(await openHeap(said.second)));
    expect(isOfOneProcess(comparison)).toBe(true);
    const row = (name: string) => comparison.rows.find((candidate) => candidate.name === name)!;
    expect(comparison.rows.slice(0, 3).map(({ name }) => name)).toContain('Leaked');
    expect(row('Leaked')).toMatchObject({ newCount: 2_000, freedCount: 0, countDelta: 2_000 });
    expect(row('(string)').newCount).toBeGreaterThanOrEqual(2_000);
    expect(row('(string)').freedCount).toBeGreaterThanOrEqual(40);
    expect(row('Song')).toBeUndefined();
    const sum = (of: (change: ClassChange) => number) =>
      comparison.rows.reduce((total, change) => total + of(change), 0);
    expect(sum(({ newCount, freedCount }) => newCount - freedCount)).toBe(comparison.countDelta);
    expect(sum(({ bytesDelta }) => bytesDelta)).toBe(comparison.bytesDelta);
  },
  LONGEST_MS,
);
