import type { Context } from '../context/contexts.ts';
import { NS_PER_MS, type Outcome } from '../store/row.ts';
import type { BusyLoop, BusyStretch } from './busy-loop.ts';
import type { Mark, Operation } from './operation.ts';
import { divide, type Run, timerStart } from './partition.ts';
import { Parts } from './parts.ts';
import { type CallSpan, MOST_SPANS, type RunSpan, spansOf, type WaitSpan } from './spans.ts';
import type { Trace } from './trace.ts';
import type { UsualDurations } from './usual-durations.ts';
import type { Wake } from './wake.ts';

/** What is kept of one call, one after another, is divided up to the middle of it when there is more than this. */
const MOST_RUNS = 4_096;
const MOST_OPERATIONS = 2_048;
/** Runs of one call with less than this between, and nothing else, are one. */
const MERGE_NS = 20_000;
/** Estimated, of what is kept while a call runs. */
const RUN_BYTES = 120;
const OPERATION_BYTES = 240;

/** What is under way: the loop has come back to a call, and is about to run it. */
interface Resumed {
  readonly context: Context;
  readonly atNs: number;
  readonly wake: Wake | undefined;
}

/** One call of a verbose target while it runs, with those within it. */
export class Recording {
  readonly root: Context;
  readonly startedAtEpochMs = Date.now();
  readonly #busy: BusyLoop;
  readonly #usual: UsualDurations;
  #runs: Run[] = [];
  #operations: Operation[] = [];
  #marks: Mark[] = [];
  readonly #parts = new Parts();
  /** Up to where it has been divided. */
  #dividedToNs: number;
  #resumed: Resumed | undefined;
  /** When the latest run of each call was over. */
  readonly #ranTo = new WeakMap<Context, Run>();
  /** The call itself comes first. */
  readonly #calls = new Map<Context, CallSpan>();
  readonly #waits: WaitSpan[] = [];
  readonly #kept: Operation[] = [];
  readonly #runSpans: RunSpan[] = [];
  readonly #loop: BusyStretch[] = [];
  #omitted = 0;

  constructor(root: Context, busy: BusyLoop, usual: UsualDurations) {
    this.root = root;
    this.#busy = busy;
    this.#usual = usual;
    this.#dividedToNs = root.startedAtNs;
    this.begun(root);
  }

