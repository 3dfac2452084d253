import type { Context } from '../context/contexts.ts';
import type { PartKind, Span } from './trace.ts';

/** A stretch of an operation, by the monotonic clock. */
export interface Stage {
  readonly kind: PartKind;
  readonly name?: string | undefined;
  readonly fromNs: number;
  readonly toNs: number;
}

/** What an operation does now. */
export interface Doing {
  readonly kind: Exclude<PartKind, 'cpu' | 'loop' | 'other'>;
  readonly name: string;
}

/** What is known of an operation when it begins. */
export interface OperationStart {
  readonly kind: Exclude<Span['kind'], 'call'>;
  /** As a span is called. */
  readonly name: string;
  /** As the part of the time is called that it takes. */
  readonly partName: string | undefined;
}

/** When an operation let something go on: at its end, or, of what comes in pieces, before. */
export interface Mark {
  readonly operation: Operation;
  readonly atNs: number;
  /** Which usual duration it has: see `UsualDurations`. */
  readonly key: string;
}

/** Something that a traced call does beside the loop, and may wait for. Times are by the monotonic clock. */
export class Operation {
  readonly kind: OperationStart['kind'];
  name: string;
  partName: string | undefined;
  readonly context: Context;
  readonly startedAtNs: number;
  /** Undefined while it is under way. */
  endedAtNs: number | undefined;
  failed = false;
  note: string | undefined;
  /** What it was doing when, where that is known: in order and without overlap. */
  stages: () => readonly Stage[] = () => [];

  /** What it is doing, while it is under way. */
  doing: () => Doing = () => ({ kind: this.kind === 'rest' ? 'network' : this.kind, name: this.name });

  constructor({ kind, name, partName }: OperationStart, context: Context, startedAtNs: number) {
    this.kind = kind;
    this.name = name;
    this.partName = partName;
    this.context = context;
    this.startedAtNs = startedAtNs;
  }

  /** Since when its last try was under way: how long one takes can be known, how long all wait cannot. */
  get triedAtNs(): number {
    return this.stages().findLast(({ kind }) => kind === 'network')?.fromNs ?? this.startedAtNs;
  }

  /** By what is asked and of whom: one table is slower than another. @param step what of it is over, where not all is */
  keyOf(step = ''): string {
    return `${this.kind} ${this.partName ?? ''} ${this.name} ${step}`;
  }
}

/** What sources tell of. */
export interface OperationSink {
  /** Something begins that the present code may wait for. @returns undefined where no traced call runs */
  begin(start: OperationStart): Operation | undefined;
  /** Of what comes in pieces: one is there, so that something may go on. */
  progress(operation: Operation, step: string): void;
  end(operation: Operation): void;
  /** Runs a part of it. What that does in turn is no operation of its own. */
  runWithin<Result>(operation: Operation, fn: () => Result): Result;
}

/** Where operations are heard of. */
export interface Source {
  /** @returns what stops it */
  start(sink: OperationSink): Disposable;
}
