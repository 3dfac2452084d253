import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const inCi = process.env['CI'] !== undefined;

export default defineConfig({
  resolve: { alias: { cogscope: fileURLToPath(new URL('./src/index.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    // Each file gets its own process: the tests patch emitters, start V8's inspector and count handles.
    pool: 'forks',
    // Most of the time they wait: one for each core, where there would be one less.
    maxWorkers: '100%',
    // CommandKit listens to the event that discord.js has renamed; pages that are tested without a build strip types.
    execArgv: ['--disable-warning=DeprecationWarning', '--disable-warning=ExperimentalWarning'],
    // The processes that tests start run the same few hundred modules: they are compiled once, not in each of them.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'cogscope-compiled-for-tests') },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // On a busy machine a second, as it would be, is soon over.
    expect: { poll: { timeout: 10_000 } },
    // In CI a forgotten `.only` is an error.
    allowOnly: !inCi,
    reporters: [inCi ? 'default' : 'dot', './test/counts-reporter.ts'],
  },
});
