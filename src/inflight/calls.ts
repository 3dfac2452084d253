import { monotonicNs } from '../cog/clock.ts';
import type { Origin } from '../cog/origins.ts';
import type { Followed, Unsettled } from '../cog/unsettled.ts';
import type { Books } from '../store/books.ts';
import { NS_PER_MS } from '../store/row.ts';
import { NEVER_STUCK_BEFORE_MS, stuckAfterMs, type Usual } from './stuck.ts';
import { type FoundWait, told, type Wait, type WaitSource, waitsOfCall } from './waits.ts';

/** Of one target, each process names so many calls: one that leaks them must not crowd out the others. */
const MOST_CALLS_OF_TARGET = 20;
/** Targets that each process tells of: those with stuck calls first, then those with the oldest. */
const MOST_TARGETS = 500;
/** Longer than a process runs: three years. */
const STUCK_RANK_NS = 1e17;

/** Why the function that runs is not the target's any more. */
export type Gone = 'detached' | 'replaced';

/** A call of a tracked function whose promise has not settled. */
export interface InFlightCall {
  readonly targetId: string;
  /** The first shard of the process that it runs in. */
  readonly shard: number;
  readonly startedAtEpochMs: number;
  readonly ageMs: number;
  /** Older than ten times the p99 of its target and 10 s; than 60 s where fewer than 20 calls of the last hour are known. */
  readonly isStuck: boolean;
  /** `detached`: its target is not tracked any more; `replaced`: its code was reloaded or unloaded. The call goes on. */
  readonly gone?: Gone;
  /** Ids of where it came from, with the option `heavyHitters`. */
  readonly from?: Readonly<Partial<Record<Origin, string>>>;
  /** What it waits for now, the longest wait first; missing where that is not known. */
  readonly waits?: readonly Wait[];
}

/** The calls of one target that have not settled. */
export interface InFlightTarget {
  readonly targetId: string;
  readonly count: number;
  readonly stuck: number;
  /** The age of the oldest, in ms. */
  readonly oldestMs: number;
  /** Whether there may be more: not each call of it is timed, see `budgetPercent`. */
  readonly isPartial: boolean;
  /** What its calls wait for, one or another of them: the ten longest waits of each process. */
  readonly waits: readonly Wait[];
}

/** What one process answers to the others. */
export interface InFlightHere {
  readonly count: number;
  readonly stuck: number;
  readonly targets: readonly InFlightTarget[];
  readonly calls: readonly InFlightCall[];
}

/** What the calls of a process are told by. */
export interface CallSources {
  readonly unsettled: Pick<Unsettled<Followed>, 'forEach' | 'onlyCounted'>;
  /** The first shard of the process. */
  readonly shard: number;
  /** How often ids have been erased: those that a call brought before are not told. */
  readonly erasures: number;
  /** What is known of calls that have ended; asked for targets that have a call of 10 s or more. */
  usualOf(targetId: string): Usual | undefined;
  goneOf(books: Books, startedAtNs: number): Gone | undefined;
  readonly waits: readonly WaitSource[];
}

/** The targets that have a call which may be stuck. */
export function suspects(unsettled: CallSources['unsettled'], nowNs = monotonicNs()): Set<string> {
  const beforeNs = nowNs - NEVER_STUCK_BEFORE_MS * NS_PER_MS;
  const ids = new Set<string>();
  unsettled.forEach((books, { startedAtNs }) => {
    if (startedAtNs <= beforeNs) ids.add(books.targetId);
  });
  return ids;
}

interface Group {
  readonly targetId: string;
  count: number;
  stuck: number;
  oldestAtNs: number;
  isPartial: boolean;
  readonly stuckBeforeNs: number;
  /** The oldest first. */
  readonly calls: Followed[];
}

/**
 * What is in flight in this process now, in one go: nothing settles meanwhile.
 * @param limit how many calls are named at most
 */
export function inFlightHere(sources: CallSources, limit: number, nowNs = monotonicNs()): InFlightHere {
  const groups = groupsOf(sources, nowNs);
  const byTarget = new Map<string, readonly FoundWait[]>();
  const waitsOf = (targetId: string) => {
    let waits = byTarget.get(targetId);
    if (waits === undefined)
      byTarget.set(targetId, (waits = sources.waits.flatMap((source) => source.waits(targetId))));
    return waits;
  };
  const targets = groups.map(({ targetId, count, stuck, oldestAtNs, isPartial }) => ({
    targetId,
    count,
    stuck,
    oldestMs: (nowNs - oldestAtNs) / NS_PER_MS,
    isPartial,
  }));
  return {
    count: targets.reduce((sum, { count }) => sum + count, 0),
    stuck: targets.reduce((sum, { stuck }) => sum + stuck, 0),
    targets: targets
      .sort(worseFirst)
      .slice(0, MOST_TARGETS)
      .map((target) => ({ ...target, waits: told(waitsOf(target.targetId)) })),
    calls: worstCalls(groups, limit).map(({ call, group }) => {
      const waits = waitsOfCall(waitsOf(group.targetId), call.context, group.count === 1);
      return callOf(call, { ...sources, waits, isStuck: call.startedAtNs < group.stuckBeforeNs }, nowNs);
    }),
  };
}

