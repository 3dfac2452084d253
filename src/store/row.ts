import { Histogram } from './histogram.ts';

/** How a call ended: it returned or fulfilled, it threw or rejected, or it was cancelled by an AbortSignal. */
export const OUTCOMES = ['ok', 'error', 'aborted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const NS_PER_MS = 1e6;

/** Kinds of errors kept apart in one row; what comes later is counted together. */
const MOST_ERROR_KINDS = 16;
const OTHER_ERRORS = 'other';

/** What is known of one target's calls in one stretch of time. */
export class Row {
  count = 0;
  errors = 0;
  aborted = 0;
  sumMs = 0;
  /** Sum of the squared durations, in ms², for the standard deviation. */
  sumOfSquares = 0;
  minMs = Number.POSITIVE_INFINITY;
  maxMs = 0;
  readonly histogram = new Histogram();
  /** How often each kind of error came: its class, with its code if it has one. */
  readonly errorKinds = new Map<string, number>();

  /** Counts one call. On the hot path: no allocation once the histogram has its pages. */
  add(durationNs: number, outcome: number): void {
    const durationMs = durationNs / NS_PER_MS;
    this.count++;
    this.sumMs += durationMs;
    this.sumOfSquares += durationMs * durationMs;
    if (durationMs < this.minMs) this.minMs = durationMs;
    if (durationMs > this.maxMs) this.maxMs = durationMs;
    if (outcome === OUTCOMES.indexOf('error')) this.errors++;
    else if (outcome === OUTCOMES.indexOf('aborted')) this.aborted++;
    this.histogram.record(durationNs);
  }

  addErrorKind(kind: string, times = 1): void {
    const known = this.errorKinds.has(kind) || this.errorKinds.size < MOST_ERROR_KINDS;
    const key = known ? kind : OTHER_ERRORS;
    this.errorKinds.set(key, (this.errorKinds.get(key) ?? 0) + times);
  }

  merge(other: Row | SealedRow): void {
    this.count += other.count;
    this.errors += other.errors;
    this.aborted += other.aborted;
    this.sumMs += other.sumMs;
    this.sumOfSquares += other.sumOfSquares;
    this.minMs = Math.min(this.minMs, other.minMs);
    this.maxMs = Math.max(this.maxMs, other.maxMs);
    for (const [kind, times] of other.errorKinds) this.addErrorKind(kind, times);
    if (other.histogram instanceof Histogram) this.histogram.merge(other.histogram);
    else this.histogram.mergeEncoded(other.histogram);
  }

  /** A compact copy that does not change any more. */
  seal(): SealedRow {
    const { count, errors, aborted, sumMs, sumOfSquares, minMs, maxMs, histogram, errorKinds } = this;
    return {
      count,
      errors,
      aborted,
      sumMs,
      sumOfSquares,
      minMs,
      maxMs,
      histogram: histogram.encode(),
      errorKinds: [...errorKinds],
    };
  }

  /** The durations, in ms, below or at which the fractions of the calls lie; exact extremes bound them. */
  quantilesMs(fractions: readonly number[]): number[] {
    return this.histogram
      .quantilesNs(fractions)
      .map((ns) => Math.min(this.maxMs, Math.max(this.minMs, ns / NS_PER_MS)));
  }
}

/** A row at rest: some 300 bytes. */
export interface SealedRow {
  readonly count: number;
  readonly errors: number;
  readonly aborted: number;
  readonly sumMs: number;
  readonly sumOfSquares: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly histogram: Uint8Array;
  readonly errorKinds: readonly (readonly [kind: string, times: number])[];
}
