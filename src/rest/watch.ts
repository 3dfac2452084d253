import { Bag } from '../cog/bag.ts';
import { errorKind } from '../cog/error-kind.ts';
import { type Replacement, replaceMethod } from '../cog/replacement.ts';
import type { AnyFunction } from '../cog/target.ts';
import { callOfRoute, type LimitScope, RestCall } from './call.ts';
import { callOfAttempt, HandlerWatch, type ManagerLike } from './handlers.ts';
import { type LiveBucket, liveOf } from './live.ts';
import { originOf, type RestJoin } from './origin.ts';
import { limitOf, statusOf } from './response.ts';
import { Routes } from './routes.ts';
import { Settlements } from './settlements.ts';
import { shareMethod } from './shared-method.ts';

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

/** What of a request, and of an attempt, is looked at. */
interface RequestLike {
  readonly fullRoute?: unknown;
  readonly method?: unknown;
}
interface SentLike {
  readonly headers?: unknown;
}

/** The names of routes, of all managers. */
const routes = new Routes();
/** The request whose `queueRequest` is on the stack. */
let queueing: RestCall | undefined;

/** What the manager makes of the route of a request, first of all, stands for the request from then on. */
function watchingRoutes(fn: AnyFunction, replacement: Replacement): AnyFunction {
  const { generateRouteData } = {
    generateRouteData(this: unknown, _endpoint: unknown, method: unknown): unknown {
      // biome-ignore lint/complexity/noArguments: what is passed is passed on, whatever it is.
      const route: unknown = Reflect.apply(fn, this, arguments);
      const call = queueing;
      if (call === undefined || !replacement.isActive || method !== call.method) return route;
      if (typeof route !== 'object' || route === null) return route;
      call.route = routes.of(call.method, String((route as RouteLike).bucketRoute));
      callOfRoute.set(route, call);
      return route;
    },
  };
  return generateRouteData;
}

interface RouteLike {
  readonly bucketRoute?: unknown;
}

/**
 * Sees every request that the bot makes with its client's REST manager, and what it waits for:
 *
 * - `queueRequest` of the manager: where requests come in, and what they end with
 * - `generateRouteData` of its class, called by it at once: makes an object that is passed on to the handler
 * - `queueRequest` and `runRequest` of each handler: when a request is queued, and when it is its turn
 * - the option `makeRequest`: the attempts, known by the headers that the handler was given
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
  /** The requests that are not over. */
  readonly underWay = new Bag<RestCall>();
  readonly #handlers = new HandlerWatch();
  readonly #responses = new Settlements<RestCall>(
    (call, response) => this.#responded(call, response),
    (call) => call.failed(),
  );
  readonly #ends = new Settlements<RestCall>(
    (call, response) => this.#end(call, response),
    (call, error) => this.#failed(call, error),
  );
  readonly #replaced: (Disposable | undefined)[] = [];
  #manager: ManagerLike = {};

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
  start(manager: ManagerLike): void {
    this.#manager = manager;
    const { options } = manager;
    this.#replace(() => shareMethod(manager.constructor, 'generateRouteData', watchingRoutes));
    if (options) this.#replace(() => replaceMethod(options, 'makeRequest', this.#makeRequest));
    this.#replace(() => this.#handlers.start(manager));
    this.#replace(() => replaceMethod(manager, 'queueRequest', this.#queueRequest));
  }

  /** The buckets that have requests now, the deepest first. */
  live(): LiveBucket[] {
    const buckets = new Set([...this.underWay].map(({ bucket }) => bucket));
    return [...buckets]
      .filter((bucket) => bucket !== undefined)
      .map((bucket) => liveOf(bucket, this.#manager))
      .sort((a, b) => b.underWay + b.waiting - a.underWay - a.waiting);
  }

  [Symbol.dispose](): void {
    for (const replaced of this.#replaced.splice(0)) replaced?.[Symbol.dispose]();
    this.#setObservers([]);
    this.underWay.clear();
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
        const before = queueing;
        queueing = call;
        let result: unknown;
        try {
          // biome-ignore lint/complexity/noArguments: see above.
          result = Reflect.apply(fn, this, arguments);
        } catch (error) {
          call.route ??= routeAsked(this, request);
          watch.#failed(call, error);
          throw error;
        } finally {
          queueing = before;
        }
        call.route ??= routeAsked(this, request);
        if (result instanceof Promise) return watch.#ends.follow(result, call);
        // Nothing is known of when it is over.
        watch.#end(call, undefined);
        return result;
      },
    };
    return queueRequest;
  };

  readonly #makeRequest = (fn: AnyFunction, replacement: Replacement): AnyFunction => {
    const watch = this;
    const { makeRequest } = {
      makeRequest(this: unknown, _url: unknown, init: SentLike): unknown {
        const call = replacement.isActive ? callOfAttempt(init?.headers) : undefined;
        // biome-ignore lint/complexity/noArguments: see above.
        if (call === undefined || !watch.underWay.has(call)) return Reflect.apply(fn, this, arguments);
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
        return result instanceof Promise ? watch.#responses.follow(result, call) : result;
      },
    };
    return makeRequest;
  };

  #begin(request: RequestLike): RestCall | undefined {
    const { fullRoute, method } = request ?? {};
    if (typeof fullRoute !== 'string' || typeof method !== 'string') return undefined;
    const call = new RestCall(originOf(method, fullRoute, this.#join));
    this.underWay.add(call);
    for (const observer of this.#observers) observer.begun?.(call);
    return call;
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

  #failed(call: RestCall, reason: unknown): void {
    const error = reason ?? new Error();
    call.error = errorKind(error);
    this.#end(call, error, error);
  }

  /**
   * It is over, or the watch was before it.
   * @param result what tells the status where there was no attempt: the response, or the error
   */
  #end(call: RestCall, result: unknown, error?: unknown): void {
    call.end();
    this.underWay.delete(call);
    call.status ??= statusOf(result);
    for (const observer of this.#observers) observer.ended?.(call, error);
    call.token = undefined;
  }
}

/** The route of a request whose route data were not seen. Never throws. */
function routeAsked(manager: unknown, { fullRoute, method }: RequestLike): string {
  try {
    const { generateRouteData } = (manager as object).constructor as unknown as RouteMaker;
    const { bucketRoute } = generateRouteData(fullRoute as string, method as string);
    return routes.of(method as string, String(bucketRoute));
  } catch {
    return `${method} (unknown)`;
  }
}

interface RouteMaker {
  generateRouteData(route: string, method: string): RouteLike;
}
