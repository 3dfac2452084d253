import type { Context } from '../context/contexts.ts';
import { NS_PER_MS } from '../store/row.ts';
import type { BusyStretch } from './busy-loop.ts';
import type { Operation, Stage } from './operation.ts';
import { isLimitTimer } from './partition.ts';
import type { Segment, Span } from './trace.ts';
import type { Wake } from './wake.ts';

/** Of one call. */
export const MOST_SPANS = 500;

/** A tracked call. Times are by the monotonic clock. */
export interface CallSpan {
  readonly context: Context;
  endedAtNs: number | undefined;
  failed: boolean;
}

/** Something that the loop came back through. */
export interface WaitSpan {
  readonly context: Context;
  readonly wake: Exclude<Wake, { readonly kind: 'turn' }>;
  readonly fromNs: number;
  toNs: number;
}

/** A stretch that the loop ran for a call. */
export interface RunSpan {
  readonly context: Context;
  readonly fromNs: number;
  toNs: number;
}

/** What a call did, as it was noted. */
export interface Noted {
  readonly fromNs: number;
  readonly toNs: number;
  /** The call itself comes first. */
  readonly calls: readonly CallSpan[];
  readonly operations: readonly Operation[];
  readonly waits: readonly WaitSpan[];
  readonly runs: readonly RunSpan[];
  /** When it could have gone on, but others ran. */
  readonly loop: readonly BusyStretch[];
}

/** Before its parent has its place. */
interface Draft {
  readonly span: Omit<Span, 'parent' | 'fromMs' | 'toMs' | 'segments'>;
  /** The call that it is in; of a call, itself. */
  readonly context: Context;
  readonly isCall: boolean;
  readonly fromNs: number;
  readonly toNs: number | undefined;
  readonly stages: readonly Stage[];
}

/** All that a call did, in the order in which it began. */
export function spansOf(noted: Noted): Span[] {
  const { fromNs, toNs } = noted;
  const drafts = [
    ...noted.calls.map((call) => callDraft(call, noted)),
    ...noted.operations.map(operationDraft),
    ...noted.waits.filter((wait) => !isWithin(wait, noted.operations)).map(waitDraft),
  ].sort((a, b) => a.fromNs - b.fromNs || Number(b.isCall) - Number(a.isCall));
  const places = new Map<Context, number>();
  for (const [place, { context, isCall }] of drafts.entries()) if (isCall) places.set(context, place);
  const msAt = (ns: number) => (Math.max(fromNs, Math.min(ns, toNs)) - fromNs) / NS_PER_MS;
  return drafts.map((draft, place) => {
    // What is told of late has no end that the call has seen.
    const endNs = draft.toNs !== undefined && draft.toNs <= toNs ? draft.toNs : undefined;
    // Who does something may have begun a little before it was told of.
    const within = ({ kind, name, ...stage }: Stage) =>
      segmentOf({ kind, name, fromNs: Math.max(stage.fromNs, draft.fromNs), toNs: stage.toNs }, msAt);
    return {
      ...draft.span,
      parent: place === 0 ? undefined : placeOf(draft, places),
      fromMs: msAt(draft.fromNs),
      toMs: endNs === undefined ? undefined : msAt(endNs),
      segments: draft.stages.map(within).filter(({ fromMs, toMs }) => toMs > fromMs),
    };
  });
}

/** The place of the call that began it, or of the next one around that which is kept. */
function placeOf({ context, isCall }: Draft, places: ReadonlyMap<Context, number>): number {
  let around = isCall ? context.parent : context;
  while (around !== undefined) {
    const place = places.get(around);
    if (place !== undefined) return place;
    around = around.parent;
  }
  return 0;
}

function segmentOf({ kind, name, fromNs, toNs }: Stage, msAt: (ns: number) => number): Segment {
  return { kind, ...(name !== undefined && { name }), fromMs: msAt(fromNs), toMs: msAt(toNs) };
}

function callDraft({ context, endedAtNs, failed }: CallSpan, { calls, runs, loop }: Noted): Draft {
  const { targetId } = context;
  const isRoot = calls[0]?.context === context;
  const stages: Stage[] = runs
    .filter((run) => run.context === context)
    .map((run) => ({ kind: 'cpu', name: targetId, fromNs: run.fromNs, toNs: run.toNs }));
  if (isRoot) {
    for (const { targetId: name, fromNs, toNs } of loop) stages.push({ kind: 'loop', name, fromNs, toNs });
    stages.sort((a, b) => a.fromNs - b.fromNs);
  }
  const span = { kind: 'call' as const, name: targetId, failed };
  return { span, context, isCall: true, fromNs: context.startedAtNs, toNs: endedAtNs, stages };
}

function operationDraft(operation: Operation): Draft {
  const { kind, name, partName, context, startedAtNs: fromNs, endedAtNs: toNs, failed, note } = operation;
  const stages = operation.stages();
  const whole = toNs !== undefined && kind !== 'rest' ? [{ kind, name: partName, fromNs, toNs }] : [];
  return {
    span: { kind, name, failed, ...(note !== undefined && { note }) },
    context,
    isCall: false,
    fromNs,
    toNs,
    stages: stages.length > 0 ? stages : whole,
  };
}

function waitDraft({ context, wake, fromNs, toNs }: WaitSpan): Draft {
  const { kind, name } = wake;
  const readyNs = wake.kind === 'timer' ? Math.max(fromNs, Math.min(wake.dueAtNs, toNs)) : toNs;
  const stages: Stage[] = [{ kind, ...(kind === 'dns' && { name }), fromNs, toNs: readyNs }];
  return { span: { kind, name, failed: false }, context, isCall: false, fromNs, toNs, stages };
}

/** A timer that an operation waits with is not slept by the call. */
function isWithin({ context, wake, toNs }: WaitSpan, operations: readonly Operation[]): boolean {
  return (
    wake.kind === 'timer' &&
    operations.some((operation) => operation.context === context && isLimitTimer(operation, wake, toNs))
  );
}
