import { createHook, executionAsyncResource } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';
import { monotonicNs } from '../cog/clock.ts';

/** What the stack of those that run holds in place of an async id: for a function that was called, … */
const CALLED = -1;
/** … and for the continuation of a promise. */
const PROMISE = -2;

/**
 * Whether Node can leave promises out of a hook. V8 tells of these itself then, for a third of what Node takes to do
 * so: it numbers each of them.
 */
const LEAVES_OUT_PROMISES = leavesOutPromises();

export interface LoopRunsHooks<Owner> {
  /** Whose the present asynchronous context is. */
  current(): Owner | undefined;
  /** Whether what runs by this resource is nobody's, in whatever context it is. */
  isNobodys(resource: object): boolean;
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
  readonly #leavePromises: (() => void) | undefined;
  /** What runs, the innermost last: which callback, and whose. */
  readonly #ids: number[] = [];
  readonly #owners: (Owner | undefined)[] = [];
  #sinceNs = 0;

  constructor(hooks: LoopRunsHooks<Owner>) {
    this.#hooks = hooks;
    const callbacks = {
      before: (asyncId: number) => {
        const resource = executionAsyncResource();
        this.#before(asyncId, hooks.isNobodys(resource) ? undefined : hooks.current(), resource);
      },
      after: (asyncId: number) => this.#after(asyncId),
      trackPromises: !LEAVES_OUT_PROMISES,
    };
    this.#hook = createHook(callbacks).enable();
    if (!LEAVES_OUT_PROMISES) return;
    this.#leavePromises = promiseHooks.createHook({
      before: (promise) => this.#before(PROMISE, hooks.current(), promise),
      after: () => this.#after(PROMISE),
    }) as () => void;
  }

  /**
   * A function of somebody is called.
   * @param atNs a moment ago, after which nothing else was told of
   * @returns what to hand back when it has returned or thrown
   */
  enter(owner: Owner, atNs: number): number {
    this.#begin(CALLED, owner, atNs);
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
  tell(nowNs = monotonicNs()): void {
    const depth = this.#ids.length;
    if (depth > 0 && nowNs > this.#sinceNs) this.#hooks.ran(this.#owners[depth - 1], this.#sinceNs, nowNs);
    this.#sinceNs = nowNs;
  }

  [Symbol.dispose](): void {
    this.#hook.disable();
    this.#leavePromises?.();
    this.#ids.length = 0;
    this.#owners.length = 0;
  }

  #before(id: number, owner: Owner | undefined, resource: object): void {
    this.#begin(id, owner);
    if (owner !== undefined) this.#hooks.resumed(owner, resource, this.#sinceNs);
  }

  /** Of what was running when this began there was no `before`. */
  #after(id: number): void {
    const innermost = this.#ids.length - 1;
    // Almost always it is this one: to look for it would cost as much as the rest of it.
    this.#end(this.#ids[innermost] === id ? innermost : this.#ids.lastIndexOf(id));
  }

  #begin(id: number, owner: Owner | undefined, atNs?: number): void {
    this.tell(atNs);
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

/** Those that cannot do not know the option, and so do not look at what it is. */
function leavesOutPromises(): boolean {
  try {
    createHook({ trackPromises: 'no boolean' } as object);
    return false;
  } catch {
    return true;
  }
}
