// Imported, so that a test with fake timers still has its deadlines.
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';

export interface WaitOptions {
  /** Real time until the wait gives up; default: the stand-in's `waitMs`. */
  deadlineMs?: number;
}

/** How often a look at something outside the stand-in is repeated. */
const POLL_MS = 5;

interface Wait {
  settleIfDone(): boolean;
  reject(error: Error): void;
}

/**
 * Waiting without polling: whoever changes the state calls `notify`, and every open wait looks again. Its
 * timers hold the process on purpose: a wait is bounded, and an awaited one must not end the program.
 */
export class Waits {
  readonly #open = new Set<Wait>();
  readonly #defaultDeadlineMs: number;
  #closed: Error | undefined;

  constructor(defaultDeadlineMs: number) {
    this.#defaultDeadlineMs = defaultDeadlineMs;
  }

  /**
   * Resolves with the first value of `check` that isn't undefined; rejects with `describe` at the deadline.
   * `outside` says that it depends on more than the stand-in, so nobody may notify.
   */
  until<T>(
    check: () => T | undefined,
    describe: () => string,
    options: WaitOptions = {},
    outside = false,
  ): Promise<T> {
    const deadlineMs = options.deadlineMs ?? this.#defaultDeadlineMs;
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed);
        return;
      }
      let timer: NodeJS.Timeout | undefined;
      let poll: NodeJS.Timeout | undefined;
      const stopTimers = () => {
        clearTimeout(timer);
        clearInterval(poll);
      };
      const wait: Wait = {
        settleIfDone: () => {
          try {
            const value = check();
            if (value === undefined) return false;
            resolve(value);
          } catch (error) {
            reject(error);
          }
          stopTimers();
          return true;
        },
        reject: (error) => {
          stopTimers();
          reject(error);
        },
      };
      if (wait.settleIfDone()) return;
      this.#open.add(wait);
      timer = setTimeout(() => {
        this.#open.delete(wait);
        stopTimers();
        reject(new Error(`[standin] ${describe()} (waited ${deadlineMs} ms)`));
      }, deadlineMs);
      if (outside) poll = setInterval(() => wait.settleIfDone() && this.#open.delete(wait), POLL_MS);
    });
  }

  notify(): void {
    for (const wait of this.#open) if (wait.settleIfDone()) this.#open.delete(wait);
  }

  close(reason: string): void {
    this.#closed = new Error(`[standin] ${reason}`);
    for (const wait of this.#open) wait.reject(this.#closed);
    this.#open.clear();
  }
}