/** Those with stuck calls before the others, then by the age of the oldest. */
export function worseFirst(
  a: Pick<InFlightTarget, 'stuck' | 'oldestMs'>,
  b: Pick<InFlightTarget, 'stuck' | 'oldestMs'>,
): number {
  return Number(b.stuck > 0) - Number(a.stuck > 0) || b.oldestMs - a.oldestMs;
}

function groupsOf({ unsettled, usualOf }: CallSources, nowNs: number): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = ({ targetId, gap, index }: Books): Group => {
    let group = groups.get(targetId);
    if (group === undefined) {
      const stuckBeforeNs = nowNs - stuckAfterMs(usualOf(targetId)) * NS_PER_MS;
      const none = { count: 0, stuck: 0, oldestAtNs: nowNs, isPartial: false, calls: [] };
      groups.set(targetId, (group = { targetId, stuckBeforeNs, ...none }));
    }
    if (gap > 0 && index !== -1) group.isPartial = true;
    return group;
  };
  let last: { readonly books: Books; readonly group: Group } | undefined;
  unsettled.forEach((books, call) => {
    // Calls of one target often stand together.
    if (last?.books !== books) last = { books, group: groupOf(books) };
    add(last.group, call);
  });
  for (const [books, count] of unsettled.onlyCounted) groupOf(books).count += count;
  return [...groups.values()];
}

function add(group: Group, call: Followed): void {
  const { startedAtNs } = call;
  group.count++;
  if (startedAtNs < group.stuckBeforeNs) group.stuck++;
  if (startedAtNs < group.oldestAtNs) group.oldestAtNs = startedAtNs;
  const { calls } = group;
  const isFull = calls.length === MOST_CALLS_OF_TARGET;
  if (isFull && startedAtNs >= calls[MOST_CALLS_OF_TARGET - 1]!.startedAtNs) return;
  // The youngest gives its place up, and those that are younger move on by one.
  let at = isFull ? MOST_CALLS_OF_TARGET - 1 : calls.length;
  for (; at > 0 && startedAtNs < calls[at - 1]!.startedAtNs; at--) calls[at] = calls[at - 1]!;
  calls[at] = call;
}

/** The stuck ones first, then the oldest. */
function worstCalls(groups: readonly Group[], limit: number): { call: Followed; group: Group }[] {
  const all = groups.flatMap((group) =>
    group.calls.map((call) => {
      const isStuck = call.startedAtNs < group.stuckBeforeNs;
      return { call, group, rank: call.startedAtNs - (isStuck ? STUCK_RANK_NS : 0) };
    }),
  );
  // To sort numbers, and then the few that are wanted, takes a tenth of what it takes to sort all of them.
  const worst = Float64Array.from(all, ({ rank }) => rank).sort()[Math.min(limit, all.length) - 1];
  if (worst === undefined) return [];
  return all
    .filter(({ rank }) => rank <= worst)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, limit);
}

function callOf(
  { books, startedAtNs, from }: Followed,
  {
    shard,
    erasures,
    goneOf,
    waits,
    isStuck,
  }: Omit<CallSources, 'waits'> & { readonly waits: readonly Wait[]; readonly isStuck: boolean },
  nowNs: number,
): InFlightCall {
  const ageMs = (nowNs - startedAtNs) / NS_PER_MS;
  const gone = goneOf(books!, startedAtNs);
  return {
    targetId: books!.targetId,
    shard,
    startedAtEpochMs: Date.now() - ageMs,
    ageMs,
    isStuck,
    ...(gone && { gone }),
    ...(from?.erasures === erasures && { from: namedIds(from) }),
    ...(waits.length > 0 && { waits }),
  };
}

function namedIds({ names, ids }: NonNullable<Followed['from']>): NonNullable<InFlightCall['from']> {
  return Object.fromEntries(
    names.flatMap((name, at) => (ids[at] === undefined ? [] : [[name, ids[at]] as const])),
  );
}
