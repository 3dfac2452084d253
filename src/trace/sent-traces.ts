import { sizeBytesOf, small, type TraceSet } from './kept-traces.ts';
import type { Trace, TraceSummary } from './trace.ts';

/** What one process answers to the others about the traced calls of a target: each of them once. */
export interface SentTraces {
  readonly summary: TraceSummary;
  readonly traces: readonly Trace[];
  /** By their place in `traces`. */
  readonly slowest: readonly number[];
  readonly latest: readonly number[];
  readonly failed: readonly number[];
}

/** What travels at once; beyond it, traces go with their first spans only. */
const MOST_BYTES = 1_000_000;

/** Packs a set for the way to another process. */
export function sendTraces({ summary, slowest, latest, failed }: TraceSet): SentTraces {
  const all = [...new Set([...slowest, ...failed, ...latest])];
  const placesOf = (some: readonly Trace[]) => some.map((trace) => all.indexOf(trace));
  let leftBytes = MOST_BYTES;
  const traces = all.map((trace) => {
    const sizeBytes = sizeBytesOf(trace);
    if (sizeBytes <= leftBytes) {
      leftBytes -= sizeBytes;
      return trace;
    }
    return small(trace);
  });
  return {
    summary,
    traces,
    slowest: placesOf(slowest),
    latest: placesOf(latest),
    failed: placesOf(failed),
  };
}

export function receiveTraces({ summary, traces, slowest, latest, failed }: SentTraces): TraceSet {
  const at = (places: readonly number[]) => places.flatMap((place) => traces[place] ?? []);
  return { summary, slowest: at(slowest), latest: at(latest), failed: at(failed) };
}
