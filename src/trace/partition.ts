import { NS_PER_MS } from '../store/row.ts';
import type { Busy } from './busy-loop.ts';
import type { Mark, Operation, Stage } from './operation.ts';
import type { PartKind } from './trace.ts';
import type { UsualDurations } from './usual-durations.ts';
import type { Wake } from './wake.ts';

/** A stretch that the loop ran for a traced call or one within it. Times are by the monotonic clock. */
export interface Run {
  /** Tells the calls of one trace apart. */
  readonly context: { readonly targetId: string };
  readonly fromNs: number;
  toNs: number;
  /** What it came back through. */
  readonly wake: Wake | undefined;
  /** What has held up the loop right before. */
  readonly busy: Busy | undefined;
  /** The end of the run before it for the same call; of the first one, the beginning of itself. */
  readonly previousToNs: number;
}

/** What of a call is to be divided. Runs are in order and do not overlap, marks are in order. */
export interface Divisible {
  readonly fromNs: number;
  /** What begins at the end: it has been waited for. */
  readonly end: Run;
  readonly runs: readonly Run[];
  readonly operations: readonly Operation[];
  readonly marks: readonly Mark[];
  readonly usual: Pick<UsualDurations, 'of'>;
}

/** What let a run begin. */
interface Cause {
  readonly sinceNs: number;
  /** From when on only the loop was in the way. */
  readonly readyNs: number;
  readonly kind: PartKind;
  readonly name?: string | undefined;
  readonly stages?: readonly Stage[];
  readonly operation?: Operation;
}

export type AddPart = (kind: PartKind, name: string | undefined, fromNs: number, toNs: number) => void;

/** What follows within this is one thing. */
const NEXT_NS = 200_000;
/** The timer of a rate limit is within the wait that is known, and begins or ends with it, to this. */
const LIMIT_TIMER_NS = 3 * NS_PER_MS;

/**
 * Divides the time of a call among what it went to, walking back along the critical path from its end.
 *
 * Where the call, or one within it, was on the loop, that is `cpu`. What let a run begin is charged with the time before
 * it, back to its own beginning; there the walk goes on, at the run that has begun it. So of two things at once the one
 * counts that was waited for, and what was not waited for does not count at all. What nothing explains is `other`.
 *
 * A timer is ready when it is due. When a request was answered cannot be seen while the loop is blocked. That is an
 * estimate: after the usual time of such requests that were not answered before the loop was blocked, but not after the
 * answer was seen; and where no usual time is known, the whole time that the loop was blocked counts as waiting for it.
 */
export function divide(call: Divisible, add: AddPart): void {
  const { fromNs, runs } = call;
  let next = call.end;
  let endNs = next.fromNs;
  let at = runs.length - 1;
  while (endNs > fromNs) {
    const cause = causeOf(call, next, at);
    const sinceNs = Math.max(fromNs, Math.min(cause.sinceNs, endNs));
    charge(call, at, sinceNs, endNs, cause, next.busy, add);
    endNs = sinceNs;
    const last = at;
    // One that begins there is what began it, as where a timer is known to have been set within it and not when.
    while (at >= 0 && (runs[at]!.fromNs > endNs || isHousekeeping(runs[at]!))) at--;
    const run = runs[at--];
    const runEndNs = Math.max(fromNs, Math.min(run?.toNs ?? fromNs, endNs));
    // Begun before anything ran: there is nothing to tell.
    charge(call, last, runEndNs, endNs, UNKNOWN, undefined, add);
    if (run === undefined) return;
    const runFromNs = Math.max(fromNs, run.fromNs);
    add('cpu', run.context.targetId, runFromNs, runEndNs);
    next = run;
    endNs = runFromNs;
  }
}

const UNKNOWN: Cause = { sinceNs: 0, readyNs: Number.POSITIVE_INFINITY, kind: 'other' };

function isHousekeeping({ wake }: Run): boolean {
  return wake?.kind === 'timer' && wake.isHousekeeping;
}

