import { createHook, executionAsyncResource } from 'node:async_hooks';
import { monotonicNs } from '../cog/clock.ts';

/** What the stack of those that run holds in place of an async id, for a function that was called. */
const CALLED = -1;

export interface LoopRunsHooks<Owner> {
  /** Whose run is about to begin, by the asynchronous context that it begins in. */
  ownerOf(resource: object): Owner | undefined;
  /** The loop comes back to somebody. */
  resumed(owner: Owner, resource: object, atNs: number): void;
  ran(owner: Owner | undefined, fromNs: number, toNs: number): void;
}

/**
 * Tells for whom the loop runs, stretch by stretch: Node says when each callback and each continuation begins and
 * ends, and the timing proxies say when functions do. What runs within something else splits that in two.
 *
 * There is no `init` hook: it would slow each promise of the process.
 */
export class LoopRuns<Owner> implements Disposable {
  readonly #hooks: LoopRunsHooks<Owner>;
  readonly #hook: ReturnType<typeof createHook>;
  /** What runs, the innermost last: which callback, and whose. */
  readonly #ids: number[] = [];
  readonly #owners: (Owner | undefined)[] = [];
  #sinceNs = 0;

  constructor(hooks: LoopRunsHooks<Owner>) {
    this.#hooks = hooks;
    this.#hook = createHook({
      before: (asyncId) => {
        const resource = executionAsyncResource();
        const owner = hooks.ownerOf(resource);
        this.#begin(asyncId, owner);
        if (owner !== undefined) hooks.resumed(owner, resource, this.#sinceNs);
      },
      // Of what was running when this began there was no `before`.
      after: (asyncId) => {
        const innermost = this.#ids.length - 1;
        // Almost always it is this one: to look for it would cost as much as the rest of it.
        this.#end(this.#ids[innermost] === asyncId ? innermost : this.#ids.lastIndexOf(asyncId));
      },
    }).enable();
  }

  /** A function of somebody is called. @returns what to hand back when it has returned or thrown */
  enter(owner: Owner): number {
    this.#begin(CALLED, owner);
    return this.#ids.length - 1;
  }

  leave(depth: number): void {
    this.#end(depth);
  }

  /** Whether code of somebody is on the stack: what runs now, or what has called it. */
  isRunning(owner: Owner): boolean {
    // Those that are asked for have mostly begun last.
    return this.#owners.lastIndexOf(owner) !== -1;
  }

  /** The present stretch ends, and another begins. */
  tell(): void {
    const nowNs = monotonicNs();
    const depth = this.#ids.length;
    if (depth > 0 && nowNs > this.#sinceNs) this.#hooks.ran(this.#owners[depth - 1], this.#sinceNs, nowNs);
    this.#sinceNs = nowNs;
  }

  [Symbol.dispose](): void {
    this.#hook.disable();
    this.#ids.length = 0;
    this.#owners.length = 0;
  }

  #begin(id: number, owner: Owner | undefined): void {
    this.tell();
    this.#ids.push(id);
    this.#owners.push(owner);
  }

  #end(depth: number): void {
    if (depth < 0 || depth >= this.#ids.length) return;
    this.tell();
    if (depth === this.#ids.length - 1) {
      this.#ids.pop();
      this.#owners.pop();
      return;
    }
    this.#ids.length = depth;
    this.#owners.length = depth;
  }
}
