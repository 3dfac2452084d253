import { errorKind } from '../cog/error-kind.ts';
import { type Replacement, replaceMethod } from '../cog/replacement.ts';
import type { AnyFunction } from '../cog/target.ts';
import { type LimitScope, RestCall } from './call.ts';
import { HandlerWatch } from './handlers.ts';
import type { LiveBucket } from './live.ts';
import { originOf, type RestJoin } from './origin.ts';
import { limitOf, statusOf } from './response.ts';
import { routeOf } from './routes.ts';

/** What is told of requests. None of it may throw. Those of the profiler itself are told too: see `call.isOurs`. */
export interface RestObserver {
  /** A request is made: called within `queueRequest`, in the async context of who makes it. */
  begun?(call: RestCall): void;
  /**
   * Runs an attempt: it must call `run` at once and once, and return what that returns, or throw what it throws.
   * @param attempt counts from 1
   */
  around?<Result>(call: RestCall, attempt: number, run: () => Result): Result;
  /** An attempt has its response. */
  responded?(call: RestCall, status: number, limit: LimitScope | undefined): void;
  /** It is over: nothing of the call changes any more. */
  ended?(call: RestCall, error: unknown): void;
}

/** What of a request, of what it is resolved to, and of an attempt is looked at. */
interface RequestLike {
  readonly fullRoute?: unknown;
  readonly method?: unknown;
}
interface ResolvedLike {
  readonly fetchOptions?: SentLike;
}
interface SentLike {
  readonly headers?: unknown;
}

/**
 * Sees every request that the bot makes with its client's REST manager, and what it waits for:
 *
 * - `queueRequest` of the manager: where requests come in, and what they end with
 * - `resolveRequest`, called by it at once: gives the headers, by which the attempts of a request are known
 * - `queueRequest` and `runRequest` of each handler: when a request is queued, and when it is its turn
 * - the option `makeRequest`: the attempts
 *
 * What cannot be replaced, as the manager is frozen, or is bypassed by the bot, is not seen: requests are counted all
 * the same where `queueRequest` is, with what is not known as `network`.
 */
export class RestWatch implements Disposable {
  readonly #join: RestJoin;
  /** Replaced as a whole where one comes or goes, as that may happen while they are told something. */
  #observers: readonly RestObserver[] = [];
  /** Whether one of them is to run each attempt. */
  #isAround = false;
  /** Requests that are ready to be sent, by the headers that their attempts have. */
  readonly #calls = new Map<unknown, RestCall>();
  readonly #handlers = new HandlerWatch((sent) => this.#calls.get((sent as SentLike | undefined)?.headers));
  readonly #replaced: (Disposable | undefined)[] = [];
  /** The request whose `queueRequest` is on the stack, until it resolves what to send. */
  #resolving: RestCall | undefined;

  constructor(join: RestJoin) {
    this.#join = join;
  }

  /**
   * What is under way when it begins is told from then on.
   * @returns what ends it; what is under way then is not told of any more
   */
  observe(observer: RestObserver): Disposable {
    this.#setObservers([...this.#observers, observer]);
    return {
      [Symbol.dispose]: () => this.#setObservers(this.#observers.filter((other) => other !== observer)),
    };
  }

  /** Watches a manager from now on, as far as it can be. */
  start(manager: object): void {
    const { options } = manager as { readonly options?: object };
    this.#replace(() => replaceMethod(manager, 'resolveRequest', this.#resolveRequest));
    if (options) this.#replace(() => replaceMethod(options, 'makeRequest', this.#makeRequest));
    this.#replace(() => this.#handlers.start(manager));
    this.#replace(() => replaceMethod(manager, 'queueRequest', this.#queueRequest));
  }

  /** The buckets that have requests now, the deepest first. */
  live(): LiveBucket[] {
    return this.#handlers.live();
  }

  [Symbol.dispose](): void {
    for (const replaced of this.#replaced.splice(0)) replaced?.[Symbol.dispose]();
    this.#setObservers([]);
    this.#calls.clear();
  }

  #setObservers(observers: readonly RestObserver[]): void {
    this.#observers = observers;
    this.#isAround = observers.some(({ around }) => around !== undefined);
  }

