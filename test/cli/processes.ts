import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, vi } from 'vitest';
import { temporaryFolder } from '../fixtures/folder.ts';

/** For tests of what starts or records other processes: what they start is ended after each. */

export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
export const QUIET = '--disable-warning=ExperimentalWarning';

// Several processes of Node start in each test.
const PATIENCE_MS = 60_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });
export const soon = { timeout: PATIENCE_MS };

export const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

/** @returns the path of a file with this text */
export function written(name: string, text: string): string {
  const file = join(folder.path, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Starts a process whose output is read. */
export function spawned(command: string, args: readonly string[], options: SpawnOptions = {}) {
  const child = spawn(command, args, { ...options, stdio: 'pipe' });
  started.push(child);
  return child;
}
