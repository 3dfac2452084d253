import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { FormatOptions, ProfileFormat } from '../../src/sampling/formats/format.ts';
import { PROFILE_FORMATS } from '../../src/sampling/formats/index.ts';
import { optionsFor } from '../../src/sampling/formats/options.ts';
import { encodeRecording } from '../../src/sampling/recording-file.ts';
import { commandLine } from '../fixtures/command-line.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { buildProfile, HOSTILE_NAMES, hostileProfile } from '../sampling/build.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const FORMATS: readonly ProfileFormat[] = PROFILE_FORMATS;

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const inFolder = (name: string) => join(folder.path, name);

const profile = buildProfile([
  { stack: ['emit@node:events', 'play@music', 'next@music'], owner: 'music/command/play', times: 60 },
  { stack: ['emit@node:events', 'rank@levels', 'rank@levels'], owner: 'levels/command/rank', times: 30 },
  { stack: ['(garbage collector)'], times: 10 },
  { stack: ['(idle)'], times: 100, thread: '1/main' },
]);

function written(name: string, bytes: string | Uint8Array): string {
  writeFileSync(inFolder(name), bytes);
  return inFolder(name);
}

const recording = written('night.cogscope', encodeRecording(profile));

const called = (...args: string[]) => commandLine(['replay', ...args]);

function encoded(name: string, wishes: Partial<FormatOptions> = {}): Buffer {
  const format = FORMATS.find((one) => one.name === name)!;
  return Buffer.from(format.encode(profile, optionsFor(format, wishes)) as string);
}

test.each(FORMATS.map(({ name, extension }) => [name, extension]))(
  '%s is written as it is exported, by name and by flag',
  async (name, extension) => {
    const [byName, byFlag] = [inFolder(`name.${extension}`), inFolder(`flag.${extension}`)];
    expect(await called(recording, '--format', name!, '-o', byName)).toMatchObject({
      code: 0,
      complained: '',
    });
    expect((await called(recording, `--${name}`, '--output', byFlag)).code).toBe(0);
    expect(readFileSync(byName)).toEqual(encoded(name!));
    expect(readFileSync(byFlag)).toEqual(encoded(name!));
  },
);

test('text is printed where no file is named, and what is none is refused', async () => {
  expect((await called(recording)).printed).toBe(encoded('table').toString());
  expect((await called(recording, '--collapsed')).printed).toBe(encoded('collapsed').toString());
  for (const name of ['pprof', 'recording']) {
    const { code, complained, printed } = await called(recording, '--format', name);
    expect([code, printed]).toEqual([2, '']);
    expect(complained).toContain(`\`${name}\` is no text: say where to put it with \`-o FILE\`.`);
  }
});

test.each([
  ['a.html', 'flamegraph'],
  ['a.MD', 'markdown'],
  ['a.collapsed.txt', 'collapsed'],
  ['a.txt', 'table'],
  ['a.cpuprofile', 'cpuprofile'],
  ['a.pb.gz', 'pprof'],
  ['a.speedscope.json', 'speedscope'],
  ['a', 'table'],
])('what %s is, its ending says: %s', async (name, format) => {
  const { printed } = await called(recording, '-o', inFolder(name));
  expect(readFileSync(inFolder(name))).toEqual(encoded(format));
  expect(printed).toContain(`: ${inFolder(name)}\nIt opens in `);
});

test('options go to the format as they go from code', async () => {
  const options: [name: string, wishes: Partial<FormatOptions>, args: string[]][] = [
    ['table', { sort: 'name', limit: 1, summary: false }, ['--sort', 'name', '--limit', '1', '--no-summary']],
    ['tree', { maxDepth: 2, minCount: 5, noise: 1 }, ['--max-depth=2', '--min-count=5', '--noise=1']],
    ['tree', { inverted: true, group: ['thread', 'cog'] }, ['--inverted', '--group', 'thread, cog']],
    ['tree', { recursion: 'flat', width: 60 }, ['--recursion', 'flat', '--width', '60']],
    ['flat', { granularity: 'line' }, ['--granularity', 'line']],
    ['dot', { minNodePercent: 20, minEdgePercent: 10 }, ['--min-node-percent=20', '--min-edge-percent=10']],
  ];
  for (const [name, wishes, args] of options) {
    const { printed, complained } = await called(recording, `--${name}`, ...args);
    expect(complained).toBe('');
    expect(printed).toBe(encoded(name, wishes).toString());
    expect(printed).not.toBe(encoded(name).toString());
  }
});

