import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { temporaryFolder } from '../fixtures/folder.ts';

const BOT = fileURLToPath(new URL('../fixtures/recording-bot.ts', import.meta.url));

/** Runs it to its end. @param said is told all that it has said, whenever it says more */
async function run(ending: string, nodeOptions: readonly string[] = [], said?: (text: string) => unknown) {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'cogs', 'music'), { recursive: true });
  const args = ['--disable-warning=ExperimentalWarning', ...nodeOptions, BOT, ending, folder.path];
  const bot = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  bot.stdout.on('data', (data) => {
    stdout += data;
    said?.(stdout + stderr);
  });
  bot.stderr.on('data', (data) => {
    stderr += data;
    said?.(stdout + stderr);
  });
  const code = await new Promise((resolve) => bot.on('close', resolve));
  return { code, stdout, stderr };
}

test('a bot that exits while it is recorded does so at once, without a word', async () => {
  expect(await run('exit')).toEqual({ code: 7, stdout: '', stderr: '' });
}, 60_000);

test('a recording does not keep a bot alive that has nothing more to do', async () => {
  expect(await run('nothing')).toEqual({ code: 0, stdout: '', stderr: '' });
}, 60_000);

test('a recording whose thread is ended says so, and the next one is none the worse', async () => {
  expect(await run('killed')).toEqual({
    code: 0,
    stdout: 'recording The recording is lost: its thread ended with 1.\nnext true\n',
    stderr: '',
  });
}, 60_000);

test('nothing is recorded where a debugger is connected', async () => {
  let socket: WebSocket | undefined;
  const { stdout } = await run('debugger', ['--inspect-wait=127.0.0.1:0'], (text) => {
    // Node waits for it to be gone.
    if (text.includes('recording ')) socket?.close();
    const url = /ws:\S+/.exec(text)?.[0];
    if (url === undefined || socket !== undefined) return;
    const opened = new WebSocket(url);
    socket = opened;
    opened.on('open', () => opened.send('{ "id": 1, "method": "Runtime.runIfWaitingForDebugger" }'));
  });
  expect(stdout).toMatch(/^recording Nothing can be recorded: a debugger is connected to this process/);
}, 60_000);

test('both versions of a file that is loaded anew are of the same cog', async () => {
  const { stdout, stderr } = await run('reload');
  expect(stderr).toBe('');
  expect(stdout).toBe('versions 2\nfirst "music"\n');
}, 60_000);