/** @param before the index of the last run that may be before it */
function causeOf(call: Divisible, run: Run, before: number): Cause {
  const { wake, busy, fromNs, previousToNs } = run;
  const blockedNs = busy?.fromNs ?? fromNs;
  switch (wake?.kind) {
    case 'timer':
      return timerCause(call, run, wake);
    case 'file':
      return { sinceNs: previousToNs, readyNs: blockedNs, kind: 'file' };
    case 'dns':
      return { sinceNs: previousToNs, readyNs: blockedNs, kind: 'dns', name: wake.name };
  }
  const mark = markOf(call, run);
  if (mark !== undefined) return operationCause(call, run, mark.operation, mark);
  if (wake?.kind === 'turn') return { ...UNKNOWN, sinceNs: previousToNs, readyNs: previousToNs };
  const latest = latestBefore(call.runs, before, fromNs);
  const isNext = latest !== undefined && fromNs - latest.toNs < NEXT_NS;
  return { ...UNKNOWN, sinceNs: isNext ? latest.toNs : Math.min(previousToNs, fromNs) };
}

function timerCause(
  call: Divisible,
  { context, fromNs, busy }: Run,
  wake: Extract<Wake, { kind: 'timer' }>,
): Cause {
  const ofLimit = call.operations.find(
    (operation) => operation.context === context && isLimitTimer(operation, wake, fromNs),
  );
  if (ofLimit !== undefined) {
    const { startedAtNs, kind } = ofLimit;
    return {
      sinceNs: startedAtNs,
      readyNs: Math.max(wake.dueAtNs, busy?.fromNs ?? fromNs),
      kind: kind === 'rest' ? 'other' : kind,
      stages: ofLimit.stages(),
      operation: ofLimit,
    };
  }
  return {
    sinceNs: timerStart(call.runs, wake.startedAtNs, context, fromNs),
    readyNs: wake.dueAtNs,
    kind: 'timer',
  };
}

/** Whether a timer is how an operation waits: for a rate limit, or before it tries again. */
export function isLimitTimer(
  { stages }: Operation,
  { startedAtNs, dueAtNs }: { readonly startedAtNs: number; readonly dueAtNs: number },
  firedAtNs: number,
): boolean {
  return stages().some(
    ({ kind, fromNs, toNs }) =>
      (kind === 'limit' || kind === 'backoff') &&
      startedAtNs >= fromNs - LIMIT_TIMER_NS &&
      dueAtNs <= toNs + LIMIT_TIMER_NS &&
      (startedAtNs <= fromNs + LIMIT_TIMER_NS || Math.abs(firedAtNs - toNs) <= LIMIT_TIMER_NS),
  );
}

/**
 * When a timer was set: while its call ran. Of that only the ms is known, and by the clock that the loop looks at when it
 * turns: what was set after something has held the loop seems to have been set before that.
 * @param firedAtNs when it was over
 */
export function timerStart(
  runs: readonly Run[],
  ms: number,
  context: Run['context'],
  firedAtNs: number,
): number {
  const within = lastBefore(runs, ms + NS_PER_MS);
  for (let at = within; at >= 0; at--) {
    const run = runs[at]!;
    if (run.toNs < ms) break;
    if (run.context === context) return Math.max(ms, run.fromNs);
  }
  for (let at = within + 1; at < runs.length && runs[at]!.fromNs < firedAtNs; at++) {
    if (runs[at]!.context === context) return runs[at]!.fromNs;
  }
  return ms;
}

function operationCause({ usual }: Divisible, run: Run, operation: Operation, mark: Mark): Cause {
  const { startedAtNs, kind, partName } = operation;
  const seenNs = Math.min(mark.atNs, run.fromNs);
  const blockedNs = run.busy?.fromNs ?? run.fromNs;
  const { triedAtNs } = operation;
  const usualNs = usual.of(mark.key, blockedNs - triedAtNs);
  const readyNs = usualNs === undefined ? blockedNs : Math.min(triedAtNs + usualNs, seenNs);
  return {
    sinceNs: startedAtNs,
    readyNs: Math.max(readyNs, startedAtNs),
    kind: kind === 'rest' ? 'other' : kind,
    name: kind === 'rest' ? undefined : partName,
    stages: operation.stages(),
    operation,
  };
}

/**
 * What let a run begin: of all that let something go on since the run before of the same call, and until this one was
 * over, what has begun first. For an operation may be told of within the run that it leads to, and one may have others
 * within it.
 */
