import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { addressesOf } from '../../src/sampling/outside/listeners.ts';
import { commandLine } from '../fixtures/command-line.ts';
import { folder, MAIN, QUIET, soon, spawned, written } from './processes.ts';

/** What a test knows the id of, and has not started itself. */
const pids: number[] = [];
afterEach(() => {
  for (const pid of pids.splice(0)) if (isThere(pid)) process.kill(pid, 'SIGKILL');
});

function start(...args: readonly string[]) {
  return spawned(process.execPath, [QUIET, ...args], {
    env: { ...process.env, NODE_OPTIONS: '--no-deprecation' },
  });
}

/** Runs Node to its end. @returns the exit code, and what was written */
async function ran(...args: readonly string[]) {
  const child = start(...args);
  const [out, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr!),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, out, complained };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** How long functions of a name were on the stack. */
function usOf(name: string, collapsed: string): number {
  const lines = collapsed.split('\n').filter((line) => line.includes(`${name}@`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('a program is recorded from its first line to its end, and finds all as it is without that', async () => {
  const file = written(
    'bot.cjs',
    `function loadsSlowly() { for (const from = Date.now(); Date.now() - from < 400; ); }
    loadsSlowly();
    if (process.argv[2] === 'child') console.log(JSON.stringify(process.execArgv));
    else {
      console.error('complains');
      const { fork } = require('node:child_process');
      const about = { args: process.argv.slice(2), options: process.env.NODE_OPTIONS };
      fork(__filename, ['child']).on('exit', () => {
        console.log(JSON.stringify(about));
        process.exitCode = 3;
        (function worksAtTheEnd() { for (const from = Date.now(); Date.now() - from < 400; ); })();
      });
    }`,
  );
  const without = await ran(file, '--port', '3');
  expect(without).toMatchObject({ code: 3, complained: 'complains\n' });
  const into = join(folder.path, 'bot.txt');
  const recorded = await ran(MAIN, 'run', '--collapsed', '-o', into, file, '--', '--port', '3');
  expect([recorded.code, recorded.complained]).toEqual([3, 'complains\n']);
  // The children of one that was started with an option have it too.
  expect(recorded.out.replace('[]', JSON.stringify([QUIET]))).toContain(without.out);
  expect(recorded.out).toContain('From outside no calls are known');
  expect(recorded.out).not.toContain('goes on');
  const collapsed = readFileSync(into, 'utf8');
  expect(usOf('loadsSlowly', collapsed)).toBeGreaterThan(300_000);
  expect(usOf('worksAtTheEnd', collapsed)).toBeGreaterThan(300_000);
});

test('one that fails is recorded all the same, and says itself why', async () => {
  const file = written(
    'failing.cjs',
    `(function works() { for (const from = Date.now(); Date.now() - from < 300; ); })(); throw new Error('planted');`,
  );
  const { code, out, complained } = await ran(MAIN, 'run', '--collapsed', file);
  expect([code, usOf('works', out) > 200_000]).toEqual([1, true]);
  expect(complained).toContain('Error: planted');
  expect(complained).not.toMatch(/debugger/i);
});

test.runIf(process.platform === 'linux')(
  'when its recording is over it goes on, its inspector is closed, and it is passed on what ends it',
  async () => {
    const file = written(
      'server.cjs',
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(); });
      console.log('pid ' + process.pid); setInterval(() => {}, 1_000);`,
    );
    const child = start(
      MAIN,
      'run',
      '--duration',
      '300ms',
      '--collapsed',
      '-o',
      join(folder.path, 's.txt'),
      file,
    );
    let said = '';
    child.stdout.on('data', (part) => {
      said += part;
    });
    await expect.poll(() => said, soon).toContain('goes on, and its inspector is closed');
    const pid = Number(/pid (\d+)/.exec(said)![1]);
    pids.push(pid);
    expect([addressesOf(pid), isThere(pid)]).toEqual([[], true]);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    expect([code, said.endsWith('bye\n'), isThere(pid)]).toEqual([0, true, false]);
  },
);

test('one that a signal ends is told of as in shells', async () => {
  const file = written(
    'killed.cjs',
    `setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1_500); setInterval(() => {}, 10);`,
  );
  const { code, complained } = await ran(MAIN, 'run', '--collapsed', file);
  expect([code, complained]).toEqual([128 + 9, '']);
});

test('what is asked for wrongly is told before anything is started', async () => {
  for (const [args, problem] of [
    [[], 'FILE is missing.'],
    [['--duration', 'long', 'bot.cjs'], '`--duration` is a time from 100ms to 60m.'],
    [['--interval', '1us', 'bot.cjs'], '`--interval` is a time from 100us to 10ms.'],
    [['--mode', 'none', 'bot.cjs'], '`--mode` must be one of'],
  ] as const) {
    const { code, complained } = await commandLine(['run', ...args]);
    expect([code, complained]).toEqual([2, expect.stringContaining(problem)]);
  }
  const { printed } = await commandLine(['run', '--help']);
  expect(printed).toContain('Usage: cogscope run FILE [ARGUMENT …] [options]');
});

test('a file that is not there is told of by Node', async () => {
  const { code, complained } = await ran(MAIN, 'run', '--collapsed', join(folder.path, 'none.cjs'));
  expect(complained).toContain('MODULE_NOT_FOUND');
  expect(code).toBe(1);
});
