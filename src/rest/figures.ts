import type { InteractionPath } from '../frameworks/interactions.ts';
import { Durations } from '../store/durations.ts';
import { type LimitScope, REST_PHASES, type RestCall, type RestOwner, type RestPhase } from './call.ts';

const NS_PER_MS = 1e6;
/** Who waited for others of the bucket while a limit passed has waited for it too; less is the turn of the loop. */
const LIMITED_NS = NS_PER_MS;
/** Errors that are told apart; the rest is counted together. */
const MOST_ERRORS = 16;
const OTHERS = '(others)';
const FIRST_ERROR_STATUS = 400;

/** What is counted of requests. */
const COUNTS = [
  /** All that are over. */
  'count',
  /** Those that were rejected. */
  'failed',
  /** Attempts beyond the first. */
  'retries',
  /** Those that waited for a limit. */
  'limited',
  /** Attempts that Discord refused with 429, by whose limit it was. */
  'userLimits',
  'sharedLimits',
  'globalLimits',
] as const;
export type RestCounts = Record<(typeof COUNTS)[number], number>;

const COUNT_OF_SCOPE: Readonly<Record<LimitScope, keyof RestCounts>> = {
  user: 'userLimits',
  shared: 'sharedLimits',
  global: 'globalLimits',
};

/** Whose requests of which route. */
export interface RestKey {
  readonly owner: RestOwner | undefined;
  readonly route: string;
}

/** The figures of one key, as they travel between processes. */
export interface SentRestFigures {
  readonly owner: string | InteractionPath | null;
  readonly route: string;
  readonly counts: RestCounts;
  readonly ms: Readonly<Record<RestPhase, number>>;
  readonly errors: readonly (readonly [what: string, count: number])[];
  readonly maxMs: number;
  /** Encoded, in base64. */
  readonly histogram: string;
}

/** What the requests of one owner and route took, and what they waited for. */
export class RestFigures {
  readonly key: RestKey;
  readonly counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as RestCounts;
  /** The sum of each phase, in ms. */
  readonly ms = Object.fromEntries(REST_PHASES.map((phase) => [phase, 0])) as Record<RestPhase, number>;
  /** From `queueRequest` to its settlement. */
  readonly durations = new Durations();
  /** By status, or class and code of the error where there was no response. */
  readonly errors = new Map<string, number>();

  constructor(key: RestKey) {
    this.key = key;
  }

  add(call: RestCall): void {
    const { counts, ms } = this;
    counts.count++;
    if (call.attempts > 1) counts.retries += call.attempts - 1;
    if (call.limitNs >= LIMITED_NS) counts.limited++;
    if (call.limitHits !== undefined) for (const scope of call.limitHits) counts[COUNT_OF_SCOPE[scope]]++;
    ms.queue += call.queueNs / NS_PER_MS;
    ms.limit += call.limitNs / NS_PER_MS;
    ms.backoff += call.backoffNs / NS_PER_MS;
    ms.network += call.networkNs / NS_PER_MS;
    this.durations.add(call.durationNs / NS_PER_MS);
    if (call.error === undefined) return;
    counts.failed++;
    const { status } = call;
    const hasStatus = status !== undefined && status >= FIRST_ERROR_STATUS;
    this.#addError(hasStatus ? String(status) : call.error, 1);
  }

  /** Adds what `send` gave. Throws a RangeError where a histogram cannot have come from it. */
  merge({ counts, ms, errors, maxMs, histogram }: SentRestFigures): void {
    for (const name of COUNTS) this.counts[name] += counts[name];
    for (const phase of REST_PHASES) this.ms[phase] += ms[phase];
    for (const [what, count] of errors) this.#addError(what, count);
    this.durations.merge(maxMs, histogram);
  }

  send(): SentRestFigures {
    const { key, counts, ms, errors, durations } = this;
    return {
      owner: key.owner ?? null,
      route: key.route,
      counts,
      ms,
      errors: [...errors],
      maxMs: durations.maxMs,
      histogram: durations.encode(),
    };
  }

  #addError(what: string, count: number): void {
    const place = this.errors.has(what) || this.errors.size < MOST_ERRORS ? what : OTHERS;
    this.errors.set(place, (this.errors.get(place) ?? 0) + count);
  }
}
