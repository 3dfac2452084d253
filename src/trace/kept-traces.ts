import { NS_PER_MS } from '../store/row.ts';
import { Parts } from './parts.ts';
import type { Trace, TraceSummary } from './trace.ts';

const SLOWEST = 8;
const LATEST = 8;
const FAILED = 4;

/** Estimated, in memory. */
const TRACE_BYTES = 400;
const SPAN_BYTES = 200;
const SEGMENT_BYTES = 90;
const PART_BYTES = 80;
/** Of a trace that is to be small. */
const SMALL_SPANS = 50;
const SMALL_SEGMENTS = 20;

/** The calls of one target that are kept as they went. */
export interface TraceSet {
  readonly summary: TraceSummary;
  /** Slowest first. */
  readonly slowest: readonly Trace[];
  /** Newest first. */
  readonly latest: readonly Trace[];
  /** Newest first: the latest that failed or were aborted. */
  readonly failed: readonly Trace[];
}

/** Keeps the slowest, the latest and the latest failed calls of one target, and adds all of them up. */
export class KeptTraces {
  #slowest: readonly Trace[] = [];
  #latest: readonly Trace[] = [];
  #failed: readonly Trace[] = [];
  #count = 0;
  #durationNs = 0;
  readonly #parts = new Parts();
  #sizeBytes = 0;

  add(trace: Trace, parts: Parts): void {
    this.#count++;
    this.#durationNs += parts.totalNs;
    this.#parts.addAll(parts);
    this.#slowest = slowest([...this.#slowest, trace]);
    this.#latest = [trace, ...this.#latest].slice(0, LATEST);
    if (trace.outcome !== 'ok') this.#failed = [trace, ...this.#failed].slice(0, FAILED);
    const kept = new Set([...this.#slowest, ...this.#latest, ...this.#failed]);
    this.#sizeBytes = [...kept].reduce((bytes, each) => bytes + sizeBytesOf(each), 0);
  }

  get set(): TraceSet {
    return {
      summary: {
        count: this.#count,
        durationMs: this.#durationNs / NS_PER_MS,
        parts: this.#parts.list(),
      },
      slowest: this.#slowest,
      latest: this.#latest,
      failed: this.#failed,
    };
  }

  /** Estimated bytes. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }
}

const sizes = new WeakMap<Trace, number>();

/** Estimated bytes of a trace in memory. */
export function sizeBytesOf(trace: Trace): number {
  const known = sizes.get(trace);
  if (known !== undefined) return known;
  const { spans, parts } = trace;
  const segments = spans.reduce((count, span) => count + span.segments.length, 0);
  const sizeBytes =
    TRACE_BYTES + spans.length * SPAN_BYTES + segments * SEGMENT_BYTES + parts.length * PART_BYTES;
  sizes.set(trace, sizeBytes);
  return sizeBytes;
}

/** The same with the first spans only. */
export function small(trace: Trace): Trace {
  const spans = trace.spans
    .slice(0, SMALL_SPANS)
    .map((span) => ({ ...span, segments: span.segments.slice(0, SMALL_SEGMENTS) }));
  return { ...trace, spans, omittedSpans: trace.omittedSpans + trace.spans.length - spans.length };
}

/** Puts together what several processes have kept, within the bounds of one. */
export function mergeTraces(sets: readonly TraceSet[]): TraceSet {
  const newestFirst = (a: Trace, b: Trace) => b.startedAtEpochMs - a.startedAtEpochMs;
  const parts = new Parts();
  for (const { summary } of sets) {
    for (const { kind, name, ms } of summary.parts) parts.add(kind, name, Math.round(ms * NS_PER_MS));
  }
  return {
    summary: {
      count: sets.reduce((sum, { summary }) => sum + summary.count, 0),
      durationMs: parts.totalNs / NS_PER_MS,
      parts: parts.list(),
    },
    slowest: slowest(sets.flatMap((set) => set.slowest)),
    latest: sets
      .flatMap(({ latest }) => latest)
      .sort(newestFirst)
      .slice(0, LATEST),
    failed: sets
      .flatMap(({ failed }) => failed)
      .sort(newestFirst)
      .slice(0, FAILED),
  };
}

function slowest(traces: readonly Trace[]): readonly Trace[] {
  return traces.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, SLOWEST);
}
