import { monotonicNs } from '../cog/clock.ts';
import type { Origin } from '../cog/origins.ts';
import type { Followed, Unsettled } from '../cog/unsettled.ts';
import type { Books } from '../store/metric-store.ts';
import { NS_PER_MS } from '../store/row.ts';
import { NEVER_STUCK_BEFORE_MS, stuckAfterMs, type Usual } from './stuck.ts';
import { type Wait, type WaitSource, waitsOfCall } from './waits.ts';

/** Of one target, each process names so many calls: one that leaks them must not crowd out the others. */
const MOST_CALLS_OF_TARGET = 20;
/** Targets that each process tells of: those with stuck calls first, then those with the oldest. */
const MOST_TARGETS = 500;

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
  /** What it waits for now; missing where that is not known. */
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
  /** What its calls wait for, one or another of them. */
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
  count: number;
  stuck: number;
  oldestAtNs: number;
  isPartial: boolean;
  readonly stuckBeforeNs: number;
  /** The oldest first. */
  readonly calls: { books: Books; call: Followed }[];
}

/**
 * What is in flight in this process now, in one go: nothing settles meanwhile.
 * @param limit how many calls are named at most
 */
export function inFlightHere(sources: CallSources, limit: number, nowNs = monotonicNs()): InFlightHere {
  const groups = new Map<string, Group>();
  const groupOf = (books: Books): Group => {
    const { targetId, gap, index } = books;
    let group = groups.get(targetId);
    if (group === undefined) {
      const stuckBeforeNs = nowNs - stuckAfterMs(sources.usualOf(targetId)) * NS_PER_MS;
      group = { count: 0, stuck: 0, oldestAtNs: nowNs, isPartial: false, stuckBeforeNs, calls: [] };
      groups.set(targetId, group);
    }
    if (gap > 0 && index !== -1) group.isPartial = true;
    return group;
  };
  let last: { readonly books: Books; readonly group: Group } | undefined;
  sources.unsettled.forEach((books, call) => {
    // Calls of one target often stand together.
    if (last?.books !== books) last = { books, group: groupOf(books) };
    add(last.group, books, call);
  });
  for (const [books, count] of sources.unsettled.onlyCounted) groupOf(books).count += count;
  const targets = [...groups].map(([targetId, group]) => targetOf(targetId, group, sources, nowNs));
  const calls = [...groups.values()].flatMap((group, at) => oldestOf(group, targets[at]!, limit));
  return {
    count: targets.reduce((sum, { count }) => sum + count, 0),
    stuck: targets.reduce((sum, { stuck }) => sum + stuck, 0),
    targets: targets.sort(worseFirst).slice(0, MOST_TARGETS),
    calls: calls
      .sort((a, b) => Number(b.isStuck) - Number(a.isStuck) || a.call.startedAtNs - b.call.startedAtNs)
      .slice(0, limit)
      .map((one) => callOf(one, sources, nowNs)),
  };
}

/** Those with stuck calls before the others, then by the age of the oldest. */
export function worseFirst(a: InFlightTarget, b: InFlightTarget): number {
  return Number(b.stuck > 0) - Number(a.stuck > 0) || b.oldestMs - a.oldestMs;
}

function add(group: Group, books: Books, call: Followed): void {
  const { startedAtNs } = call;
  group.count++;
  if (startedAtNs < group.stuckBeforeNs) group.stuck++;
  if (startedAtNs < group.oldestAtNs) group.oldestAtNs = startedAtNs;
  const { calls } = group;
  if (calls.length === MOST_CALLS_OF_TARGET) {
    if (startedAtNs >= calls.at(-1)!.call.startedAtNs) return;
    calls.pop();
  }
  let at = calls.length;
  while (at > 0 && startedAtNs < calls[at - 1]!.call.startedAtNs) at--;
  calls.splice(at, 0, { books, call });
}

function oldestOf(group: Group, { waits }: InFlightTarget, limit: number) {
  return group.calls.slice(0, limit).map(({ books, call }) => ({
    books,
    call,
    isStuck: call.startedAtNs < group.stuckBeforeNs,
    waits: waitsOfCall(waits, call.startedAtNs, group.count === 1),
  }));
}

function targetOf(
  targetId: string,
  { count, stuck, oldestAtNs, isPartial }: Group,
  { waits }: CallSources,
  nowNs: number,
): InFlightTarget {
  const own = waits.flatMap((source) => source.waits(targetId));
  return { targetId, count, stuck, oldestMs: (nowNs - oldestAtNs) / NS_PER_MS, isPartial, waits: own };
}

function callOf(
  { books, call, isStuck, waits }: ReturnType<typeof oldestOf>[number],
  { shard, erasures, goneOf }: CallSources,
  nowNs: number,
): InFlightCall {
  const { targetId } = books;
  const { startedAtNs, from } = call;
  const ageMs = (nowNs - startedAtNs) / NS_PER_MS;
  const gone = goneOf(books, startedAtNs);
  return {
    targetId,
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