function markOf({ marks }: Divisible, run: Run): Mark | undefined {
  let found: Mark | undefined;
  let foreign: Mark | undefined;
  for (let at = lastBefore(marks, run.toNs + 1, (mark) => mark.atNs); at >= 0; at--) {
    const mark = marks[at]!;
    const { startedAtNs, context } = mark.operation;
    if (mark.atNs <= run.previousToNs) break;
    if (startedAtNs >= run.fromNs) continue;
    if (context === run.context) {
      if (found === undefined || startedAtNs < found.operation.startedAtNs) found = mark;
    } else if (run.fromNs - mark.atNs < NEXT_NS) foreign ??= mark;
  }
  return found ?? foreign;
}

/** Divides a wait: what the call itself ran within is not waiting, and what others ran once it was ready is `loop`. */
function charge(
  { runs }: Divisible,
  last: number,
  fromNs: number,
  toNs: number,
  cause: Cause,
  busy: Busy | undefined,
  add: AddPart,
): void {
  let endNs = toNs;
  let ready = { cause, busy };
  for (let at = last; at >= 0 && endNs > fromNs; at--) {
    const run = runs[at]!;
    if (run.fromNs >= endNs) continue;
    if (run.toNs <= fromNs) break;
    const runToNs = Math.min(run.toNs, endNs);
    const runFromNs = Math.max(run.fromNs, fromNs);
    wait(runToNs, endNs, ready.cause, ready.busy, add);
    add('cpu', run.context.targetId, runFromNs, runToNs);
    endNs = runFromNs;
    const dueAtNs = limitDueAt(cause.operation, run);
    if (dueAtNs !== undefined) ready = { cause: { ...cause, readyNs: dueAtNs }, busy: run.busy };
  }
  wait(fromNs, endNs, ready.cause, ready.busy, add);
}

/** Where a run ends a wait of an operation that goes on with the next attempt: when that wait was over. */
function limitDueAt(operation: Operation | undefined, { context, wake, fromNs }: Run): number | undefined {
  if (wake?.kind !== 'timer' || operation?.context !== context) return undefined;
  return isLimitTimer(operation, wake, fromNs) ? wake.dueAtNs : undefined;
}

function wait(fromNs: number, toNs: number, cause: Cause, busy: Busy | undefined, add: AddPart): void {
  let restFromNs = fromNs;
  for (const stretch of busy?.stretches ?? []) {
    const loopFromNs = Math.max(restFromNs, stretch.fromNs, cause.readyNs);
    const loopToNs = Math.min(toNs, stretch.toNs);
    if (loopToNs <= loopFromNs) continue;
    byStages(restFromNs, loopFromNs, cause, add);
    add('loop', stretch.targetId, loopFromNs, loopToNs);
    restFromNs = loopToNs;
  }
  byStages(restFromNs, toNs, cause, add);
}

function byStages(fromNs: number, toNs: number, { kind, name, stages = [] }: Cause, add: AddPart): void {
  let restFromNs = fromNs;
  for (const stage of stages) {
    const stageFromNs = Math.max(restFromNs, stage.fromNs);
    const stageToNs = Math.min(toNs, stage.toNs);
    if (stageToNs <= stageFromNs) continue;
    if (stageFromNs > restFromNs) add(kind, name, restFromNs, stageFromNs);
    add(stage.kind, stage.name, stageFromNs, stageToNs);
    restFromNs = stageToNs;
  }
  if (toNs > restFromNs) add(kind, name, restFromNs, toNs);
}

function latestBefore(runs: readonly Run[], before: number, ns: number): Run | undefined {
  for (let at = before; at >= 0; at--) {
    const run = runs[at]!;
    if (run.fromNs < ns && !isHousekeeping(run)) return run;
  }
  return undefined;
}

/** The index of the last one that is before `ns`; -1 where none is. */
function lastBefore<T extends { readonly fromNs: number } | Mark>(
  items: readonly T[],
  ns: number,
  ofItem: (item: T) => number = (item) => (item as { readonly fromNs: number }).fromNs,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ofItem(items[middle]!) < ns) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
