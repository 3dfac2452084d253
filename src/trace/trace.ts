import type { SampledError } from '../observations.ts';
import type { Outcome } from '../store/row.ts';

/**
 * What the time of a call goes to. At each moment of a call exactly one of them holds, so that they add up to it.
 *
 * - `cpu`: its own code runs, or that of the calls it made
 * - `queue`: an earlier request of the same bucket is under way
 * - `limit`: a rate limit has to pass, before or after Discord has said so (429)
 * - `backoff`: a request that failed waits before it is tried again
 * - `network`: a request to Discord is under way
 * - `http`: a request to anybody else
 * - `database`: a query
 * - `file`, `dns`: the file system, the look-up of a host
 * - `timer`: it sleeps
 * - `loop`: it could go on, but other code runs
 * - `other`: not known
 */
export const PART_KINDS = [
  'cpu',
  'queue',
  'limit',
  'backoff',
  'network',
  'http',
  'database',
  'file',
  'dns',
  'timer',
  'loop',
  'other',
] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** A share of a call. */
export interface Part {
  readonly kind: PartKind;
  /**
   * What exactly: the route of `queue`, `limit`, `backoff` and `network` (`PATCH /channels/:id`), the host of `http`
   * and `dns`, the system of `database`; of `cpu` the id of the target whose code ran, of `loop` that of the one that
   * was in the way. Missing where it is not known, and where there is nothing to say.
   */
  readonly name?: string;
  readonly ms: number;
}

/** A stretch of a span, in ms since the call began. */
export interface Segment extends Omit<Part, 'ms'> {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a call did that took time. */
export interface Span {
  /** `call` for a tracked function; else the kind of what was waited for. */
  readonly kind: 'call' | 'rest' | 'http' | 'database' | 'file' | 'dns' | 'timer';
  /** The id of a target, a method and route, a method and host, what a query begins with, the length of a sleep. */
  readonly name: string;
  /** The span that began it, by its index; undefined for the call itself, which comes first. */
  readonly parent: number | undefined;
  /** In ms since the call began. */
  readonly fromMs: number;
  /** Undefined where it was still under way when the call was over. */
  readonly toMs: number | undefined;
  readonly failed: boolean;
  /** Of a request: what was answered, with how often it was tried again where it was. */
  readonly note?: string;
  /** What it was doing when, as far as it is known, in order and without overlap. */
  readonly segments: readonly Segment[];
}

/** One call of a verbose target, as it went. Plain data: it travels between shards. */
export interface Trace {
  /** Unique in the bot. */
  readonly id: string;
  readonly targetId: string;
  /** The first shard of the process that it ran in. */
  readonly shard: number;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly error?: SampledError;
  /** In the order in which they began. */
  readonly spans: readonly Span[];
  /** Spans beyond those that one call may keep. */
  readonly omittedSpans: number;
  /** What the time went to, the most first: they add up to `durationMs`. */
  readonly parts: readonly Part[];
}

/** What the traced calls of a target went to, taken together. */
export interface TraceSummary {
  readonly count: number;
  /** Of all of them, in ms. */
  readonly durationMs: number;
  /** The most first: they add up to `durationMs`. */
  readonly parts: readonly Part[];
}
