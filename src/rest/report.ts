import { identityFrom } from '../cog/identify.ts';
import type { TargetKindName } from '../cog/target.ts';
import type { InteractionPath } from '../frameworks/interactions.ts';
import type { Quantiles } from '../store/durations.ts';
import { REST_PHASES, type RestOwner, type RestPhase } from './call.ts';
import { type RestCounts, RestFigures, type RestKey } from './figures.ts';
import { MOST_INVALID } from './invalid.ts';
import { RestRows } from './ledger.ts';
import type { LiveBucket } from './live.ts';
import type { SentRest } from './requests.ts';

/** What requests took, and what they waited for. */
export interface RestFigure extends RestCounts {
  /** From `queueRequest` to its settlement. */
  readonly whole: Quantiles;
  /** The sum over all of them, in ms. */
  readonly totalMs: number;
  /** What that went to, in ms: they add up to it. */
  readonly phases: Readonly<Record<RestPhase, number>>;
  /** What the most of it went to, and which share. */
  readonly mostly: { readonly phase: RestPhase; readonly share: number };
  /** What they failed with, the most frequent first: a status, or class and code where there was no response. */
  readonly errors: readonly (readonly [what: string, count: number])[];
}

/** Who made requests. */
export interface RestRequester {
  /** The id of the target, where that was tracked. */
  readonly targetId?: string;
  readonly cog?: string;
  readonly kind: TargetKindName;
  readonly name: string;
}

/** The requests of one route, such as `PATCH /channels/:id`. */
export interface RestRouteRow extends RestFigure {
  readonly route: string;
}

/** The requests of one tracked target, or of the interactions that went one way; of nobody known where it is missing. */
export interface RestOwnerRow extends RestFigure {
  readonly owner?: RestRequester;
}

/** The requests of one owner and route. */
export interface RestRow extends RestRouteRow, RestOwnerRow {}

/** What the bot's requests to Discord wait for. */
export interface RestReport {
  /** From when on requests count, in Unix ms. */
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** Each of these three has all requests, those first that took the most time. */
  readonly rows: readonly RestRow[];
  readonly routes: readonly RestRouteRow[];
  readonly owners: readonly RestOwnerRow[];
  /** The buckets that have requests now, with their shard, the deepest first. */
  readonly live: readonly (LiveBucket & { readonly shard: number })[];
  /**
   * Requests of the last 10 minutes that were refused with 401, 403, or 429 other than for a shared resource, of each
   * process, the most first. Discord blocks an address that makes `limit` of them; processes of one machine share it.
   */
  readonly invalid: {
    readonly limit: number;
    readonly processes: readonly { readonly shard: number; readonly count: number; readonly left: number }[];
  };
  /** Shards that did not answer: what is known of this is only in their memory. */
  readonly missingShards: readonly number[];
}

/** @param shards what each of them has sent, by the first shard of its process */
export function restReport(
  shards: ReadonlyMap<number, SentRest>,
  missingShards: readonly number[],
): RestReport {
  const all = new RestRows();
  for (const { rows } of shards.values()) all.merge(rows);
  const figures = all.values();
  const requesterOf = requesters(figures);
  const byRoute = merged(figures, ({ route }) => route);
  const byOwner = merged(figures, ({ owner }) => requesterText(requesterOf(owner)));
  const processes = [...shards].map(([shard, { invalidRequests: count }]) => ({
    shard,
    count,
    left: Math.max(0, MOST_INVALID - count),
  }));
  const ownerOf = ({ key }: RestFigures) => {
    const owner = requesterOf(key.owner);
    return owner === undefined ? {} : { owner };
  };
  return {
    fromEpochMs: Math.min(...[...shards.values()].map(({ fromEpochMs }) => fromEpochMs)),
    toEpochMs: Date.now(),
    rows: byTime(figures.map((own) => ({ ...figureOf(own), route: own.key.route, ...ownerOf(own) }))),
    routes: byTime(byRoute.map((own) => ({ ...figureOf(own), route: own.key.route }))),
    owners: byTime(byOwner.map((own) => ({ ...figureOf(own), ...ownerOf(own) }))),
    live: [...shards]
      .flatMap(([shard, { live }]) => live.map((bucket) => ({ ...bucket, shard })))
      .sort((a, b) => b.underWay + b.waiting - a.underWay - a.waiting),
    invalid: { limit: MOST_INVALID, processes: processes.sort((a, b) => b.count - a.count) },
    missingShards,
  };
}

function byTime<Row extends RestFigure>(rows: Row[]): Row[] {
  return rows.sort((a, b) => b.totalMs - a.totalMs);
}

function merged(all: readonly RestFigures[], keyOf: (key: RestKey) => string): RestFigures[] {
  return [...Map.groupBy(all, ({ key }) => keyOf(key)).values()].map((group) => {
    const sum = new RestFigures(group[0]!.key);
    for (const own of group) sum.merge(own.send());
    return sum;
  });
}

function figureOf({ counts, ms, durations, errors }: RestFigures): RestFigure {
  const totalMs = REST_PHASES.reduce((sum, phase) => sum + ms[phase], 0);
  const phase = REST_PHASES.reduce((most, next) => (ms[next] >= ms[most] ? next : most));
  return {
    ...counts,
    whole: durations.quantiles(),
    totalMs,
    phases: { ...ms },
    mostly: { phase, share: totalMs === 0 ? 1 : ms[phase] / totalMs },
    errors: [...errors].sort(([, a], [, b]) => b - a),
  };
}

/**
 * Who an owner is. Where an interaction went is the way to one target: where just one of that kind and name has made
 * requests itself, it is that one.
 */
function requesters(
  all: readonly RestFigures[],
): (owner: RestOwner | undefined) => RestRequester | undefined {
  const ids = new Set(all.map(({ key }) => key.owner).filter((owner) => typeof owner === 'string'));
  const byPath = Map.groupBy(ids, (id) => pathText(identityFrom(id)));
  return (owner) => {
    if (owner === undefined) return undefined;
    const same = typeof owner === 'string' ? [owner] : (byPath.get(pathText(owner)) ?? []);
    if (same.length !== 1) return owner as InteractionPath;
    const { id, cog, kind, name } = identityFrom(same[0]!);
    return { targetId: id, cog, kind, name };
  };
}

function requesterText(requester: RestRequester | undefined): string {
  return requester === undefined ? '' : (requester.targetId ?? pathText(requester));
}

function pathText({ kind, name }: InteractionPath): string {
  return `${kind} ${name}`;
}
