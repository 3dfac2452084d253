import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../../fixtures/folder.ts';

const DEADLINE_MS = 60_000;
const ASK_AGAIN_MS = 100;
const SESSION = ['--session', 'one'];

const { resolve } = createRequire(import.meta.url);
/** It runs on Node 24 and later only: on the one that comes with the project, whichever the tests run on. */
const NODE = join(dirname(resolve('node/package.json')), 'bin', 'node');
/** The Firefox Profiler's own reader, for terminals. */
const CLI = located();
export const HAS_FIREFOX_PROFILER = CLI !== undefined;

function located(): string | undefined {
  try {
    return resolve('@firefox-devtools/profiler-cli');
  } catch {
    return undefined;
  }
}

interface ReadFunction {
  readonly name: string;
  /** What it took itself: in ms where the file weighs its samples, else their number. */
  readonly selfSamples: number;
}

/** A profile that the Firefox Profiler has opened, in a process of its own. */
export class FirefoxProfiler implements AsyncDisposable {
  readonly #folder = temporaryFolder();
  readonly #environment = { ...process.env, PROFILER_CLI_SESSION_DIR: this.#folder.path };
  readonly #process: ChildProcess;

  private constructor(file: string, content: string | Uint8Array) {
    const path = join(this.#folder.path, file);
    writeFileSync(path, content);
    // Its own way to start this process gives up after half a second, which is too soon for a busy machine.
    const child = spawn(NODE, [CLI!, '--daemon', path, ...SESSION], {
      env: this.#environment,
      stdio: 'ignore',
    });
    // Ends with this process, whatever happens to it.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    this.#process = child;
  }

  static async open(file: string, content: string | Uint8Array): Promise<FirefoxProfiler> {
    const firefox = new FirefoxProfiler(file, content);
    const deadlineMs = performance.now() + DEADLINE_MS;
    for (;;) {
      try {
        // Whoever asks before it listens takes its session for one that was left behind, and removes it.
        if (!firefox.listens) throw new Error('The Firefox Profiler does not listen.');
        firefox.tells('thread', 'info');
        return firefox;
      } catch (error) {
        const isLate = performance.now() > deadlineMs || firefox.#process.exitCode !== null;
        if (isLate || String(error).includes('Profile load failed')) {
          await firefox[Symbol.asyncDispose]();
          throw error;
        }
        await sleep(ASK_AGAIN_MS);
      }
    }
  }

  get listens(): boolean {
    return existsSync(join(this.#folder.path, `${SESSION[1]}.sock`));
  }

  functions(thread: number): readonly ReadFunction[] {
    const args = ['thread', 'functions', '--thread', `t-${thread}`, '--include-idle', '--json'];
    return (JSON.parse(this.tells(...args)) as { functions: ReadFunction[] }).functions;
  }

  /** What one of its commands answers. */
  tells(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(NODE, [CLI!, ...args, ...SESSION], {
      encoding: 'utf8',
      env: this.#environment,
      timeout: DEADLINE_MS,
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exited;
    }
    this.#folder[Symbol.dispose]();
  }
}
