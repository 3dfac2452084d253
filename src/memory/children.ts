import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { basename } from 'node:path';
import { masked } from './snapshot/secrets.ts';

const CHANNEL = 'child_process';
const MOST_CHILDREN = 50;
const MOST_NAME = 40;
/** For so long pidusage keeps what it has read, with the file open; at 0 it would read for ever. */
const KEPT_BY_PIDUSAGE_MS = 1_000;

/** A process that the bot has started. */
export interface ChildUsage {
  readonly pid: number;
  /** The name of its program, without arguments: these may hold secrets. */
  readonly name: string;
  readonly rssBytes: number;
  /** Of one core, since it was last looked at; the first time, since it was started. */
  readonly cpuPercent: number;
}

/** The child processes that were started since this was made, and have not ended. They are not kept alive by it. */
export class Children implements Disposable {
  readonly #children = new Set<WeakRef<ChildProcess>>();
  /** What each had taken of the processor when it was last looked at, and when that was since it was started; in ms. */
  readonly #before = new Map<number, { cpuMs: number; elapsedMs: number }>();
  readonly #started = (message: unknown) => {
    const { process: child } = message as { process: ChildProcess };
    this.#children.add(new WeakRef(child));
  };

  constructor() {
    subscribe(CHANNEL, this.#started);
  }

  [Symbol.dispose](): void {
    unsubscribe(CHANNEL, this.#started);
    this.#children.clear();
  }

  /** The largest first. Empty where the system does not tell. */
  async read(): Promise<ChildUsage[]> {
    const living = this.#living();
    for (const pid of this.#before.keys()) if (!living.has(pid)) this.#before.delete(pid);
    if (living.size === 0) return [];
    try {
      // Most bots never need it.
      const { default: pidusage } = await import('pidusage');
      const usage = await pidusage([...living.keys()], { maxage: KEPT_BY_PIDUSAGE_MS });
      return Object.values(usage)
        .flatMap((stat) => {
          // It has ended meanwhile.
          if (!stat) return [];
          const { pid, memory: rssBytes, ctime: cpuMs, elapsed: elapsedMs } = stat;
          const cpuPercent = this.#cpuPercent(pid, cpuMs, elapsedMs);
          return [{ pid, name: living.get(pid) ?? '', rssBytes, cpuPercent }];
        })
        .sort((a, b) => b.rssBytes - a.rssBytes);
    } catch {
      return [];
    }
  }

  #cpuPercent(pid: number, cpuMs: number, elapsedMs: number): number {
    const before = this.#before.get(pid) ?? { cpuMs: 0, elapsedMs: 0 };
    this.#before.set(pid, { cpuMs, elapsedMs });
    const spanMs = elapsedMs - before.elapsedMs;
    return spanMs > 0 ? Math.max(0, (100 * (cpuMs - before.cpuMs)) / spanMs) : 0;
  }

  /** The names of those that run, by id. */
  #living(): Map<number, string> {
    const living = new Map<number, string>();
    for (const reference of this.#children) {
      const child = reference.deref();
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
        this.#children.delete(reference);
      } else if (child.pid !== undefined && living.size < MOST_CHILDREN) {
        living.set(child.pid, masked(basename(child.spawnfile)).slice(0, MOST_NAME));
      }
    }
    return living;
  }
}
