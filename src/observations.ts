import type { Stack } from './cog/error-stack.ts';
import type { StackText } from './frameworks/stack-text.ts';
import type { Books } from './store/books.ts';
import type { KeptCalls } from './store/call-samples.ts';
import { type Failure, MOST_GROUPS, OTHER_ERRORS, type StackGroup } from './store/failures.ts';
import type { Outcome } from './store/row.ts';

/** One run of a target, as it is kept: without arguments, results or who asked for it. */
export interface CallSample {
  /** The first shard of the process that it ran in. */
  readonly shard: number;
  /** Unix ms. */
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** Of a call that failed or was aborted. */
  readonly error?: SampledError;
}

/** What is known of an error: never its message. */
export interface SampledError {
  /** Class and code, such as `TypeError` or `DiscordAPIError 10062`. */
  readonly kind: string;
  /**
   * The innermost function of the bot's own code that was running, as `name (file:line:column)`; where none was, the
   * innermost of all. Missing where there is no stack, or so many errors came at once that it was not read.
   */
  readonly topFrame?: string;
}

/** Single calls of one target, of those that took as long as its threshold. */
export interface CallSamples {
  /**
   * The first since the target was attached or cleared, of each process, oldest first: what is done once only, such as
   * loading, is in it. None where a threshold was set.
   */
  readonly first: readonly CallSample[];
  /** The 32 latest, newest first. */
  readonly latest: readonly CallSample[];
  /** The 8 slowest since the target was attached, slowest first. */
  readonly slowest: readonly CallSample[];
  /** The 8 latest that failed or were aborted, newest first. */
  readonly failed: readonly CallSample[];
}

/** Errors of one kind that were made in one place, of the calls that were timed; calls that were aborted are not among them. */
export interface ErrorGroup {
  /** `other` where more than 16 groups are taken together. */
  readonly kind: string;
  readonly topFrame?: string;
  readonly count: number;
  /** Unix ms. */
  readonly firstAtEpochMs: number;
  readonly lastAtEpochMs: number;
  /** Of the last one: the innermost ten functions that were running, the innermost first. */
  readonly frames: readonly string[];
}

/** Who called a target, among what is tracked. Of the calls that were timed, as they began. */
export interface CallersOfTarget {
  /** The most frequent first; at most 8. */
  readonly known: readonly { readonly targetId: string; readonly count: number }[];
  /** Calls by further ones. */
  readonly others: number;
  /** Calls that began while nothing that is tracked ran, such as those behind an `await`. */
  readonly unknown: number;
}

/** What only the process that runs a target knows of it, in memory. */
export interface Observations extends CallSamples {
  readonly errorGroups: readonly ErrorGroup[];
  readonly ungroupedErrors: number;
  readonly callers: CallersOfTarget;
}

/**
 * What this process knows.
 * @param shard the first of its shards
 * @param textOf a stack for people
 */
export function observe(
  { calls, books }: { calls: KeptCalls; books: Books },
  shard: number,
  textOf: (stack: Stack) => StackText,
): Observations {
  const { failures, withoutCaller } = books;
  const callers = books.callers?.read();
  return {
    ...samplesOf(calls, shard, textOf),
    errorGroups: mergeGroups([...(failures?.groups ?? [])].map((group) => groupOf(group, textOf))),
    ungroupedErrors: failures?.ungrouped ?? 0,
    callers: {
      known: byCount(callers?.known ?? new Map()),
      others: callers?.others ?? 0,
      unknown: withoutCaller,
    },
  };
}

/** The single calls that this process has kept. */
export function samplesOf(
  { first, latest, slowest, failed }: KeptCalls,
  shard: number,
  textOf: (stack: Stack) => StackText,
): CallSamples {
  const sampleOf = ({ startedAtEpochMs, durationMs, outcome, failure }: KeptCalls['latest'][number]) => ({
    shard,
    startedAtEpochMs,
    durationMs,
    outcome,
    ...(failure && { error: errorOf(failure, textOf) }),
  });
  return {
    first: first === undefined ? [] : [sampleOf(first)],
    latest: latest.map(sampleOf),
    slowest: slowest.map(sampleOf),
    failed: failed.map((call) => sampleOf({ ...call, outcome: call.failure.outcome })),
  };
}

