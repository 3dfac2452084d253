import { HeaviestSum, type SealedHeaviest } from './heaviest/heaviest.ts';
import { Histogram } from './histogram.ts';

/** How a call ended: it returned or fulfilled, it threw or rejected, or it was cancelled by an AbortSignal. */
export const OUTCOMES = ['ok', 'error', 'aborted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const NS_PER_MS = 1e6;

/** Kinds of errors kept apart in one row; what comes later is counted together. */
const MOST_ERROR_KINDS = 16;
const OTHER_ERRORS = 'other';

/** What is known of one target's calls in one bucket of time. */
export interface SealedRow {
  /** Since when the target's calls have been counted, in Unix ms: that may be long before the bucket. */
  readonly sinceEpochMs: number;
  readonly count: number;
  /** How many of them were timed. All that follows is estimated from these where they are not all. */
  readonly timed: number;
  readonly errors: number;
  readonly aborted: number;
  /** Whole nanoseconds: their sums are exact up to 104 days. */
  readonly sumNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  /** Sum of the squared durations, in ms², for the standard deviation. */
  readonly sumOfSquaresMs2: number;
  /** As `encodeHistogram` writes it. */
  readonly histogram: Uint8Array;
  /** How often each kind of error came. */
  readonly errorKinds: ReadonlyMap<string, number>;
  /** Whose calls took the most time; absent where no ids are kept. */
  readonly heaviest?: SealedHeaviest;
}

/** Adds up sealed rows. */
export class Row {
  sinceEpochMs = Number.POSITIVE_INFINITY;
  count = 0;
  timed = 0;
  errors = 0;
  aborted = 0;
  sumNs = 0;
  minNs = Number.POSITIVE_INFINITY;
  maxNs = 0;
  sumOfSquaresMs2 = 0;
  readonly errorKinds = new Map<string, number>();
  readonly #histogram = new Histogram();
  #heaviest: HeaviestSum | undefined;

  merge(other: SealedRow): void {
    this.#count(other);
    this.#histogram.merge(other.histogram);
    if (other.heaviest !== undefined) (this.#heaviest ??= new HeaviestSum()).merge(other.heaviest);
  }

  add(other: Row): void {
    this.#count(other);
    this.#histogram.add(other.#histogram);
    const { heaviest } = other;
    if (heaviest !== undefined) (this.#heaviest ??= new HeaviestSum()).merge(heaviest);
  }

  /** Whose calls took the most time; undefined where no ids are kept. */
  get heaviest(): SealedHeaviest | undefined {
    return this.#heaviest?.seal();
  }

  #count(other: Omit<SealedRow, 'histogram' | 'heaviest'>): void {
    if (other.sinceEpochMs < this.sinceEpochMs) this.sinceEpochMs = other.sinceEpochMs;
    this.count += other.count;
    this.timed += other.timed;
    this.errors += other.errors;
    this.aborted += other.aborted;
    this.sumNs += other.sumNs;
    if (other.minNs < this.minNs) this.minNs = other.minNs;
    if (other.maxNs > this.maxNs) this.maxNs = other.maxNs;
    this.sumOfSquaresMs2 += other.sumOfSquaresMs2;
    for (const [kind, times] of other.errorKinds) countErrorKind(this.errorKinds, kind, times);
  }

  seal(): SealedRow {
    const { sinceEpochMs, count, timed, errors, aborted, sumNs, minNs, maxNs, sumOfSquaresMs2 } = this;
    const histogram = this.#histogram.encode();
    const { errorKinds, heaviest } = this;
    return {
      sinceEpochMs,
      count,
      timed,
      errors,
      aborted,
      sumNs,
      minNs,
      maxNs,
      sumOfSquaresMs2,
      histogram,
      errorKinds,
      ...(heaviest && { heaviest }),
    };
  }

  /** The durations, in ms, below or at which the fractions of the calls lie; the exact extremes bound them. */
  quantilesMs(fractions: readonly number[]): number[] {
    return this.#histogram
      .quantilesNs(fractions)
      .map((ns) => Math.min(this.maxNs, Math.max(this.minNs, ns)) / NS_PER_MS);
  }
}

/** Counts in a map that stays small, whatever the bot throws. */
export function countErrorKind(kinds: Map<string, number>, kind: string, times = 1): void {
  const key = kinds.has(kind) || kinds.size < MOST_ERROR_KINDS ? kind : OTHER_ERRORS;
  kinds.set(key, (kinds.get(key) ?? 0) + times);
}

/** What is left of the row of a target when something is forgotten; undefined where that is nothing. */
export type Remainder = (targetId: string, row: SealedRow) => SealedRow | undefined;
