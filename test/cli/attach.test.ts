import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { addressesOf } from '../../src/sampling/outside/listeners.ts';
import { decodeRecording } from '../../src/sampling/recording-file.ts';
import { commandLine } from '../fixtures/command-line.ts';
import { folder, MAIN, QUIET, soon, spawned, written } from './processes.ts';

const BOT = fileURLToPath(new URL('../fixtures/attached-bot.ts', import.meta.url));
/** No two inspectors of tests are to meet. */
const OWN_PORT = '--inspect-port=0';
const UNTRACKED = 'From outside no calls are known';

/** A process, and all that it says. */
function start(command: string, args: readonly string[]) {
  const child = spawned(command, args);
  const process = { child, pid: child.pid!, said: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      process.said += data;
    });
  }
  return process;
}

/** A process of Node that has come to where it says `up`. */
async function node(options: readonly string[], ...args: readonly string[]) {
  const process_ = start(process.execPath, [QUIET, ...options, ...args]);
  await expect.poll(() => process_.said, soon).toContain('up\n');
  return process_;
}

/** What is said meanwhile is left out. */
async function attach(...args: string[]) {
  const { status: _, ...said } = await commandLine(['attach', ...args]);
  return said;
}

const IDLE = written('idle.cjs', "setInterval(() => {}, 10); console.log('up');");

/** Tells of each slice that is written out, and ends after some of them where it is told to. */
const TELLING = written(
  'telling.cjs',
  `const it = process.getBuiltinModule('node:inspector').console;
  const { profileEnd } = it;
  let slices = 0;
  it.profileEnd = (title) => {
    profileEnd.call(it, title);
    console.log('slice ' + ++slices);
    if (slices === 3 && process.argv[2] === 'ends') setImmediate(() => process.exit(3));
  };`,
);

/** Compiled: line 1 of it is line 11 of `play.ts`, and so on. */
const MAP = JSON.stringify({ version: 3, sources: ['play.ts'], names: [], mappings: 'AAUA;AACA' });
/** Not in one word with what is before it: this file is not to be taken for compiled. */
const REFERENCE = 'sourceMappingURL';
const LOOP = `function hotSpot() { console.log('up'); for (let n = 0; n >= 0; n++) n %= 1_000; }
//# ${REFERENCE}=data:application/json;base64,${Buffer.from(MAP).toString('base64')}`;
const BLOCKED = written('bot.cjs', "require('./commands/music/play.cjs').play();");
written('commands/music/play.cjs', `exports.play = ${LOOP}`);

// Where another process listens can only be told on Linux: there the tests see to it that no ports meet.
const isLinux = process.platform === 'linux';

test.runIf(isLinux)('a process that is blocked is recorded, and its inspector closed again', async () => {
  const { pid, child } = await node([OWN_PORT], BLOCKED);
  const { code, complained, printed } = await attach(String(pid), '--duration', '500ms', '--collapsed');
  expect([code, complained]).toEqual([0, '']);
  const us = (lines: readonly string[]) =>
    lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  const lines = printed.trim().split('\n');
  const ofLoop = lines.filter((line) => /;music;.*hotSpot@[^;]*play\.ts:11 \d+$/.test(line));
  expect(us(ofLoop)).toBeGreaterThan(0.8 * us(lines));
  expect(us(lines)).toBeGreaterThan(400_000);
  expect(addressesOf(pid)).toEqual([]);
  expect(child.exitCode).toBeNull();
});

test.runIf(isLinux)('source maps that are in the memory of the process only are used', async () => {
  const gone = written('gone.cjs', `require('node:fs').rmSync(__filename); setImmediate(hotSpot); ${LOOP}`);
  const { pid } = await node([OWN_PORT, '--enable-source-maps'], gone);
  const { code, printed } = await attach(String(pid), '--duration', '300ms', '--collapsed');
  expect([code, printed]).toEqual([0, expect.stringMatching(/hotSpot@[^;]*play\.ts:11 \d+\n/)]);
});

test.runIf(isLinux)('the recording is that of the process, and no call is known', async () => {
  const { pid } = await node([OWN_PORT], IDLE);
  const file = join(folder.path, 'idle.cogscope');
  const { code, printed } = await attach(String(pid), '--duration=300ms', '--interval=2ms', '-o', file);
  expect([code, printed]).toEqual([0, expect.stringContaining(UNTRACKED)]);
  const profile = decodeRecording(readFileSync(file), file);
  expect(profile).toMatchObject({
    name: `idle.cjs (process ${pid}, from outside)`,
    nodeVersion: process.version,
    intervalUs: 2_000,
    markers: [],
    threads: [{ name: 'main', id: 0 }],
  });
  expect(profile.owners.map(({ kind }) => kind)).toContain('idle');
  expect(profile.owners.map(({ kind }) => kind)).not.toContain('target');
  expect(addressesOf(pid)).toEqual([]);
});

