/**
 * Makes dist of src: types, what the pages of profiles are made of, and the code in few files. A bot would load the
 * modules one by one at its start, which takes five times as long.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src');
const built = join(root, 'dist');

/** What is named from outside, or by its path. */
const ENTRIES = [
  'index.ts',
  'register.ts',
  'register/install.ts',
  'register/startup.ts',
  'sampling/startup.ts',
  'sapphire/register.ts',
  'sapphire/plugin.ts',
  'cli/main.ts',
  'commands/desk/desk.ts',
  ...globSync('**/worker.ts', { cwd: source }),
];
/** The one that knows where it is, in which all others have to name what they find by its path. */
const OWN_FILES = 'own-files.ts';
/** The scripts of pages are read as they are, module by module. */
const PAGES = 'sampling/viewers/client';

rmSync(built, { recursive: true, force: true });
compile('tsconfig.build.json');
for (const module of globSync('**/*.js', { cwd: built })) rmSync(join(built, module));
compile(join('src', PAGES));
for (const file of globSync('**/*.css', { cwd: source })) cpSync(join(source, file), join(built, file));

for (const module of globSync('**/*.ts', { cwd: source })) {
  if (module !== OWN_FILES && /new URL\([^)]*import\.meta/.test(readFileSync(join(source, module), 'utf8'))) {
    throw new Error(`${module} will not be where it is: it has to name files as ${OWN_FILES} does.`);
  }
}
const pathOf = (module: string) => module.slice(0, -'.ts'.length);
const bundle = await rolldown({
  cwd: root,
  platform: 'node',
  // What chunks need of each other may be exported by them too.
  preserveEntrySignatures: 'allow-extension',
  input: Object.fromEntries(ENTRIES.map((entry) => [pathOf(entry), join(source, entry)])),
  // What is not ours stays where npm puts it.
  external: /^[^./]/,
  onLog(level, log) {
    if (level === 'warn') throw new Error(log.message);
  },
});
await bundle.write({
  dir: built,
  format: 'esm',
  comments: false,
  minifyInternalExports: false,
  entryFileNames: '[name].js',
  chunkFileNames: ({ name }) => (name === pathOf(OWN_FILES) ? '[name].js' : 'chunks/[name]-[hash].js'),
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: pathOf(OWN_FILES), test: (module) => module === join(source, OWN_FILES) }],
  },
});
await bundle.close();

function compile(project: string): void {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  execFileSync(tsc, ['-p', project], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
}
