import { refusalByCode } from './api-error.ts';

interface Match {
  /** Every method unless given. */
  method?: string;
  /** Matches `/channels/1/messages`; a string matches the beginning. Every path unless given. */
  path?: RegExp | string;
}

export interface FaultSpec extends Match {
  /** How often; default 1. */
  times?: number;
  /** Waits this long first; alone, the request is then served as usual. */
  delayMs?: number;
  /** Answers with this status; 429 with `retryAfterMs` and `scope`. */
  status?: number;
  /** Answers with this JSON error code, e.g. 50013, and its status. */
  code?: number;
  message?: string;
  retryAfterMs?: number;
  scope?: 'user' | 'global' | 'shared';
  /** What the bucket has left nevertheless: the request has a limit of its own within it, such as a channel's name. */
  remaining?: number;
  /** Cuts the connection: before the request was served, or after, so that only its answer is lost. */
  reset?: 'before' | 'after';
}

export interface Fault {
  /** How often it struck. */
  readonly hits: number;
  remove(): void;
}

export interface RateLimitSpec extends Match {
  /** Requests allowed in each window. */
  limit: number;
  windowMs: number;
  scope?: 'user' | 'shared';
}

export interface Outcome {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

interface Bucket {
  spec: RateLimitSpec;
  name: string;
  used: number;
  resetsAtMs: number;
}

/** What goes wrong on demand, and the rate limits a test sets. */
export class Faults {
  readonly #faults = new Set<{ spec: FaultSpec; hits: number }>();
  readonly #buckets: Bucket[] = [];

  add(spec: FaultSpec): Fault {
    const fault = { spec, hits: 0 };
    this.#faults.add(fault);
    return {
      get hits() {
        return fault.hits;
      },
      remove: () => void this.#faults.delete(fault),
    };
  }

  limit(spec: RateLimitSpec): void {
    this.#buckets.push({ spec, name: `bucket${this.#buckets.length + 1}`, used: 0, resetsAtMs: 0 });
  }

  clear(): void {
    this.#faults.clear();
    this.#buckets.length = 0;
  }

  /** The fault that strikes this request, the oldest first; counts it. */
  take(method: string, path: string): FaultSpec | undefined {
    for (const fault of this.#faults) {
      if (!matches(fault.spec, method, path)) continue;
      if (++fault.hits >= (fault.spec.times ?? 1)) this.#faults.delete(fault);
      return fault.spec;
    }
    return undefined;
  }

  /** Counts the request in its bucket; the headers to send, with `refused` when the bucket was empty. */
  count(method: string, path: string): { headers: Record<string, string>; refused?: Outcome } | undefined {
    const bucket = this.#buckets.find(({ spec }) => matches(spec, method, path));
    if (bucket === undefined) return undefined;
    const now = Date.now();
    if (now >= bucket.resetsAtMs) {
      bucket.used = 0;
      bucket.resetsAtMs = now + bucket.spec.windowMs;
    }
    const { limit, scope = 'user' } = bucket.spec;
    const resetAfterMs = bucket.resetsAtMs - now;
    const refused = bucket.used >= limit;
    if (!refused) bucket.used++;
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(limit - bucket.used),
      'x-ratelimit-reset': String(bucket.resetsAtMs / 1_000),
      'x-ratelimit-reset-after': String(resetAfterMs / 1_000),
      'x-ratelimit-bucket': bucket.name,
    };
    return refused ? { headers, refused: tooManyRequests(resetAfterMs, scope, headers) } : { headers };
  }
}

/** The answer a fault gives, unless it only delays or cuts. */
export function faultOutcome(spec: FaultSpec): Outcome | undefined {
  if (spec.status === 429 || (spec.retryAfterMs !== undefined && spec.status === undefined)) {
    const headers = spec.remaining === undefined ? {} : { 'x-ratelimit-remaining': String(spec.remaining) };
    return tooManyRequests(spec.retryAfterMs ?? 100, spec.scope ?? 'user', headers);
  }
  if (spec.status === undefined && spec.code === undefined) return undefined;
  const known = spec.code === undefined ? undefined : refusalByCode(spec.code);
  const status = spec.status ?? known?.[0] ?? 400;
  const message = spec.message ?? known?.[2] ?? `${status}: made to fail by the stand-in`;
  return { status, body: { message, code: spec.code ?? 0 } };
}

function tooManyRequests(afterMs: number, scope: string, headers: Record<string, string>): Outcome {
  const seconds = afterMs / 1_000;
  const isGlobal = scope === 'global';
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: seconds, global: isGlobal },
    headers: {
      'x-ratelimit-limit': '1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': String(seconds),
      'x-ratelimit-bucket': 'fault',
      ...headers,
      'x-ratelimit-scope': scope,
      'retry-after': String(seconds),
      ...(isGlobal ? { 'x-ratelimit-global': 'true' } : {}),
    },
  };
}

function matches(spec: Match, method: string, path: string): boolean {
  if (spec.method !== undefined && spec.method.toUpperCase() !== method) return false;
  if (spec.path === undefined) return true;
  return typeof spec.path === 'string' ? path.startsWith(spec.path) : spec.path.test(path);
}