test.each([
  [['--mode', 'wall'], 200],
  [['--mode', 'cpu'], 100],
  [['--mode', 'cpu', '--no-gc'], 90],
  [['--shards', '1'], 100],
  [['--cogs', 'music,levels'], 90],
  [['--cogs', 'music'], 60],
  [['--owners', 'levels/command/rank'], 30],
  [['--threads', 'nobody'], 0],
])('%j leaves %d samples', async (args, samples) => {
  const { printed } = await called(recording, '--collapsed', ...args);
  const us = [...printed.matchAll(/ (\d+)$/gm)].reduce((sum, [, one]) => sum + Number(one), 0);
  expect(us).toBe(samples * 1_000);
});

test('Node’s own functions are folded where that is wished', async () => {
  expect((await called(recording, '--collapsed')).printed).toContain('emit@node:events');
  expect((await called(recording, '--collapsed', '--no-internals')).printed).not.toContain('node:events');
});

test('a recording that Discord was too small for is read as it came', async () => {
  const packed = written('night.cogscope.gz', gzipSync(encodeRecording(profile)));
  expect((await called(packed)).printed).toBe(encoded('table').toString());
});

test('what was called wrongly is told in a sentence, with 2', async () => {
  const wrong: Record<string, string[]> = {
    'FILE is missing.': [],
    '`--format` must be one of `flamegraph`, ': [recording, '--format', 'svg'],
    'One format at a time: `tree` or `flat`.': [recording, '--tree', '--flat'],
    '`--limit` must be a whole number, at least 1.': [recording, '--limit', 'many'],
    '`--min-count` must be a whole number, at least 0.': [recording, '--tree', '--min-count='],
    '`--max-depth` does not go with `format: table`.': [recording, '--max-depth', '3'],
    '`--recursion` does not go with `inverted: true`': [
      ...[recording, '--tree', '--inverted', '--recursion', 'flat'],
    ],
    '`--sort` must be one of `nsamples`, ': [recording, '--sort', 'beauty'],
    '`--group` must be a list of `thread`, ': [recording, '--tree', '--group', 'shoe'],
    '`--mode` must be one of wall, cpu, loop.': [recording, '--mode', 'slow'],
    '`--shards` must be numbers, with commas between them.': [recording, '--shards', 'first'],
    'The output would take the place of the recording.': [recording, '-o', recording],
    "Unknown option '--colour'.": [recording, '--colour'],
  };
  for (const [sentence, args] of Object.entries(wrong)) {
    const { code, complained, printed } = await called(...args);
    expect([complained, code, printed]).toEqual([expect.stringContaining(sentence), 2, '']);
    expect(complained.trim().split('\n')).toHaveLength(1);
  }
  expect(readFileSync(recording)).toEqual(Buffer.from(encodeRecording(profile)));
});

test('what cannot be read or written is told in a sentence, with 1, and nothing is left of it', async () => {
  mkdirSync(inFolder('folder'));
  const bytes = encodeRecording(profile);
  const cases: [sentence: string, args: string[]][] = [
    ['The file none is not there.', [inFolder('none')]],
    ['The file folder is not a file.', [inFolder('folder')]],
    ['The file text is no recording of cogscope.', [written('text', 'hello')]],
    ['The file empty is no recording of cogscope.', [written('empty', '')]],
    ['The file cut is damaged, or not whole.', [written('cut', bytes.subarray(0, bytes.length - 9))]],
    [
      'The file cut.gz is damaged, or not whole.',
      [written('cut.gz', gzipSync(bytes).subarray(0, bytes.length - 9))],
    ],
    [
      'The file x.html cannot be written: its folder is not there.',
      [recording, '-o', inFolder('no/such/x.html')],
    ],
    ['The file folder cannot be written: ', [recording, '-o', inFolder('folder')]],
  ];
  for (const [sentence, args] of cases) {
    const { code, complained, printed } = await called(...args);
    expect([complained, code, printed]).toEqual([expect.stringContaining(sentence), 1, '']);
    expect(complained.trim().split('\n')).toHaveLength(1);
  }
  expect(existsSync(inFolder('no'))).toBe(false);
});

test.runIf(existsSync('/dev/full'))('a disk that is full is told of', async () => {
  const { code, complained } = await called(recording, '--flamegraph', '-o', '/dev/full');
  expect(code).toBe(1);
  expect(complained).toMatch(/^The file full cannot be written: ENOSPC/);
});

test('what a recording has in its names does nothing to the terminal', async () => {
  expect(HOSTILE_NAMES.some((name) => name.includes('\u001b'))).toBe(true);
  const hostile = written('hostile.cogscope', encodeRecording(hostileProfile()));
  for (const { name } of FORMATS.filter((format) => format.mediaType !== 'application/octet-stream')) {
    if (name === 'pprof') continue;
    expect((await called(hostile, '--format', name)).printed).not.toContain('\u001b');
  }
});

test('the executable writes a page', async () => {
  const page = inFolder('page.html');
  await promisify(execFile)(process.execPath, [MAIN, 'replay', recording, '--flamegraph', '-o', page]);
  expect(readFileSync(page)).toEqual(encoded('flamegraph'));
});
