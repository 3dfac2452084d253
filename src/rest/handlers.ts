import { replaceMethod } from '../cog/replacement.ts';
import type { AnyFunction } from '../cog/target.ts';
import { Bucket } from './bucket.ts';
import type { RestCall } from './call.ts';
import { type LiveBucket, liveOf } from './live.ts';
import { Routes } from './routes.ts';

/** What of the REST manager is looked at here. */
export interface ManagerLike {
  readonly handlers?: { values?(): Iterable<object> };
  readonly options?: { readonly offset?: unknown };
  readonly globalReset?: unknown;
}

/** What of a handler is looked at. */
export interface HandlerLike {
  readonly limited?: unknown;
  readonly globalLimited?: unknown;
  readonly localLimited?: unknown;
  readonly reset?: unknown;
}

interface RouteLike {
  readonly bucketRoute?: unknown;
}

/** Buckets that are kept for others when they are empty: most requests are the only one in theirs. */
const MOST_SPARE = 64;

/**
 * A class of handlers, whose methods are replaced for as long as a manager is watched that has such handlers. It is
 * shared with all managers of the process, while of handlers there is one for each interaction that is answered more
 * than once: to change each of these would cost more than all the rest of this.
 */
class HandlerClass {
  static readonly #known = new WeakMap<object, HandlerClass>();
  readonly #prototype: object;
  readonly #replaced: readonly (Disposable | undefined)[];
  /** Replaced as a whole where one comes or goes. */
  #watches: readonly HandlerWatch[] = [];

  static of(prototype: object): HandlerClass {
    let found = HandlerClass.#known.get(prototype);
    if (found === undefined) {
      found = new HandlerClass(prototype);
      HandlerClass.#known.set(prototype, found);
    }
    return found;
  }

  private constructor(prototype: object) {
    this.#prototype = prototype;
    this.#replaced = [
      replaceMethod(prototype, 'queueRequest', (fn) => this.#queueRequest(fn)),
      replaceMethod(prototype, 'runRequest', (fn) => this.#runRequest(fn)),
    ];
  }

  add(watch: HandlerWatch): void {
    this.#watches = [...this.#watches, watch];
  }

  delete(watch: HandlerWatch): void {
    this.#watches = this.#watches.filter((other) => other !== watch);
    if (this.#watches.length > 0) return;
    for (const replaced of this.#replaced) replaced?.[Symbol.dispose]();
    HandlerClass.#known.delete(this.#prototype);
  }

  #queueRequest(fn: AnyFunction): AnyFunction {
    const own = this;
    const { queueRequest } = {
      queueRequest(this: object, route: RouteLike, _url: unknown, sent: unknown): unknown {
        let waiting: RestCall | undefined;
        for (const watch of own.#watches) waiting ??= watch.queued(this, route, sent);
        // biome-ignore lint/complexity/noArguments: what is passed is passed on, whatever it is.
        const result: unknown = Reflect.apply(fn, this, arguments);
        waiting?.waits();
        return result;
      },
    };
    return queueRequest;
  }

  #runRequest(fn: AnyFunction): AnyFunction {
    const own = this;
    const { runRequest } = {
      runRequest(this: HandlerLike, _route: unknown, _url: unknown, sent: unknown): unknown {
        let call: RestCall | undefined;
        for (const watch of own.#watches) call ??= watch.callOf(sent);
        call?.itsTurn();
        const attempts = call?.attempts;
        // biome-ignore lint/complexity/noArguments: see above.
        const result: unknown = Reflect.apply(fn, this, arguments);
        // An attempt that can be made is made at once.
        if (call !== undefined && call.attempts === attempts && this.limited === true) call.asleep();
        return result;
      },
    };
    return runRequest;
  }
}

/** Sees when requests are queued in the handlers of a REST manager, and when it is their turn. */
export class HandlerWatch implements Disposable {
  /** The request that is sent with these options; undefined where it is not followed. */
  readonly callOf: (sent: unknown) => RestCall | undefined;
  /** Those that have requests, by their handlers. */
  readonly #buckets = new Map<object, Bucket>();
  readonly #spare: Bucket[] = [];
  readonly #emptied = (bucket: Bucket) => {
    this.#buckets.delete(bucket.handler!);
    bucket.handler = undefined;
    if (this.#spare.length < MOST_SPARE) this.#spare.push(bucket);
  };
  readonly #prototypes = new Set<object>();
  readonly #routes = new Routes();
  #manager: ManagerLike = {};
  #creating: Disposable | undefined;

  constructor(callOf: (sent: unknown) => RestCall | undefined) {
    this.callOf = callOf;
  }

  /**
   * @returns what leaves the handlers as they were
   * @throws where the manager cannot be written to; nothing is changed then
   */
  start(manager: object): Disposable {
    this.#creating = replaceMethod(manager, 'createHandler', (fn, replacement) => {
      const meet = (handler: unknown) => this.#meet(handler);
      const { createHandler } = {
        createHandler(this: unknown): unknown {
          // biome-ignore lint/complexity/noArguments: what is passed is passed on, whatever it is.
          const handler: unknown = Reflect.apply(fn, this, arguments);
          if (replacement.isActive) meet(handler);
          return handler;
        },
      };
      return createHandler;
    });
    this.#manager = manager;
    for (const handler of this.#manager.handlers?.values?.() ?? []) this.#meet(handler);
    return this;
  }

  /**
   * A request reaches a handler, of whichever manager that is.
   * @returns the request, where it may have to wait for others
   */
  queued(handler: object, route: RouteLike, sent: unknown): RestCall | undefined {
    const call = this.callOf(sent);
    // A class that extends another one passes it on to that.
    if (call === undefined || call.route !== undefined) return undefined;
    call.route = this.#routes.of(call.method, String(route?.bucketRoute));
    const bucket = this.#buckets.get(handler) ?? this.#bucketFor(handler);
    bucket.route = call.route;
    return call.enters(bucket) ? call : undefined;
  }

  /** The buckets that have requests now, the deepest first. */
  live(): LiveBucket[] {
    return [...this.#buckets]
      .map(([handler, bucket]) => liveOf(bucket, handler, this.#manager))
      .sort((a, b) => b.underWay + b.waiting - a.underWay - a.waiting);
  }

  [Symbol.dispose](): void {
    this.#creating?.[Symbol.dispose]();
    for (const prototype of this.#prototypes) HandlerClass.of(prototype).delete(this);
    this.#prototypes.clear();
    this.#buckets.clear();
  }

  #meet(handler: unknown): void {
    try {
      const prototype: object = Object.getPrototypeOf(handler);
      if (this.#prototypes.has(prototype)) return;
      HandlerClass.of(prototype).add(this);
      this.#prototypes.add(prototype);
    } catch {
      // It was frozen: when requests are queued in such handlers is not known.
    }
  }

  #bucketFor(handler: object): Bucket {
    const bucket = this.#spare.pop() ?? new Bucket(this.#emptied);
    bucket.handler = handler;
    this.#buckets.set(handler, bucket);
    return bucket;
  }
}
