import { Histogram } from './histogram.ts';

/** How a call ended: it returned or fulfilled, it threw or rejected, or it was cancelled by an AbortSignal. */
export const OUTCOMES = ['ok', 'error', 'aborted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const NS_PER_MS = 1e6;

/** Kinds of errors kept apart in one row; what comes later is counted together. */
const MOST_ERROR_KINDS = 16;
const OTHER_ERRORS = 'other';

/** What is known of one target's calls in one minute: some 300 bytes that do not change any more. */
export interface SealedRow {
  readonly count: number;
  /** How many of them were timed. All that follows is estimated from these where they are not all. */
  readonly timed: number;
  readonly errors: number;
  readonly aborted: number;
  readonly sumMs: number;
  /** Sum of the squared durations, in ms², for the standard deviation. */
  readonly sumOfSquares: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** As `encodeHistogram` writes it. */
  readonly histogram: Uint8Array;
  /** How often each kind of error came. */
  readonly errorKinds: ReadonlyMap<string, number>;
}

/** Adds up sealed rows. */
export class Row {
  count = 0;
  timed = 0;
  errors = 0;
  aborted = 0;
  sumMs = 0;
  sumOfSquares = 0;
  minMs = Number.POSITIVE_INFINITY;
  maxMs = 0;
  readonly errorKinds = new Map<string, number>();
  readonly #histogram = new Histogram();

  merge(other: SealedRow): void {
    this.count += other.count;
    this.timed += other.timed;
    this.errors += other.errors;
    this.aborted += other.aborted;
    this.sumMs += other.sumMs;
    this.sumOfSquares += other.sumOfSquares;
    this.minMs = Math.min(this.minMs, other.minMs);
    this.maxMs = Math.max(this.maxMs, other.maxMs);
    this.#histogram.merge(other.histogram);
    for (const [kind, times] of other.errorKinds) countErrorKind(this.errorKinds, kind, times);
  }

  seal(): SealedRow {
    const { count, timed, errors, aborted, sumMs, sumOfSquares, minMs, maxMs, errorKinds } = this;
    const histogram = this.#histogram.encode();
    return { count, timed, errors, aborted, sumMs, sumOfSquares, minMs, maxMs, histogram, errorKinds };
  }

  /** The durations, in ms, below or at which the fractions of the calls lie; the exact extremes bound them. */
  quantilesMs(fractions: readonly number[]): number[] {
    return this.#histogram
      .quantilesNs(fractions)
      .map((ns) => Math.min(this.maxMs, Math.max(this.minMs, ns / NS_PER_MS)));
  }
}

/** Counts in a map that stays small, whatever the bot throws. */
export function countErrorKind(kinds: Map<string, number>, kind: string, times = 1): void {
  const key = kinds.has(kind) || kinds.size < MOST_ERROR_KINDS ? kind : OTHER_ERRORS;
  kinds.set(key, (kinds.get(key) ?? 0) + times);
}
