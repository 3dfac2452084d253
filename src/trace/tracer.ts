import { randomUUID } from 'node:crypto';
import { monotonicNs } from '../cog/clock.ts';
import { errorKind } from '../cog/error-kind.ts';
import type { LoopHold } from '../cog/loop-holds.ts';
import type { Context, ContextConsumer, Contexts } from '../context/contexts.ts';
import { NS_PER_MS, type Outcome } from '../store/row.ts';
import { BusyLoop, HELD_NS } from './busy-loop.ts';
import { KeptTraces, small, type TraceSet } from './kept-traces.ts';
import { type Doing, Operation, type OperationSink, type OperationStart, type Source } from './operation.ts';
import type { Parts } from './parts.ts';
import { Recording } from './recording.ts';
import type { Trace } from './trace.ts';
import { UsualDurations } from './usual-durations.ts';
import { wakeOf } from './wake.ts';

/** Calls that are under way at once; beyond it, those that have been for longest are let go: they may never settle. */
const MOST_OPEN = 1_000;
/** All that is kept; beyond it, calls are kept with their first spans only. */
const MOST_BYTES = 16_000_000;
/** A loop that was held up for less than this has let see when a request was answered. */
const FREE_NS = 2 * HELD_NS;

/** What a timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const NOTHING: TraceSet = {
  summary: { count: 0, durationMs: 0, parts: [] },
  slowest: [],
  latest: [],
  failed: [],
};

/**
 * Keeps each call of the verbose targets as it went. While none is verbose, it listens to nothing.
 *
 * A call of a verbose target within another such call is part of that one.
 */
export class Tracer implements ContextConsumer, OperationSink, Disposable {
  readonly #contexts: Contexts;
  readonly #sources: readonly Source[];
  readonly #shard: () => number;
  #verbose: ReadonlyMap<string, number> = new Map();
  #ending: NodeJS.Timeout | undefined;
  #listening: Disposable[] = [];
  #recordings = new WeakMap<Context, Recording>();
  readonly #open = new Set<Recording>();
  readonly #kept = new Map<string, KeptTraces>();
  #keptBytes = 0;
  #busy = new BusyLoop();
  readonly #usual = new UsualDurations();
  readonly #process = randomUUID().slice(0, 8);
  #made = 0;

  /** @param shard the first one of this process */
  constructor(contexts: Contexts, sources: readonly Source[], shard: () => number) {
    this.#contexts = contexts;
    this.#sources = sources;
    this.#shard = shard;
  }

  /** The verbose targets, and until when they are, in Unix ms. */
  get verbose(): ReadonlyMap<string, number> {
    return this.#verbose;
  }

