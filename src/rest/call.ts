import { monotonicNs } from '../cog/clock.ts';
import { createStamps } from '../cog/stamps.ts';
import type { InteractionPath } from '../frameworks/interactions.ts';
import type { Bucket } from './bucket.ts';

/**
 * What a request waits for. At each moment exactly one of them holds, so that they add up to the whole.
 *
 * - `queue`: an earlier request of the same bucket is under way
 * - `limit`: a rate limit has to pass, for this request or for the one that it waits behind
 * - `backoff`: an attempt has failed, and the next one has not begun
 * - `network`: an attempt is under way, from the call of `makeRequest` to its response; also what the request takes to
 *   be put together, and the body of an error to be read: all that is left
 */
export const REST_PHASES = ['queue', 'limit', 'backoff', 'network'] as const;
export type RestPhase = (typeof REST_PHASES)[number];

/** Whose limit a 429 tells of, as Discord does: `user` is the bot's own, `shared` that of a resource. */
export const LIMIT_SCOPES = ['user', 'shared', 'global'] as const;
export type LimitScope = (typeof LIMIT_SCOPES)[number];

/** A stretch of a request, by the monotonic clock. */
export interface RestSegment {
  readonly phase: RestPhase;
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * Who a request is made for: the id of the tracked target that ran when it was made, or else where the interaction
 * went that it answers.
 */
export type RestOwner = string | InteractionPath;

/** What is known of a request when it is made. */
export interface RestOrigin {
  readonly method: string;
  readonly owner: RestOwner | undefined;
  /** Whether it is the profiler's own. */
  readonly isOurs: boolean;
  /** The interaction that it acknowledges, where that is known. */
  readonly acknowledges: KnownInteraction | undefined;
  /** Of the interaction or webhook that it is sent with. */
  readonly token: string | undefined;
}

/** An interaction, as who watches those knows it. */
export interface KnownInteraction {
  readonly path: InteractionPath;
}

/** The requests by what the REST manager makes for each of them alone, and passes on: the data of its route. */
export const callOfRoute = createStamps<RestCall>();

/** One request of the bot, from the call of `queueRequest` to its settlement. Times are by the monotonic clock. */
export class RestCall {
  readonly method: string;
  readonly owner: RestOwner | undefined;
  readonly isOurs: boolean;
  readonly acknowledges: KnownInteraction | undefined;
  /** Undefined once it is over: it is never kept. */
  token: string | undefined;
  /** Such as `PATCH /channels/:id`; undefined for a moment when it is made, and until it is over where it is not seen. */
  route: string | undefined;
  readonly startedAtNs: number;
  /** Calls of `makeRequest`, up to now. */
  attempts = 0;
  /** Of the latest response. */
  status: number | undefined;
  /** What it was rejected with: class and code. */
  error: string | undefined;
  /** The limits that Discord refused an attempt for (429). */
  limitHits: LimitScope[] | undefined;
  /**
   * What it waited for when, in order, without gaps or overlap: where an observer has put an array here when the
   * request was made.
   */
  segments: RestSegment[] | undefined;
  /** Whether a trace of the call that makes it knows what it waits for. */
  isTraced = false;
  /** Among those that are under way. */
  place = 0;
  #phase: RestPhase = 'network';
  #sinceNs: number;
  #bucket: Bucket | undefined;
  #waited: Waited | undefined;
  #isOver = false;
  #hadTurn = false;
  #isAttempting = false;
  #isAsleep = false;

  constructor({ method, owner, isOurs, acknowledges, token }: RestOrigin) {
    this.method = method;
    this.owner = owner;
    this.isOurs = isOurs;
    this.acknowledges = acknowledges;
    this.token = token;
    this.startedAtNs = monotonicNs();
    this.#sinceNs = this.startedAtNs;
  }

  /** What it waits for now. */
  get phase(): RestPhase {
    if (!this.#isBehindOthers) return this.#phase;
    return this.#bucket!.isLimited ? 'limit' : 'queue';
  }

  /** Undefined while it is under way. */
  get endedAtNs(): number | undefined {
    return this.#isOver ? this.#sinceNs : undefined;
  }

  get queueNs(): number {
    return this.#waited?.queueNs ?? 0;
  }

  get limitNs(): number {
    return this.#waited?.limitNs ?? 0;
  }

  get backoffNs(): number {
    return this.#waited?.backoffNs ?? 0;
  }

  get networkNs(): number {
    return this.durationNs - this.queueNs - this.limitNs - this.backoffNs;
  }

  /** The time of all phases, up to the beginning of the present one. */
  get durationNs(): number {
    return this.#sinceNs - this.startedAtNs;
  }

  get #isBehindOthers(): boolean {
    return this.#waited !== undefined && !Number.isNaN(this.#waited.clockBeforeNs);
  }

  /**
   * It is in its bucket from now on.
   * @returns whether it may have to wait for others: then it waits unless it is its turn at once
   */
  enters(bucket: Bucket): boolean {
    this.#bucket = bucket;
    return !bucket.enter();
  }

