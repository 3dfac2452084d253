import { type Replacement, replaceMethod } from '../cog/replacement.ts';
import { createStamps } from '../cog/stamps.ts';
import type { AnyFunction } from '../cog/target.ts';
import { Bucket } from './bucket.ts';
import { callOfRoute, type RestCall } from './call.ts';
import { shareMethod } from './shared-method.ts';

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

interface SentLike {
  readonly headers?: unknown;
}

/** Buckets that are kept for others when they are empty: most requests are the only one in theirs. */
const MOST_SPARE = 64;
const spare: Bucket[] = [];

/** Those that have requests, by their handlers. */
const bucketOf = createStamps<Bucket>();

function bucketFor(handler: object): Bucket {
  const known = bucketOf.get(handler);
  if (known !== undefined) return known;
  const bucket = spare.pop() ?? new Bucket(emptied);
  bucket.handler = handler;
  bucketOf.set(handler, bucket);
  return bucket;
}

function emptied(bucket: Bucket): void {
  bucketOf.set(bucket.handler!, undefined);
  bucket.handler = undefined;
  if (spare.length < MOST_SPARE) spare.push(bucket);
}

/** The request whose `runRequest` is on the stack, and the headers that are its own. */
let running: RestCall | undefined;
let runningHeaders: unknown;
/** Those whose attempt is made later than that. */
const callOfHeaders = createStamps<RestCall>();

/** The request that an attempt is for, by the headers that are sent. */
export function callOfAttempt(headers: unknown): RestCall | undefined {
  return headers === runningHeaders ? running : callOfHeaders.get(headers);
}

/** @returns whether the request may have to wait for others */
function enters(call: RestCall, handler: object): boolean {
  // A class that extends another one passes it on to that.
  if (call.bucket !== undefined || call.endedAtNs !== undefined) return false;
  const bucket = bucketFor(handler);
  bucket.route = call.route ?? bucket.route;
  return call.enters(bucket);
}

function watchingQueue(fn: AnyFunction, replacement: Replacement): AnyFunction {
  const { queueRequest } = {
    queueRequest(this: object, route: unknown): unknown {
      const call = replacement.isActive ? callOfRoute.get(route) : undefined;
      const isWaiting = call !== undefined && enters(call, this);
      // biome-ignore lint/complexity/noArguments: what is passed is passed on, whatever it is.
      const result: unknown = Reflect.apply(fn, this, arguments);
      if (isWaiting) call.waits();
      return result;
    },
  };
  return queueRequest;
}

function watchingRun(fn: AnyFunction, replacement: Replacement): AnyFunction {
  const { runRequest } = {
    runRequest(this: HandlerLike, route: unknown, _url: unknown, sent: SentLike | undefined): unknown {
      const call = replacement.isActive ? callOfRoute.get(route) : undefined;
      // biome-ignore lint/complexity/noArguments: see above.
      if (call === undefined) return Reflect.apply(fn, this, arguments);
      call.itsTurn();
      const { attempts } = call;
      const headers = sent?.headers;
      const outer = running;
      const outerHeaders = runningHeaders;
      running = call;
      runningHeaders = headers;
      try {
        // biome-ignore lint/complexity/noArguments: see above.
        return Reflect.apply(fn, this, arguments);
      } finally {
        running = outer;
        runningHeaders = outerHeaders;
        // An attempt that can be made is made at once.
        if (call.attempts === attempts) {
          if (typeof headers === 'object' && headers !== null) callOfHeaders.set(headers, call);
          if (this.limited === true) call.asleep();
        }
      }
    },
  };
  return runRequest;
}

/**
 * Sees when requests are queued in the handlers of a REST manager, and when it is their turn. The methods of their
 * classes are replaced: of handlers there is one for each interaction that is answered more than once, and to change
 * each of these would cost more than all the rest of this.
 */
export class HandlerWatch implements Disposable {
  readonly #prototypes = new Set<object>();
  readonly #replaced: (Disposable | undefined)[] = [];

  /**
   * @returns what leaves the handlers as they were
   * @throws where the manager cannot be written to; nothing is changed then
   */
  start(manager: ManagerLike): Disposable {
    const meet = (handler: unknown) => this.#meet(handler);
    this.#replaced.push(
      replaceMethod(manager, 'createHandler', (fn, replacement) => {
        const { createHandler } = {
          createHandler(this: unknown): unknown {
            // biome-ignore lint/complexity/noArguments: see above.
            const handler: unknown = Reflect.apply(fn, this, arguments);
            if (replacement.isActive) meet(handler);
            return handler;
          },
        };
        return createHandler;
      }),
    );
    for (const handler of manager.handlers?.values?.() ?? []) meet(handler);
    return this;
  }

  [Symbol.dispose](): void {
    for (const replaced of this.#replaced.splice(0)) replaced?.[Symbol.dispose]();
    this.#prototypes.clear();
  }

  #meet(handler: unknown): void {
    try {
      const prototype: object = Object.getPrototypeOf(handler);
      if (this.#prototypes.has(prototype)) return;
      this.#prototypes.add(prototype);
      this.#replaced.push(shareMethod(prototype, 'queueRequest', watchingQueue));
      this.#replaced.push(shareMethod(prototype, 'runRequest', watchingRun));
    } catch {
      // It was frozen: when requests are queued in such handlers is not known.
    }
  }
}
