import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const OWN_FILES = new URL('../dist/own-files.js', import.meta.url).href;
/** Modules of the package that a bot loads at its start: each takes a third of a millisecond. */
const MOST_FILES = 30;

test('exports what is listed, and loads few files', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const exported = Object.keys(await import('cogscope'));
    console.log(JSON.stringify({ loaded, exported }));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: ROOT,
  });
  const { loaded, exported } = JSON.parse(stdout) as { loaded: string[]; exported: string[] };
  expect(exported.toSorted()).toEqual(Object.keys(await import('../src/index.ts')).toSorted());
  const own = loaded.filter((url) => url.includes('/dist/') && !url.includes('/node_modules/'));
  expect(own.length).toBeGreaterThan(1);
  expect(own.length).toBeLessThan(MOST_FILES);
  expect(loaded.filter((url) => /discord\.js|canvas|chart\.js|pidusage/.test(url))).toEqual([]);
});

test('has what is found by its path', async () => {
  const { OWN_FOLDER, ownModule, ownFile } = (await import(
    OWN_FILES
  )) as typeof import('../src/own-files.ts');
  expect(OWN_FOLDER).toBe(join(ROOT, 'dist', '/'));
  const workers = globSync('**/worker.ts', { cwd: join(ROOT, 'src') });
  expect(workers.length).toBeGreaterThan(2);
  const pages = ['flame-graph', 'heatmap'].map((page) => `sampling/viewers/client/${page}.ts`);
  for (const module of [...workers, ...pages]) {
    expect(existsSync(fileURLToPath(ownModule(module.slice(0, -'.ts'.length)))), module).toBe(true);
  }
  expect(existsSync(fileURLToPath(ownFile('../package.json')))).toBe(true);
});