  /** @param untilEpochMs until when they are verbose; undefined where they are no more */
  setVerbose(targetIds: readonly string[], untilEpochMs: number | undefined): void {
    const verbose = new Map(this.#verbose);
    for (const id of targetIds) {
      verbose.delete(id);
      if (untilEpochMs !== undefined) verbose.set(id, untilEpochMs);
    }
    this.#become(verbose);
  }

  /** What is kept of a target. */
  traces(targetId: string): TraceSet {
    return this.#kept.get(targetId)?.set ?? NOTHING;
  }

  /** Estimated bytes of all that is kept and under way. */
  get sizeBytes(): number {
    let bytes = this.#keptBytes;
    for (const recording of this.#open) bytes += recording.sizeBytes;
    return bytes;
  }

  /** Lets go what is kept, and what is under way. @param targetIds of which targets; without it, of all */
  forget(targetIds?: readonly string[]): void {
    for (const id of targetIds ?? [...this.#kept.keys()]) {
      this.#keptBytes -= this.#kept.get(id)?.sizeBytes ?? 0;
      this.#kept.delete(id);
    }
    for (const recording of this.#open) {
      if (targetIds?.includes(recording.root.targetId) ?? true) this.#open.delete(recording);
    }
  }

  [Symbol.dispose](): void {
    this.#become(new Map());
    this.forget();
  }

  /** What the kept calls of a target wait for now, as far as it is known before it is over: not sleeps, nor files. */
  waits(targetId: string): (Doing & { ageMs: number; context: Context })[] {
    const nowNs = monotonicNs();
    return [...this.#open]
      .filter(({ root }) => root.targetId === targetId)
      .flatMap(({ root, underWay }) =>
        underWay.map((operation) => ({
          ...operation.doing(),
          ageMs: (nowNs - operation.startedAtNs) / NS_PER_MS,
          context: root,
        })),
      );
  }

  /** Who held the loop of late, since it was last idle, in a stretch of time. */
  loopHolds(fromNs: number, toNs: number): LoopHold[] {
    return this.#busy.holds(fromNs, toNs);
  }

  begun(context: Context): void {
    const around = context.parent && this.#recordingOf(context.parent);
    if (around !== undefined) {
      this.#recordings.set(context, around);
      around.begun(context);
    } else if (this.#verbose.has(context.targetId)) {
      const recording = new Recording(context, this.#busy, this.#usual);
      this.#recordings.set(context, recording);
      this.#open.add(recording);
      if (this.#open.size > MOST_OPEN) this.#letGoOldest();
    }
  }

  ended(context: Context, outcome: Outcome, error: unknown): void {
    const recording = this.#recordingOf(context);
    if (recording === undefined) return;
    recording.ended(context, outcome);
    if (recording.root !== context) return;
    this.#open.delete(recording);
    const { trace, parts } = recording.finish(context.endedAtNs!, {
      id: `${this.#process}-${this.#made++}`,
      shard: this.#shard(),
      startedAtEpochMs: recording.startedAtEpochMs,
      outcome,
      ...(outcome !== 'ok' && { error: { kind: errorKind(error) } }),
    });
    this.#keep(trace, parts);
  }

  ran(context: Context | undefined, fromNs: number, toNs: number): void {
    this.#busy.ran(context, fromNs, toNs);
    if (context !== undefined) this.#recordingOf(context)?.ran(context, fromNs, toNs);
  }

  resumed(context: Context, resource: object, atNs: number): void {
    const recording = this.#recordingOf(context);
    if (recording === undefined) return;
    // What an operation waits for in turn is its own affair.
    const wake = this.#contexts.within === undefined ? wakeOf(resource) : undefined;
    recording.resumed(context, wake, atNs);
  }

  begin(start: OperationStart): Operation | undefined {
    const context = this.#contexts.current;
    const recording = context && this.#recordingOf(context);
    if (recording === undefined || this.#contexts.within !== undefined) return undefined;
    const operation = new Operation(start, context!, monotonicNs());
    recording.operationBegun(operation);
    return operation;
  }

  progress(operation: Operation, step: string): void {
    if (operation.endedAtNs === undefined) this.#mark(operation, step, monotonicNs());
  }

  end(operation: Operation): void {
    if (operation.endedAtNs !== undefined) return;
    operation.endedAtNs = monotonicNs();
    this.#mark(operation, '', operation.endedAtNs);
  }

  runWithin<Result>(operation: Operation, fn: () => Result): Result {
    return this.#contexts.runWithin(operation, fn);
  }

  #mark(operation: Operation, step: string, atNs: number): void {
    const key = operation.keyOf(step);
    this.#recordingOf(operation.context)?.marked({ operation, atNs, key });
    if (this.#busy.heldNs(atNs) < FREE_NS) this.#usual.add(key, atNs - operation.triedAtNs);
  }

  /** That of a call, if it is still under way. */
  #recordingOf(context: Context): Recording | undefined {
    const recording = this.#recordings.get(context);
    return recording !== undefined && this.#open.has(recording) ? recording : undefined;
  }

  #letGoOldest(): void {
    for (const oldest of this.#open) {
      this.#open.delete(oldest);
      return;
    }
  }

  #keep(trace: Trace, parts: Parts): void {
    const known = this.#kept.get(trace.targetId);
    const kept = known ?? new KeptTraces();
    if (known === undefined) this.#kept.set(trace.targetId, kept);
    const beforeBytes = kept.sizeBytes;
    kept.add(this.#keptBytes > MOST_BYTES ? small(trace) : trace, parts);
    this.#keptBytes += kept.sizeBytes - beforeBytes;
  }

  #become(verbose: ReadonlyMap<string, number>): void {
    this.#verbose = verbose;
    for (const recording of this.#open) {
      if (!verbose.has(recording.root.targetId)) this.#open.delete(recording);
    }
    clearTimeout(this.#ending);
    this.#ending = undefined;
    if (verbose.size === 0) this.#stop();
    else {
      if (this.#listening.length === 0) this.#start();
      const inMs = Math.max(0, Math.min(...verbose.values()) - Date.now());
      this.#ending = setTimeout(() => this.#endSome(), Math.min(inMs, LONGEST_TIMER_MS)).unref();
    }
  }

  #endSome(): void {
    const nowEpochMs = Date.now();
    this.#become(new Map([...this.#verbose].filter(([, untilEpochMs]) => untilEpochMs > nowEpochMs)));
  }

  #start(): void {
    this.#busy = new BusyLoop();
    this.#listening = [this.#contexts.use(this), ...this.#sources.map((source) => source.start(this))];
  }

  #stop(): void {
    for (const listening of this.#listening.splice(0)) listening[Symbol.dispose]();
  }
}