  /** A call within it begins. */
  begun(context: Context): void {
    if (this.#hasRoom()) this.#calls.set(context, { context, endedAtNs: undefined, failed: false });
  }

  /** A call within it is over. */
  ended(context: Context, outcome: Outcome): void {
    const call = this.#calls.get(context);
    if (call === undefined) return;
    call.endedAtNs = context.endedAtNs;
    call.failed = outcome !== 'ok';
  }

  operationBegun(operation: Operation): void {
    this.#operations.push(operation);
    if (this.#hasRoom()) this.#kept.push(operation);
    if (this.#operations.length > MOST_OPERATIONS) this.#divideHalf();
  }

  /** An operation lets something go on. */
  marked(mark: Mark): void {
    this.#marks.push(mark);
  }

  resumed(context: Context, wake: Wake | undefined, atNs: number): void {
    this.#resumed = { context, wake, atNs };
    if (wake === undefined || wake.kind === 'turn' || (wake.kind === 'timer' && wake.isHousekeeping)) return;
    const previous = this.#waits.at(-1);
    const fromNs =
      wake.kind === 'timer'
        ? Math.max(context.startedAtNs, timerStart(this.#runs, wake.startedAtNs, context, atNs))
        : this.#previousToNs(context, atNs);
    // What is asked of the file system takes several steps.
    if (wake.kind === 'file' && previous?.wake.kind === 'file' && previous.context === context) {
      previous.toNs = atNs;
      return;
    }
    if (this.#hasRoom()) this.#waits.push({ context, wake, fromNs, toNs: atNs });
  }

  ran(context: Context, fromNs: number, toNs: number): void {
    const resumed = this.#resumed;
    const isResumed = resumed?.context === context && resumed.atNs === fromNs;
    this.#resumed = undefined;
    const wake = isResumed ? resumed.wake : undefined;
    const last = this.#runs.at(-1);
    this.#ranFor(context, fromNs, toNs);
    if (wake === undefined && last?.context === context && fromNs - last.toNs < MERGE_NS) {
      last.toNs = toNs;
      return;
    }
    const run: Run = {
      context,
      fromNs,
      toNs,
      wake,
      busy: isResumed ? this.#busy.before(fromNs) : undefined,
      previousToNs: this.#previousToNs(context, fromNs),
    };
    this.#runs.push(run);
    this.#ranTo.set(context, run);
    if (this.#runs.length > MOST_RUNS) this.#divideHalf();
  }

  /** What is done beside the loop now. */
  get underWay(): Operation[] {
    return this.#operations.filter(({ endedAtNs }) => endedAtNs === undefined);
  }

  /** Estimated bytes. */
  get sizeBytes(): number {
    return this.#runs.length * RUN_BYTES + (this.#operations.length + this.#calls.size) * OPERATION_BYTES;
  }

  /** It is over, at `toNs`. @returns how it went, and what it went to */
  finish(
    toNs: number,
    known: Pick<Trace, 'id' | 'shard' | 'startedAtEpochMs' | 'outcome' | 'error'>,
  ): { trace: Trace; parts: Parts } {
    const { root } = this;
    this.#divideTo({
      context: root,
      fromNs: toNs,
      toNs,
      wake: undefined,
      busy: this.#busy.before(toNs),
      previousToNs: this.#previousToNs(root, toNs),
    });
    const spans = spansOf({
      fromNs: root.startedAtNs,
      toNs,
      calls: [...this.#calls.values()],
      operations: this.#kept,
      waits: this.#waits,
      runs: this.#runSpans,
      loop: this.#loop,
    });
    const trace = {
      ...known,
      targetId: root.targetId,
      durationMs: (toNs - root.startedAtNs) / NS_PER_MS,
      spans,
      omittedSpans: this.#omitted,
      parts: this.#parts.list(),
    };
    return { trace, parts: this.#parts };
  }

  #previousToNs(context: Context, elseNs: number): number {
    return this.#ranTo.get(context)?.toNs ?? elseNs;
  }

  #hasRoom(): boolean {
    if (this.#calls.size + this.#kept.length + this.#waits.length < MOST_SPANS) return true;
    this.#omitted++;
    return false;
  }

  /** For the eye: one stretch more or less does not matter. */
  #ranFor(context: Context, fromNs: number, toNs: number): void {
    const last = this.#runSpans.at(-1);
    if (last?.context === context && fromNs - last.toNs < MERGE_NS) last.toNs = toNs;
    else if (this.#runSpans.length < MOST_SPANS) this.#runSpans.push({ context, fromNs, toNs });
  }

  /** So that it takes no more memory, however long it runs. */
  #divideHalf(): void {
    const middle = this.#runs[this.#runs.length >> 1];
    if (middle === undefined) return;
    this.#divideTo(middle);
    this.#runs = this.#runs.filter(({ toNs }) => toNs > middle.fromNs);
    this.#marks = this.#marks.filter(({ atNs }) => atNs > middle.previousToNs);
    const marked = new Set(this.#marks.map(({ operation }) => operation));
    this.#operations = this.#operations
      .filter((operation) => operation.endedAtNs === undefined || marked.has(operation))
      .slice(-MOST_OPERATIONS / 2);
  }

  #divideTo(end: Run): void {
    const loop: BusyStretch[] = [];
    divide(
      {
        fromNs: this.#dividedToNs,
        end,
        runs: this.#runs,
        operations: this.#operations,
        marks: this.#marks,
        usual: this.#usual,
      },
      (kind, name, fromNs, toNs) => {
        this.#parts.add(kind, name, toNs - fromNs);
        if (kind === 'loop' && toNs > fromNs) loop.push({ targetId: name, fromNs, toNs });
      },
    );
    this.#dividedToNs = end.fromNs;
    // It was walked backwards.
    this.#loop.push(...loop.reverse().slice(0, MOST_SPANS - this.#loop.length));
  }
}
