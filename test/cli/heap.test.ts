import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { commandLine } from '../fixtures/command-line.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { type HandMadeNode, handMade } from '../fixtures/heap/hand-made.ts';
import { SMALL_WORLD } from '../fixtures/heap/small-world.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function written(name: string, nodes: readonly HandMadeNode[]): string {
  const path = join(folder.path, name);
  writeFileSync(path, JSON.stringify(handMade(nodes)));
  return path;
}

const songs: HandMadeNode[] = Array.from({ length: 3 }, (_, index) => ({
  name: `song ${index}`,
  label: 'Track',
  size: 1_000,
}));
const world = written('world.heapsnapshot', SMALL_WORLD);
/** The same later: one object is gone, three have come. */
const grown = written('grown.heapsnapshot', [
  ...SMALL_WORLD.map((node) =>
    node.name === 'weakly held'
      ? { ...node, size: 0 }
      : node.name === 'queue'
        ? {
            ...node,
            edges: [...node.edges!, ...songs.map(({ name }, index) => ['element', index, name] as const)],
          }
        : node,
  ),
  ...songs,
]);

test('prints what is in a snapshot, within the width of the terminal', async () => {
  for (const width of [60, 80, 132]) {
    const { printed, code } = await commandLine(['heap', world], width);
    expect(code).toBe(0);
    for (const line of printed.split('\n')) expect(line.length, line).toBeLessThanOrEqual(width);
  }
  const { printed } = await commandLine(['heap', world, '--limit', '3'], 100);
  expect(printed).toContain('3.19 KiB in 28 objects with 36 references');
  expect(printed).toMatch(/^bot +1 +120 B +2\.66 KiB$/m);
  expect(printed).toMatch(/1\.46 KiB shared @29 +global\.bot\.music\.cache$/m);
});

test('says what it does meanwhile, and takes that back', async () => {
  const { status } = await commandLine(['heap', world]);
  expect(status[0]).toBe('Reading 100 %');
  expect(status).toContain('Finding what keeps what alive …');
  expect(status.at(-1)).toBe('');
});

test('what a file has in its names does nothing to the terminal', async () => {
  const red = '\x1b[31mred';
  const file = written('coloured.heapsnapshot', [
    { name: 'root', edges: [['property', red, red]] },
    { name: red, size: 9 },
  ]);
  const { printed } = await commandLine(['heap', file]);
  const { complained } = await commandLine(['heap', file, '--class', `${red}d`]);
  expect(printed).toContain('[31mred');
  expect(complained).toContain('Did you mean');
  expect(printed + complained).not.toContain('\x1b');
});

test('--json is the same, for programs', async () => {
  const { printed } = await commandLine(['heap', world, '--json', '--limit', '2']);
  expect(JSON.parse(printed)).toMatchObject({
    totalBytes: 3_262,
    objects: 28,
    classes: [
      { name: 'global', retainedBytes: 3_062 },
      { name: 'bot', retainedBytes: 2_723 },
    ],
  });
});

test('--class lists the objects of one, and names those that were meant', async () => {
  const { printed } = await commandLine(['heap', grown, '--class', 'Track']);
  expect(printed.match(/global\.bot\.music\.queue\[\d\]/g)).toHaveLength(3);
  expect(await commandLine(['heap', grown, '--class', 'Trak'])).toMatchObject({
    code: 1,
    complained: 'There is no class called "Trak". Did you mean Track?\n',
  });
});

test('--compare tells what came and went', async () => {
  const { printed } = await commandLine(['heap', grown, '--compare', world]);
  expect(printed).toContain('+2.92 KiB, +2 objects.');
  expect(printed).toMatch(/^Track +3 +0 +\+3 +\+2\.93 KiB$/m);
  expect(printed).toMatch(/^weakly held +0 +1 +−1 +−11 B$/m);
  const { printed: json } = await commandLine(['heap', grown, '--compare', world, '--json', '--limit', '1']);
  expect(JSON.parse(json)).toMatchObject({ rows: [{ name: 'Track', newCount: 3 }], agreement: 1 });
});

test('what is of another process is said to be', async () => {
  const others = SMALL_WORLD.map((node) => ({ ...node, label: `other ${node.name}` }));
  const { printed } = await commandLine(['heap', world, '--compare', written('other.heapsnapshot', others)]);
  expect(printed).toContain('These snapshots do not come from one process');
});

test('what was called wrongly is told in a sentence, with 2', async () => {
  const wrong: Record<string, string[]> = {
    'There is no command called "heep". `cogscope --help` lists them.': ['heep'],
    'FILE is missing.': ['heap'],
    '"more" is one argument too many.': ['heap', world, 'more'],
    '`--limit` is a number from 1 to 1000.': ['heap', world, '--limit', 'many'],
    "Unknown option '--sort'.": ['heap', world, '--sort'],
    '`--compare` and `--class` do not go together.': ['heap', world, '--compare', world, '--class', 'bot'],
  };
  for (const [sentence, args] of Object.entries(wrong)) {
    const { code, complained, printed } = await commandLine(args);
    expect([code, printed]).toEqual([2, '']);
    expect(complained).toContain(sentence);
    expect(complained.trim().split('\n')).toHaveLength(1);
  }
});

test('what cannot be done is told in a sentence, with 1', async () => {
  const broken = join(folder.path, 'broken.heapsnapshot');
  writeFileSync(broken, JSON.stringify(handMade(SMALL_WORLD)).slice(0, 1_200));
  expect(await commandLine(['heap', broken])).toMatchObject({
    code: 1,
    printed: '',
    complained: expect.stringMatching(/^The heap snapshot broken\.heapsnapshot ends in the middle of/),
  });
  expect(await commandLine(['heap', join(folder.path, 'none')])).toMatchObject({
    code: 1,
    complained: 'The file none is not there.\n',
  });
});

test('help lists each command, and each option of one', async () => {
  const all = await commandLine(['--help']);
  for (const { name, summary, options } of COMMANDS) {
    expect(all.printed).toContain(summary);
    const { printed, code } = await commandLine([name, '--help']);
    expect(code).toBe(0);
    for (const option of Object.keys(options)) expect(printed).toContain(`--${option}`);
  }
  expect(all.code).toBe(0);
  expect((await commandLine([])).code).toBe(2);
});

test('the executable says nothing but the answer where nobody looks on', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, 'heap', world, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ objects: 28 });
  expect(stderr.replace(/^.*(ExperimentalWarning|--trace-warnings).*\n/gm, '')).toBe('');
  await expect(promisify(execFile)(process.execPath, [MAIN, 'heap'])).rejects.toMatchObject({ code: 2 });
});

test('it ends quietly where its reader has had enough', async () => {
  const child = spawn(process.execPath, [MAIN, 'heap', world], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let complained = '';
  child.stderr.on('data', (data) => {
    complained += data;
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  expect(code).toBe(0);
  expect(complained).not.toContain('EPIPE');
});