  #replace(replace: () => Disposable | undefined): void {
    try {
      this.#replaced.push(replace());
    } catch {
      // It was frozen: then what it would tell is not seen.
    }
  }

  readonly #queueRequest = (fn: AnyFunction, replacement: Replacement): AnyFunction => {
    const watch = this;
    const { queueRequest } = {
      queueRequest(this: unknown, request: RequestLike): unknown {
        const call = replacement.isActive ? watch.#begin(request) : undefined;
        // biome-ignore lint/complexity/noArguments: what is passed is passed on, whatever it is.
        if (call === undefined) return Reflect.apply(fn, this, arguments);
        const before = watch.#resolving;
        watch.#resolving = call;
        let result: unknown;
        try {
          // biome-ignore lint/complexity/noArguments: see above.
          result = Reflect.apply(fn, this, arguments);
        } catch (error) {
          watch.#end(call, this, request, undefined, error ?? new Error());
          throw error;
        } finally {
          watch.#resolving = before;
        }
        if (!(result instanceof Promise)) {
          // Nothing is known of when it is over.
          watch.#end(call, this, request);
          return result;
        }
        // The derived promise, so that a rejection which the bot does not handle is still reported.
        return result.then(
          (response) => {
            watch.#end(call, this, request, response);
            return response;
          },
          (error) => {
            watch.#end(call, this, request, undefined, error ?? new Error());
            throw error;
          },
        );
      },
    };
    return queueRequest;
  };

  readonly #resolveRequest = (fn: AnyFunction, replacement: Replacement): AnyFunction => {
    const watch = this;
    const { resolveRequest } = {
      resolveRequest(this: unknown, _request: unknown): unknown {
        const call = watch.#resolving;
        watch.#resolving = undefined;
        // biome-ignore lint/complexity/noArguments: see above.
        const result: unknown = Reflect.apply(fn, this, arguments);
        if (call === undefined || !replacement.isActive || !(result instanceof Promise)) return result;
        return result.then((resolved: ResolvedLike) => {
          watch.#ready(call, resolved);
          return resolved;
        });
      },
    };
    return resolveRequest;
  };

  readonly #makeRequest = (fn: AnyFunction, replacement: Replacement): AnyFunction => {
    const watch = this;
    const { makeRequest } = {
      makeRequest(this: unknown, _url: unknown, init: SentLike): unknown {
        const call = replacement.isActive ? watch.#calls.get(init?.headers) : undefined;
        // biome-ignore lint/complexity/noArguments: see above.
        if (call === undefined) return Reflect.apply(fn, this, arguments);
        call.attempt();
        let result: unknown;
        try {
          result = watch.#isAround
            ? // biome-ignore lint/complexity/noArguments: see above.
              watch.#around(call, fn, this, arguments)
            : // biome-ignore lint/complexity/noArguments: see above.
              Reflect.apply(fn, this, arguments);
        } catch (error) {
          call.failed();
          throw error;
        }
        if (!(result instanceof Promise)) return result;
        return result.then(
          (response) => {
            watch.#responded(call, response);
            return response;
          },
          (error) => {
            call.failed();
            throw error;
          },
        );
      },
    };
    return makeRequest;
  };

  #begin(request: RequestLike): RestCall | undefined {
    const { fullRoute, method } = request ?? {};
    if (typeof fullRoute !== 'string' || typeof method !== 'string') return undefined;
    const call = new RestCall(originOf(method, fullRoute, this.#join));
    for (const observer of this.#observers) observer.begun?.(call);
    return call;
  }

  #ready(call: RestCall, resolved: ResolvedLike): void {
    const headers = resolved?.fetchOptions?.headers;
    if (typeof headers !== 'object' || headers === null) return;
    call.key = headers;
    this.#calls.set(headers, call);
  }

  #around(call: RestCall, fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
    let whole = (): unknown => Reflect.apply(fn, self, args);
    for (const observer of this.#observers) {
      if (observer.around === undefined) continue;
      const inner = whole;
      whole = () => observer.around!(call, call.attempts, inner);
    }
    return whole();
  }

  #responded(call: RestCall, response: unknown): void {
    const status = statusOf(response);
    const limit = limitOf(response, status);
    call.responded(status, limit);
    if (status === undefined) return;
    for (const observer of this.#observers) observer.responded?.(call, status, limit?.scope);
  }

  #end(call: RestCall, manager: unknown, request: RequestLike, response?: unknown, error?: unknown): void {
    // One that was under way when the watch ended.
    call.end();
    this.#calls.delete(call.key);
    call.key = undefined;
    call.route ??= routeAsked(manager, call.method, request);
    call.status ??= statusOf(error ?? response);
    if (error !== undefined) call.error = errorKind(error);
    for (const observer of this.#observers) observer.ended?.(call, error);
    call.token = undefined;
  }
}

/** The route of a request that was not queued, or in a way that is not seen. Never throws. */
function routeAsked(manager: unknown, method: string, { fullRoute }: RequestLike): string {
  try {
    const { generateRouteData } = (manager as ManagerLike).constructor;
    return routeOf(method, String(generateRouteData!(fullRoute as string, method).bucketRoute));
  } catch {
    return `${method} (unknown)`;
  }
}

interface ManagerLike {
  readonly constructor: { generateRouteData?(route: string, method: string): { bucketRoute?: unknown } };
}
