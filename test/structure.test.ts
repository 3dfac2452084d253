import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../src/', import.meta.url));

/** Who may import whom: a folder its own files, and those of the rooms named here. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  '.': [
    'cog',
    'store',
    'deadline',
    'inflight',
    'rest',
    'shards',
    'frameworks',
    'commands',
    'register',
    'context',
    'trace',
    'sampling',
    'memory',
  ],
  cog: ['store', '.'],
  context: ['cog'],
  trace: ['cog', 'render', 'store', '.'],
  store: ['.'],
  deadline: ['cog', 'store', 'frameworks'],
  inflight: ['cog', 'store'],
  rest: ['cog', 'store', 'frameworks'],
  shards: [],
  frameworks: ['cog', '.'],
  register: ['cog', 'sampling', '.'],
  memory: ['cog', 'frameworks', 'render', 'sampling', '.'],
  render: ['.'],
  cli: ['cog', 'render', 'memory', 'sampling', '.'],
  sampling: ['cog', 'context', 'frameworks', 'render', 'store', '.'],
  sapphire: ['.'],
  commands: [
    'render',
    'cog',
    'store',
    'deadline',
    'inflight',
    'rest',
    'frameworks',
    'trace',
    'sampling',
    'memory',
    '.',
  ],
};

/** The imports that are left when types are erased; what is loaded later, on demand, is among them. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(src, file), 'utf8');
  const statements = source.matchAll(
    /^(?:import|export)\s+(type\s+)?[^;]*?from '(\.[^']+)';|import\('(\.[^']+)'\)/gm,
  );
  return [...statements].flatMap(([, type, path, dynamicPath]) =>
    type === undefined ? [normalize(join(dirname(file), (path ?? dynamicPath)!))] : [],
  );
}

/** A folder of `src`, with what is below it; `.` for `src` itself. */
function roomOf(file: string): string {
  return dirname(file).split(sep)[0]!;
}

const files = globSync('**/*.ts', { cwd: src });

test.each(files)('%s imports one way only', (file) => {
  const room = roomOf(file);
  const allowed = [room, ...(MAY_IMPORT[room] ?? [])];
  for (const imported of importsOf(file))
    expect(allowed, `${file} imports ${imported}`).toContain(roomOf(imported));
});

test('no modules import each other in a circle', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) throw new Error([...path, file].join(' → '));
    if (done.has(file)) return;
    for (const imported of importsOf(file)) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(done.size).toBe(files.length);
});
