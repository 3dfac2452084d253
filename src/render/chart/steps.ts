import type { Point, Timeline } from './timeline.ts';

/** Where a value stands on the time axis; NaN where a line is interrupted. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  /** Whether no line leads to it or away from it: it must be seen by itself. */
  readonly isAlone: boolean;
}

/** The time from the left end to the right: the window, and the whole of the steps that begin or end outside it. */
export function extentOf({ fromEpochMs, toEpochMs, stepMs, panels }: Timeline): [number, number] {
  let [first, last] = [fromEpochMs, toEpochMs];
  for (const [epochMs] of panels.flatMap(({ series }) => series.flatMap(({ points }) => points))) {
    first = Math.min(first, epochMs);
    last = Math.max(last, epochMs + stepMs);
  }
  return [first, last];
}

/** What a line goes through: the middle of each step, in order, with a NaN between where a step was not measured. */
export function lineOf(points: readonly Point[], stepMs: number): Mark[] {
  const sorted = [...points].sort(([a], [b]) => a - b);
  const isLinked = (one: Point | undefined, next: Point | undefined) =>
    one !== undefined && next !== undefined && next[0] - one[0] < 1.5 * stepMs;
  return sorted.flatMap((point, index) => {
    const [epochMs, y] = point;
    const [before, after] = [sorted[index - 1], sorted[index + 1]];
    const follows = isLinked(before, point);
    const mark = { x: epochMs + stepMs / 2, y, isAlone: !follows && !isLinked(point, after) };
    return follows || index === 0 ? [mark] : [{ x: epochMs, y: Number.NaN, isAlone: false }, mark];
  });
}

/** Bars in the middle of their steps. One of no height would get the height that makes small ones visible. */
export function barsOf(points: readonly Point[], stepMs: number): Mark[] {
  return points
    .filter(([, value]) => value > 0)
    .map(([epochMs, y]) => ({ x: epochMs + stepMs / 2, y, isAlone: true }));
}