test.runIf(isLinux)('an inspector that is open is used, and left open', async () => {
  const { pid } = await node(['--inspect=127.0.0.1:0'], IDLE);
  const before = addressesOf(pid);
  expect(before).toHaveLength(1);
  const file = join(folder.path, 'open.txt');
  const { code, printed } = await attach(String(pid), '--duration=100ms', '-o', file);
  expect([code, printed]).toEqual([0, expect.stringContaining('was open before, and is as it was.')]);
  expect(addressesOf(pid)).toEqual(before);
  expect(await (await fetch(`http://${before[0]}/json/list`)).text()).toContain('webSocketDebuggerUrl');
});

test.runIf(isLinux)('what a process serves itself is not taken for its inspector', async () => {
  const serving = written(
    'serving.cjs',
    `const server = require('node:http').createServer((_, response) => response.end('[{ "type": "page" }]'));
    server.listen(0, () => console.log('up'));`,
  );
  const { pid } = await node([OWN_PORT], serving);
  const before = addressesOf(pid);
  expect((await attach(String(pid), '--duration=100ms', '--collapsed')).code).toBe(0);
  expect(addressesOf(pid)).toEqual(before);
});

test.runIf(isLinux)('what was recorded of a process that ends meanwhile is kept', async () => {
  const process_ = await node([OWN_PORT, '--require', TELLING], IDLE, 'ends');
  const { code, printed } = await attach(String(process_.pid), '--duration', '5m', '--collapsed');
  expect([code, printed]).toEqual([0, expect.stringMatching(/\(idle\) \d+/)]);
  await expect.poll(() => process_.child.exitCode, soon).toBe(3);
});

test.runIf(isLinux)('Ctrl-C ends it, with what there is, and closes the inspector', async () => {
  const idle = await node([OWN_PORT, '--require', TELLING], IDLE);
  const { pid, child } = idle;
  const file = join(folder.path, 'ended.md');
  const cli = start(process.execPath, [QUIET, MAIN, 'attach', String(pid), '--duration', '5m', '-o', file]);
  await expect.poll(() => idle.said, soon).toContain('slice 2\n');
  cli.child.kill('SIGINT');
  expect(await once(cli.child, 'close')).toEqual([0, null]);
  expect(readFileSync(file, 'utf8')).toContain(`(process ${pid}, from outside)`);
  expect([addressesOf(pid), child.exitCode]).toEqual([[], null]);
});

test.runIf(isLinux)('a bot that records itself meanwhile is none the worse', async () => {
  const bot = await node([OWN_PORT], BOT);
  const { code, printed } = await attach(String(bot.pid), '--duration=300ms', '--collapsed');
  expect([code, printed]).toEqual([0, expect.stringContaining('spin@')]);
  bot.child.stdin!.write('end\n');
  await once(bot.child, 'close');
  expect(bot.said).toContain('most of it: shop\n');
  expect(bot.child.exitCode).toBe(0);
});

test.runIf(isLinux)('what cannot be recorded is told in a sentence, with 1, and left alone', async () => {
  const over = await node([], '-e', "console.log('up')");
  await expect.poll(() => over.child.exitCode, soon).toBe(0);
  const refusing = await node(['--disable-sigusr1'], IDLE);
  const stopped = await node([OWN_PORT], IDLE);
  stopped.child.kill('SIGSTOP');
  await expect.poll(() => readFileSync(`/proc/${stopped.pid}/status`, 'utf8')).toMatch(/^State:\s+T/m);
  // Nobody's process is to be ended by the signal.
  const sleeping = start('sleep', ['60']);
  const cases: [pid: number, problem: string][] = [
    [over.pid, 'it is not there'],
    [refusing.pid, 'it does not open its inspector when asked to (--disable-sigusr1)'],
    [stopped.pid, 'it is stopped, by a signal or a debugger'],
    [sleeping.pid, 'it is no process of Node'],
  ];
  for (const [pid, problem] of cases) {
    expect(await attach(String(pid))).toEqual({
      code: 1,
      complained: `Process ${pid} cannot be recorded: ${problem}.\n`,
      printed: '',
    });
  }
  expect([sleeping.child.signalCode, refusing.child.exitCode]).toEqual([null, null]);
});

test('what was called wrongly is told with 2, before anything is touched', async () => {
  const own = String(process.pid);
  const wrong: Record<string, string[]> = {
    'PID is missing.': [],
    'PID is the number of a process.': ['bot.js'],
    '`--duration` is a time from 100ms to 60m.': [own, '--duration', 'soon'],
    '`--interval` is a time from 100us to 10ms.': [own, '--interval', '1s'],
    '`--format` must be one of `flamegraph`, ': [own, '--format', 'svg'],
    '`recording` is no text: say where to put it with `-o FILE`.': [own, '--recording'],
  };
  for (const [sentence, args] of Object.entries(wrong)) {
    expect(await attach(...args)).toEqual({
      code: 2,
      complained: expect.stringContaining(sentence),
      printed: '',
    });
  }
  expect(process.getBuiltinModule('node:inspector').url()).toBeUndefined();
});
