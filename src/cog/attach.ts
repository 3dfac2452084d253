import type { Books } from '../store/books.ts';
import { goAside } from './aside.ts';
import { monotonicNs } from './clock.ts';
import { isPlainPromise } from './plain-promise.ts';
import type { Recorder } from './recorder.ts';
import type { Slot } from './slots.ts';
import type { AnyFunction, Branch, Target } from './target.ts';

/** What stands behind each proxy. */
const functionOf = new WeakMap<AnyFunction, AnyFunction>();

/** The bot's own function, where `fn` is one of our proxies. */
export function original(fn: AnyFunction): AnyFunction {
  return functionOf.get(fn) ?? fn;
}

/**
 * One function with the timing proxy in its place, for one target or for several branches. The place holds the proxy,
 * and that the function: whoever keeps the attachment keeps neither alive.
 */
export class Attachment {
  readonly #slot: Slot;
  readonly #proxy: WeakRef<AnyFunction>;
  /** Which books the calls go to: each branch has its own, the rest go to `whole`. The proxy reads them. */
  whole: Books | undefined;
  branches: Map<string, Books> | undefined;
  branchOf: Branch['of'] | undefined;

  /** Puts the proxy in place. Throws where the slot is empty or cannot be written to; nothing is changed then. */
  constructor({ slot }: Target, recorder: Recorder) {
    const fn = slot.get();
    if (fn === undefined) throw new Error('There is no function here any more.');
    this.#slot = slot;
    const proxy = timingProxy(fn, this, recorder);
    slot.set(proxy);
    functionOf.set(proxy, fn);
    this.#proxy = new WeakRef(proxy);
  }

  /** Whether a call still goes to this proxy first: not after a reload, nor under another tool's wrapper. */
  get inPlace(): boolean {
    const fn = this.#slot.get();
    return fn !== undefined && fn === this.#proxy.deref();
  }

  /** Whether any target is still recorded here. */
  get idle(): boolean {
    return this.whole === undefined && !this.branches?.size;
  }

  /** From now on the calls of the target, or of its branch, are written to these books. */
  record(target: Target, books: Books): void {
    if (target.branch === undefined) {
      this.whole = books;
    } else {
      this.branchOf = target.branch.of;
      (this.branches ??= new Map()).set(target.branch.name, books);
    }
  }

  /** Whether the calls of the target are recorded here. */
  records(target: Target): boolean {
    return target.branch === undefined
      ? this.whole !== undefined
      : this.branches?.has(target.branch.name) === true;
  }

  stop(target: Target): void {
    if (target.branch === undefined) this.whole = undefined;
    else this.branches?.delete(target.branch.name);
  }

  /**
   * Puts the original back. Where another tool has wrapped over the proxy, taking that away would break it: then
   * the proxy stays and only passes calls on.
   */
  remove(): void {
    this.whole = undefined;
    this.branches = undefined;
    try {
      const proxy = this.#proxy.deref();
      if (proxy !== undefined && this.inPlace) this.#slot.restore(original(proxy));
    } catch {
      // Where the holder has been frozen, or its Proxy revoked, the proxy stays too.
    }
  }
}

/**
 * The only timing proxy. It changes neither `this`, arguments, result nor what is thrown. The one visible
 * difference: a native promise is answered with the promise derived from it, which settles one microtask later.
 * Thenables, subclasses of Promise, and promises with properties of their own pass through as they are and are timed
 * until they are returned.
 *
 * A closure, because a `Proxy` object costs 30 ns more a call. It is kept short enough (460 bytes of bytecode) for V8 to
 * put it into its callers: past that, a call costs 8 ns more.
 */
function timingProxy(fn: AnyFunction, attachment: Attachment, recorder: Recorder): AnyFunction {
  // A method, because that has, like arrow functions and async ones, no `prototype` and no `new`.
  const { proxy } = {
    proxy(this: unknown, ...args: unknown[]): unknown {
      const own = attachment.branches?.get(attachment.branchOf!(args) ?? '');
      const books = own ?? attachment.whole;
      if (books === undefined) return Reflect.apply(fn, this, args);
      if (books.goesAside) return goAside(recorder, books, own && attachment.whole, fn, this, args);
      const caller = recorder.running;
      // The call of a branch is one of the whole function too, where that is recorded as well.
      const whole = own && attachment.whole;
      // Asked here, and not in there: where nothing looks at `args`, V8 need not make an array of them, for 10 ns.
      const { reader } = recorder;
      const from = reader === undefined ? undefined : recorder.originsOf(args, reader);
      books.calledBy(caller);
      whole?.calledBy(caller);
      recorder.running = books;
      const startedAtNs = monotonicNs();
      let result: unknown;
      try {
        result = Reflect.apply(fn, this, args);
      } catch (error) {
        recorder.threw(books, startedAtNs, error, whole, from);
        throw error;
      } finally {
        recorder.running = caller;
      }
      if (isPlainPromise(result)) return recorder.follow(books, startedAtNs, result, whole, from);
      recorder.returned(books, startedAtNs, from);
      if (whole) recorder.returned(whole, startedAtNs, from);
      return result;
    },
  };
  return disguise(proxy, fn);
}

/**
 * A function that calls the one it finds each time, and otherwise looks and constructs like `fn`. Where the bot
 * itself holds a function, there is no place to put another in: it holds this instead.
 */
export function forwarder(fn: AnyFunction, find: () => AnyFunction): AnyFunction {
  const { forward } = {
    forward(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(find(), this, args);
    },
  };
  return disguise(forward, fn);
}

/** An old-style function may be called with `new`: such calls are passed on, and not timed. */
function constructible(proxy: AnyFunction, fn: AnyFunction): AnyFunction {
  const outer = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return Reflect.apply(proxy, this, args);
    return Reflect.construct(fn, args, new.target === outer ? fn : new.target);
  };
  if (Object.hasOwn(fn, 'prototype')) return outer;
  // A bound function constructs but has no `prototype`, and no use for `this`. What it makes are instances of
  // the function behind it, which it alone knows.
  Object.defineProperty(outer, Symbol.hasInstance, { value: (value: unknown) => value instanceof fn });
  return outer.bind(undefined);
}

function isConstructor(fn: AnyFunction): boolean {
  try {
    // The trap answers for the function: neither that is run, nor a trap or a getter of its own.
    Reflect.construct(new Proxy(fn, { construct: () => ({}) }), []);
    return true;
  } catch {
    return false;
  }
}

/**
 * Gives the proxy the name, length, prototype and own properties of the function that it stands for, and lets it
 * be called with `new` where that can be.
 */
function disguise(call: AnyFunction, fn: AnyFunction): AnyFunction {
  const proxy = isConstructor(fn) ? constructible(call, fn) : call;
  for (const key of ['name', 'length']) if (!Object.hasOwn(fn, key)) Reflect.deleteProperty(proxy, key);
  Object.setPrototypeOf(proxy, Object.getPrototypeOf(fn));
  return Object.defineProperties(proxy, Object.getOwnPropertyDescriptors(fn));
}
