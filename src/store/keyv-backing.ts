import type { Backing } from './backing.ts';
import { DeadlineError, withinDeadline } from './deadline.ts';
import { type Emitter, hasMethods, isEmitter, type KeyvLike, throwing } from './keyv-like.ts';
import { StoreError } from './store-error.ts';

/** For so many deadlines a call that has not settled keeps others from being started. */
const OVERDUE_DEADLINES = 12;

export interface KeyvBackingOptions {
  readonly label: string;
  readonly shared: boolean;
  readonly deadlineMs: number;
  /** Before each call, and part of it: such as connecting again. */
  readonly ready?: (() => Promise<void>) | undefined;
  /** Whether calls are under way: while they are, the store should keep the process alive, and else not. */
  readonly hold?: ((underWay: boolean) => void) | undefined;
  readonly sizeBytes?: (() => number | undefined) | undefined;
  /** For a store that was opened here; one that the owner opened is the owner's to close. */
  readonly close?: (() => Promise<void>) | undefined;
}

/** What is known of one call that is under way. */
interface Call {
  /** What was emitted meanwhile: Keyv emits an error, and then answers as if nothing were stored. */
  emitted: { readonly error: unknown } | undefined;
}

/**
 * A Keyv, and the truth about each call to it. Keyv answers `undefined` or `false` to a failure and emits `error`;
 * here the call rejects. An error cannot be told to belong to one of several calls that are under way, so it fails
 * each of them: writing the same twice does no harm, and believing that something was written does.
 */
export class KeyvBacking implements Backing {
  readonly label: string;
  readonly shared: boolean;
  readonly sizeBytes?: () => number | undefined;
  readonly #keyv: KeyvLike;
  readonly #options: KeyvBackingOptions;
  readonly #emitters: readonly Emitter[];
  readonly #calls = new Set<Call>();
  /** The same calls, as what they will come to. */
  readonly #underWay = new Set<Promise<unknown>>();
  /** Of the calls that missed their deadline and have not settled since: when they are given up for lost. */
  readonly #overdueUntilMs = new Set<{ readonly untilMs: number }>();
  #closed = false;

  constructor(keyv: KeyvLike, options: KeyvBackingOptions) {
    this.#keyv = throwing(keyv);
    this.#options = options;
    this.label = options.label;
    this.shared = options.shared;
    if (options.sizeBytes !== undefined) this.sizeBytes = options.sizeBytes;
    // The adapter as well: a Keyv 5 can be told not to emit, and then passes nothing on.
    this.#emitters = [keyv, keyv.store].filter(isEmitter);
    // An `error` that nobody listens to would throw, and end the bot.
    for (const emitter of this.#emitters) emitter.on('error', this.#onError);
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    if (keys.length === 0) return [];
    const values = await this.#call(() => this.#read([...keys]));
    if (!Array.isArray(values) || values.length !== keys.length)
      throw this.#error('garbage', `not ${keys.length} values for ${keys.length} keys`);
    // Sparse arrays and `null` for what is not there are common enough.
    return Array.from(values as unknown[], (value, index) => {
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'string') throw this.#error('garbage', `${typeof value} for ${keys[index]}`);
      return value;
    });
  }

  async set(key: string, value: string, expiresAtEpochMs?: number): Promise<void> {
    const ttlMs = expiresAtEpochMs === undefined ? undefined : expiresAtEpochMs - Date.now();
    // To Keyv a duration of nothing means for ever.
    if (ttlMs !== undefined && ttlMs <= 0) return this.deleteMany([key]);
    const written = await this.#call(async () => this.#keyv.set(key, value, ttlMs));
    if (written === false) throw this.#error('failed', 'it says that it has not written');
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#call(() => this.#keyv.deleteMany([...keys]));
  }

  /** Waits for the calls that are under way, each of which ends by its deadline. Calling it twice does no harm. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { close, deadlineMs } = this.#options;
    await Promise.allSettled([...this.#underWay]);
    try {
      if (close !== undefined) await withinDeadline(deadlineMs, close);
    } catch (error) {
      throw this.#failure(error, undefined);
    } finally {
      // What was opened here may complain once more while it goes, and belongs to nobody else: that stays unheard.
      if (close === undefined) for (const emitter of this.#emitters) emitter.off('error', this.#onError);
    }
  }

  readonly #onError = (error: unknown): void => {
    for (const call of this.#calls) call.emitted ??= { error };
  };

  /** One by one where the adapter knows no better: what Keyv 5 does then would hide each failure. */
  async #read(keys: string[]): Promise<unknown> {
    if (hasMethods(this.#keyv.store, ['getMany'])) return this.#keyv.getMany(keys);
    return Promise.all(keys.map(async (key) => this.#keyv.get(key)));
  }

  async #call<T>(run: () => Promise<T>): Promise<T> {
    if (this.#closed) throw this.#error('failed', 'it is closed');
    this.#refuseWhileOverdue();
    const call: Call = { emitted: undefined };
    this.#calls.add(call);
    const outcome = this.#timed(run);
    this.#underWay.add(outcome);
    if (this.#calls.size === 1) this.#options.hold?.(true);
    try {
      const result = await outcome;
      if (call.emitted !== undefined) throw call.emitted.error;
      return result;
    } catch (error) {
      throw this.#failure(error, call.emitted?.error);
    } finally {
      this.#calls.delete(call);
      this.#underWay.delete(outcome);
      if (this.#calls.size === 0) this.#options.hold?.(false);
    }
  }

  async #timed<T>(run: () => Promise<T>): Promise<T> {
    const { deadlineMs, ready } = this.#options;
    let settled: Promise<unknown> | undefined;
    try {
      return await withinDeadline(deadlineMs, () => {
        const answer = (async () => {
          await ready?.();
          return run();
        })();
        settled = answer.catch(() => {});
        return answer;
      });
    } catch (error) {
      if (error instanceof DeadlineError) this.#countOverdue(settled!);
      throw error;
    }
  }

  /**
   * A store that hangs must not collect one hanging call after the other, each with what it wanted to write; and what
   * it does of them later must not come after something newer. So the next call waits for the overdue one to settle,
   * by being refused, unless that one seems lost for good.
   */
  #refuseWhileOverdue(): void {
    for (const overdue of this.#overdueUntilMs) {
      if (performance.now() > overdue.untilMs) this.#overdueUntilMs.delete(overdue);
    }
    if (this.#overdueUntilMs.size > 0) throw this.#error('timeout', 'an earlier call is not answered yet');
  }

  #countOverdue(settled: Promise<unknown>): void {
    const overdue = { untilMs: performance.now() + OVERDUE_DEADLINES * this.#options.deadlineMs };
    this.#overdueUntilMs.add(overdue);
    settled.then(() => this.#overdueUntilMs.delete(overdue));
  }

  /** @param emitted Where the time was over, what was emitted meanwhile says more about it than the clock. */
  #failure(error: unknown, emitted: unknown): StoreError {
    if (error instanceof DeadlineError) return this.#error('timeout', error.message, emitted ?? error);
    return this.#error('failed', error instanceof Error ? error.message : String(error), error);
  }

  #error(kind: StoreError['kind'], problem: string, cause?: unknown): StoreError {
    return new StoreError(kind, this.label, problem, cause);
  }
}