  /** Where it is queued, until it is over. */
  get bucket(): Bucket | undefined {
    return this.#bucket;
  }

  /** It waits for others of its bucket. */
  waits(): void {
    const bucket = this.#bucket;
    if (bucket === undefined || this.#hadTurn) return;
    const nowNs = monotonicNs();
    this.#turn(bucket.isLimited ? 'limit' : 'queue', nowNs);
    (this.#waited ??= new Waited()).clockBeforeNs = bucket.limitedNs(nowNs);
    if (this.segments !== undefined) bucket.follow(this);
  }

  /** The clock of its bucket has begun or ceased to run, while it waits behind others. */
  limitTurned(isLimited: boolean, nowNs: number): void {
    this.#turn(isLimited ? 'limit' : 'queue', nowNs);
  }

  /** It is its turn: an attempt follows, at once or when a limit has passed. */
  itsTurn(): void {
    this.#hadTurn = true;
    if (this.#isBehindOthers) this.#waitedFor(monotonicNs());
    this.#attempted();
  }

  /** A limit has to pass before the next attempt. */
  asleep(): void {
    if (this.#isAsleep) return;
    this.#turn('limit', monotonicNs());
    this.#isAsleep = true;
    this.#bucket?.sleeps(1);
  }

  /** `makeRequest` is called. */
  attempt(): void {
    this.attempts++;
    this.itsTurn();
    this.#awake();
    if (this.#phase !== 'network') this.#turn('network', monotonicNs());
    this.#isAttempting = true;
    this.#bucket?.attempts(1);
  }

  /**
   * An attempt has its response.
   * @param limit what it was refused for
   */
  responded(
    status: number | undefined,
    limit: { scope: LimitScope; retryAfterMs: number } | undefined,
  ): void {
    this.#attempted();
    this.status = status;
    if (limit !== undefined) {
      (this.limitHits ??= []).push(limit.scope);
      if (this.#bucket) this.#bucket.retryAtEpochMs = Date.now() + limit.retryAfterMs;
      this.asleep();
    } else if (status !== undefined && status >= 500) this.#turn('backoff', monotonicNs());
  }

  /** An attempt has failed without a response. */
  failed(): void {
    this.#attempted();
    this.status = undefined;
    this.#turn('backoff', monotonicNs());
  }

  end(): void {
    const nowNs = monotonicNs();
    if (this.#isBehindOthers) this.#waitedFor(nowNs);
    // After the last attempt no other one was waited for.
    if (this.#phase === 'backoff') this.#phase = 'network';
    this.#turn('network', nowNs);
    this.#awake();
    this.#attempted();
    this.#bucket?.leave();
    this.#bucket = undefined;
    this.#isOver = true;
  }

  /** It does not wait behind others any more. */
  #waitedFor(nowNs: number): void {
    const bucket = this.#bucket!;
    const waited = this.#waited!;
    if (this.segments === undefined) {
      const limitNs = bucket.limitedNs(nowNs) - waited.clockBeforeNs;
      waited.limitNs += limitNs;
      waited.queueNs += nowNs - this.#sinceNs - limitNs;
      this.#phase = 'network';
      this.#sinceNs = nowNs;
    } else {
      bucket.unfollow(this);
      this.#turn('network', nowNs);
    }
    waited.clockBeforeNs = Number.NaN;
  }

  #turn(phase: RestPhase, nowNs: number): void {
    this.#cut(nowNs);
    this.#phase = phase;
    this.#sinceNs = nowNs;
  }

  /** Adds what has passed of the present phase. */
  #cut(nowNs: number): void {
    const ns = nowNs - this.#sinceNs;
    if (this.#phase !== 'network') (this.#waited ??= new Waited()).add(this.#phase, ns);
    if (this.segments !== undefined && ns > 0) push(this.segments, this.#phase, this.#sinceNs, nowNs);
  }

  #awake(): void {
    if (!this.#isAsleep) return;
    this.#isAsleep = false;
    this.#bucket?.sleeps(-1);
  }

  #attempted(): void {
    if (!this.#isAttempting) return;
    this.#isAttempting = false;
    this.#bucket?.attempts(-1);
  }
}

/** What a request has waited for but the network: most wait for nothing else, and each number is memory of its own. */
class Waited {
  queueNs = 0;
  limitNs = 0;
  backoffNs = 0;
  /** What the limit clock showed when it began to wait behind others; NaN while it does not. */
  clockBeforeNs = Number.NaN;

  add(phase: Exclude<RestPhase, 'network'>, ns: number): void {
    if (phase === 'limit') this.limitNs += ns;
    else if (phase === 'queue') this.queueNs += ns;
    else this.backoffNs += ns;
  }
}

function push(segments: RestSegment[], phase: RestPhase, fromNs: number, toNs: number): void {
  const last = segments.at(-1);
  if (last?.phase === phase) segments[segments.length - 1] = { ...last, toNs };
  else segments.push({ phase, fromNs, toNs });
}
