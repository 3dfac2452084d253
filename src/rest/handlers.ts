import { disguise, replaceMethod } from '../cog/replacement.ts';
import type { AnyFunction } from '../cog/target.ts';
import { Bucket } from './bucket.ts';
import type { RestCall } from './call.ts';
import { type LiveBucket, liveOf } from './live.ts';

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

const METHODS = ['queueRequest', 'runRequest'] as const;
type Method = (typeof METHODS)[number];

/**
 * Sees when requests are queued in the handlers of a REST manager, and when it is their turn.
 *
 * Of each method there is one function of ours for all handlers, as many of those are made: one for each interaction
 * that is answered more than once.
 */
export class HandlerWatch implements Disposable {
  readonly #callOf: (options: unknown) => RestCall | undefined;
  readonly #buckets = new WeakMap<object, Bucket>();
  /** Ours, by those that they stand for. */
  readonly #ours = new Map<AnyFunction, AnyFunction>();
  #manager: ManagerLike | undefined;
  #creating: Disposable | undefined;

  /** @param callOf the request that is sent with these options; undefined where it is not followed */
  constructor(callOf: (options: unknown) => RestCall | undefined) {
    this.#callOf = callOf;
  }

  /**
   * @returns what leaves the handlers as they were
   * @throws where the manager cannot be written to; nothing is changed then
   */
  start(manager: object): Disposable {
    this.#creating = replaceMethod(manager, 'createHandler', (fn, replacement) => {
      const adopt = (handler: unknown) => this.#adopt(handler);
      const { createHandler } = {
        createHandler(this: unknown): unknown {
          // biome-ignore lint/complexity/noArguments: what is passed is passed on, whatever it is.
          const handler: unknown = Reflect.apply(fn, this, arguments);
          if (replacement.isActive) adopt(handler);
          return handler;
        },
      };
      return createHandler;
    });
    this.#manager = manager;
    for (const handler of this.#handlers()) this.#adopt(handler);
    return this;
  }

  /** The buckets that have requests now, the deepest first. */
  live(): LiveBucket[] {
    return this.#handlers()
      .flatMap((handler) => {
        const bucket = this.#buckets.get(handler);
        return bucket === undefined || bucket.depth === 0 ? [] : [liveOf(bucket, handler, this.#manager!)];
      })
      .sort((a, b) => b.underWay + b.waiting - a.underWay - a.waiting);
  }

  [Symbol.dispose](): void {
    this.#creating?.[Symbol.dispose]();
    for (const handler of this.#handlers()) this.#release(handler);
    this.#manager = undefined;
  }

  #handlers(): object[] {
    try {
      return [...(this.#manager?.handlers?.values?.() ?? [])];
    } catch {
      return [];
    }
  }

  /** A handler that has methods of its own is somebody else's, and left alone. */
  #adopt(handler: unknown): void {
    try {
      const methods = METHODS.map((key) => [key, (handler as Record<Method, AnyFunction>)[key]] as const);
      if (methods.some(([key, fn]) => typeof fn !== 'function' || Object.hasOwn(handler as object, key)))
        return;
      for (const [key, fn] of methods) {
        const value = this.#oursOf(key, fn);
        Object.defineProperty(handler, key, {
          value,
          writable: true,
          configurable: true,
          enumerable: false,
        });
      }
      this.#buckets.set(handler as object, new Bucket());
    } catch {
      // A handler that was frozen: when its requests are queued is not known.
    }
  }

  #release(handler: object): void {
    for (const key of METHODS) {
      const own = Object.getOwnPropertyDescriptor(handler, key)?.value;
      const isOurs = this.#ours.get(Object.getPrototypeOf(handler)?.[key]) === own;
      // Where another tool has wrapped over ours, that stays, and only passes on.
      if (own !== undefined && isOurs) Reflect.deleteProperty(handler, key);
    }
  }

  #oursOf(key: Method, fn: AnyFunction): AnyFunction {
    let ours = this.#ours.get(fn);
    if (ours === undefined) {
      ours = disguise(key === 'queueRequest' ? this.#queueRequest(fn) : this.#runRequest(fn), fn);
      this.#ours.set(fn, ours);
    }
    return ours;
  }

  #queueRequest(fn: AnyFunction): AnyFunction {
    const callOf = this.#callOf;
    const buckets = this.#buckets;
    const { queueRequest } = {
      queueRequest(this: object, route: RouteLike, _url: unknown, options: unknown): unknown {
        const call = callOf(options);
        if (call !== undefined) {
          const bucket = buckets.get(this);
          call.route = bucket!.routeOf(call.method, route?.bucketRoute);
          call.queued(bucket!);
        }
        // biome-ignore lint/complexity/noArguments: see above.
        return Reflect.apply(fn, this, arguments);
      },
    };
    return queueRequest;
  }

  #runRequest(fn: AnyFunction): AnyFunction {
    const callOf = this.#callOf;
    const { runRequest } = {
      runRequest(this: HandlerLike, _route: unknown, _url: unknown, options: unknown): unknown {
        const call = callOf(options);
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