function errorOf({ kind, stack }: Failure, textOf: (stack: Stack) => StackText): SampledError {
  const topFrame = stack && textOf(stack).topFrame;
  return { kind, ...(topFrame !== undefined && { topFrame }) };
}

function groupOf(
  { kind, count, firstAtEpochMs, lastAtEpochMs, stack }: StackGroup,
  textOf: (stack: Stack) => StackText,
): ErrorGroup {
  const { topFrame, frames } = stack === undefined ? { frames: [] } : textOf(stack);
  return { kind, ...(topFrame !== undefined && { topFrame }), count, firstAtEpochMs, lastAtEpochMs, frames };
}

const LATEST = 32;
const SLOWEST = 8;
const FAILED = 8;
const MOST_CALLERS = 8;

/** Puts together what several processes know, within the bounds of one. */
export function mergeObservations(all: readonly Observations[]): Observations {
  const newestFirst = (a: CallSample, b: CallSample) => b.startedAtEpochMs - a.startedAtEpochMs;
  return {
    first: all
      // A process of an earlier version does not tell it.
      .flatMap(({ first }) => first ?? [])
      .sort((a, b) => a.startedAtEpochMs - b.startedAtEpochMs),
    latest: all
      .flatMap(({ latest }) => latest)
      .sort(newestFirst)
      .slice(0, LATEST),
    slowest: all
      .flatMap(({ slowest }) => slowest)
      .sort((a, b) => b.durationMs - a.durationMs)
      .slice(0, SLOWEST),
    failed: all
      .flatMap(({ failed }) => failed)
      .sort(newestFirst)
      .slice(0, FAILED),
    errorGroups: mergeGroups(all.flatMap(({ errorGroups }) => errorGroups)),
    ungroupedErrors: sum(all, ({ ungroupedErrors }) => ungroupedErrors),
    callers: mergeCallers(all.map(({ callers }) => callers)),
  };
}

/** Groups of one kind and place become one; the most frequent are kept, and the rest taken together. */
export function mergeGroups(groups: readonly ErrorGroup[]): ErrorGroup[] {
  const merged = new Map<string, ErrorGroup>();
  for (const group of groups) {
    const key = isRest(group) ? OTHER_ERRORS : `${group.kind}\n${group.topFrame}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? group : together(known, group));
  }
  const rest = merged.get(OTHER_ERRORS);
  merged.delete(OTHER_ERRORS);
  const sorted = [...merged.values()].sort((a, b) => b.count - a.count);
  const others = [...sorted.slice(MOST_GROUPS), ...(rest === undefined ? [] : [rest])];
  const other = others.length === 0 ? [] : [others.reduce(together)];
  return [
    ...sorted.slice(0, MOST_GROUPS),
    ...other.map(({ count, firstAtEpochMs, lastAtEpochMs }) => ({
      kind: OTHER_ERRORS,
      count,
      firstAtEpochMs,
      lastAtEpochMs,
      frames: [],
    })),
  ];
}

function isRest({ kind, topFrame, frames }: ErrorGroup): boolean {
  return kind === OTHER_ERRORS && topFrame === undefined && frames.length === 0;
}

function together(a: ErrorGroup, b: ErrorGroup): ErrorGroup {
  return {
    ...(a.lastAtEpochMs > b.lastAtEpochMs ? a : b),
    count: a.count + b.count,
    firstAtEpochMs: Math.min(a.firstAtEpochMs, b.firstAtEpochMs),
  };
}

function mergeCallers(all: readonly CallersOfTarget[]): CallersOfTarget {
  const counts = new Map<string, number>();
  for (const { targetId, count } of all.flatMap(({ known }) => known))
    counts.set(targetId, (counts.get(targetId) ?? 0) + count);
  const known = byCount(counts);
  return {
    known: known.slice(0, MOST_CALLERS),
    others: sum(all, ({ others }) => others) + sum(known.slice(MOST_CALLERS), ({ count }) => count),
    unknown: sum(all, ({ unknown }) => unknown),
  };
}

function byCount(counts: ReadonlyMap<string, number>): { targetId: string; count: number }[] {
  return [...counts].map(([targetId, count]) => ({ targetId, count })).sort((a, b) => b.count - a.count);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
