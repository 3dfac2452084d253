import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StackReader } from '../../src/cog/error-stack.ts';
import { stackText } from '../../src/frameworks/stack-text.ts';
import { Surroundings } from '../../src/frameworks/surroundings.ts';
import { temporaryFolder } from '../fixtures/folder.ts';

const require = createRequire(import.meta.url);
const folder = temporaryFolder();
const root = realpathSync(folder.path);
afterAll(() => folder[Symbol.dispose]());

/** What the error that a file makes looks like, as seen from a folder. */
function textOf(file: string, rootDir = root) {
  const error: unknown = require(join(root, file)).fail();
  return stackText(new StackReader().read(error), new Surroundings(rootDir), rootDir);
}

function write(file: string, code: string): void {
  const path = join(root, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, code);
}

function writeMap(file: string, sources: readonly string[], mappings: string): void {
  write(file, JSON.stringify({ version: 3, sources, names: [], mappings }));
}

const FAIL = 'exports.fail = function fail() { return new Error("planted"); };';

test('files below the root are named from there, others in full', () => {
  write('cogs/shop.js', FAIL);
  const { topFrame, frames } = textOf('cogs/shop.js');
  expect(topFrame).toMatch(/fail \(cogs\/shop\.js:1:\d+\)$/);
  expect(frames[0]).toBe(topFrame);
  expect(frames[1]).toContain(import.meta.filename);
  expect(textOf('cogs/shop.js', join(root, 'elsewhere')).topFrame).toContain(join(root, 'cogs/shop.js'));
});

test('what a package throws is told by who called it', () => {
  write('node_modules/bank/index.js', FAIL);
  write('pay.js', 'exports.fail = function pay() { return require("bank").fail(); };');
  const { topFrame, frames } = textOf('pay.js');
  expect(topFrame).toMatch(/^Object\.pay \[as fail\] \(pay\.js:1:\d+\)$/);
  expect(frames[0]).toMatch(/fail \(node_modules\/bank\/index\.js:1:\d+\)$/);
});

test('compiled code is told by its source, and a bundle by the sources in it that are of the bot itself', () => {
  const outer = 'const inner = exports.fail;\nexports.fail = function outer() { return inner(); };';
  write('dist/bundle.js', `${FAIL}\n${outer}\n//# sourceMappingURL=bundle.js.map`);
  // The first line is of a package, the third of the bot.
  writeMap('dist/bundle.js.map', ['../node_modules/bank/index.js', '../src/shop.ts'], 'AAEA;;ACMA');
  const { topFrame, frames } = textOf('dist/bundle.js');
  expect(frames[0]).toMatch(/\(node_modules\/bank\/index\.js:3:\d+\)$/);
  expect(topFrame).toMatch(/\(src\/shop\.ts:9:\d+\)$/);
});

test('where Node uses source maps itself, its stacks are taken as they are', () => {
  write('dist/mapped.js', `${FAIL}\n//# sourceMappingURL=mapped.js.map`);
  writeMap('dist/mapped.js.map', ['../src/mapped.ts'], 'AAMA');
  expect(textOf('dist/mapped.js').topFrame).toMatch(/\(src\/mapped\.ts:7:\d+\)$/);
  process.setSourceMapsEnabled(true);
  try {
    // Loaded before, it has a map that Node does not know of.
    expect(textOf('dist/mapped.js').topFrame).toMatch(/\(dist\/mapped\.js:1:\d+\)$/);
  } finally {
    process.setSourceMapsEnabled(false);
  }
});
