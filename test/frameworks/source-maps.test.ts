import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { SourceMaps } from '../../src/frameworks/source-maps.ts';
import { Surroundings } from '../../src/frameworks/surroundings.ts';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const require = createRequire(import.meta.url);

/** The first lines are gone once it is compiled. */
const SOURCE = `
interface Song {
  title: string;
}

export async function play(song: Song): Promise<string> {
  return song.title;
}
`;
const WRITTEN_AT = 6;

let root: string;
let source: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cogscope-maps-')));
  const folder = join(root, 'src/commands/music');
  mkdirSync(folder, { recursive: true });
  source = join(folder, 'play.ts');
  writeFileSync(source, SOURCE);
});

afterAll(() => rmSync(root, { recursive: true }));

function compile(name: string, ...options: string[]): string {
  const out = join(root, name);
  const common = [
    '--ignoreConfig',
    '--module',
    'commonjs',
    '--target',
    'es2022',
    '--rootDir',
    join(root, 'src'),
  ];
  execFileSync(process.execPath, [tsc, ...common, '--outDir', out, ...options, source], { stdio: 'inherit' });
  return join(out, 'commands/music/play.js');
}

test.each([
  ['a file beside it', ['--sourceMap']],
  ['the file itself', ['--inlineSourceMap']],
  ['a file that names the folder of the sources', ['--sourceMap', '--sourceRoot', 'SRC']],
])('compiled code is told by its source, with the map in %s', (where, options) => {
  const file = compile(
    where.replaceAll(' ', '-'),
    ...options.map((option) => option.replace('SRC', join(root, 'src'))),
  );
  const { play } = require(file);
  const surroundings = new Surroundings(join(root, where.replaceAll(' ', '-')));
  expect(surroundings.describe(play)).toEqual({
    cog: 'music',
    location: { file: source, line: WRITTEN_AT, column: expect.any(Number) },
  });
});

test.each([
  ['without a map', ''],
  ['with a map that is not there', '//# sourceMappingURL=nowhere.js.map\n'],
  ['with a broken map', '//# sourceMappingURL=data:application/json;base64,AAAA\n'],
])('code %s is where it is', (name, reference) => {
  const file = join(root, `${name.replaceAll(' ', '-')}.js`);
  writeFileSync(file, `module.exports = () => 1;\n${reference}`);
  const location = { file, line: 1, column: 18 };
  expect(new SourceMaps().resolve(location)).toBe(location);
  expect(new Surroundings(root).locationOf(require(file))).toEqual(location);
});

test('the names that bundlers give to sources are paths below the folder of the map', () => {
  const file = join(root, 'bundle.js');
  const map = { version: 3, sources: ['webpack://bot/./src/play.ts'], names: [], mappings: 'AAEA' };
  writeFileSync(file, '(() => 1)();\n//# sourceMappingURL=bundle.js.map');
  writeFileSync(`${file}.map`, JSON.stringify(map));
  expect(new SourceMaps().resolve({ file, line: 1, column: 1 })).toEqual({
    file: join(root, 'src/play.ts'),
    line: 3,
    column: 1,
  });
});

test('what was compiled again is told by the new map, and by the old one as long as there is none', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const file = join(root, 'again.js');
  const write = (writtenAtS: number, mappings: string) => {
    const map = { version: 3, sources: ['again.ts'], names: [], mappings };
    const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
    writeFileSync(file, `(() => 1)();\n//# sourceMappingURL=${url}`);
    utimesSync(file, writtenAtS, writtenAtS);
  };
  const maps = new SourceMaps();
  const line = () => maps.resolve({ file, line: 1, column: 1 }).line;
  write(1_000, 'AAEA');
  expect(line()).toBe(3);
  rmSync(file);
  vi.advanceTimersByTime(2_000);
  expect(line()).toBe(3);
  write(2_000, 'AAIA');
  vi.advanceTimersByTime(2_000);
  expect(line()).toBe(5);
});
