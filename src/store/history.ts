import { endOf, LEVELS, type Level, startOf } from './levels.ts';
import { NS_PER_MS, Row } from './row.ts';
import { inSlices } from './slices.ts';
import type { Timeline, TimelineSpan } from './timeline.ts';

/** What a target did in a span of time. */
export interface HistoryPoint {
  /** Unix ms. */
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** How much of that was measured, in ms. */
  readonly coveredMs: number;
  readonly count: number;
  readonly errors: number;
  /** In ms; NaN without a call. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

export interface History {
  /** How long the span of each point is, in ms. */
  readonly resolutionMs: number;
  /**
   * Ascending. What was not measured has no point; what was measured without a call has one. The first may begin
   * before the window: the bucket that the window begins in counts whole.
   */
  readonly points: readonly HistoryPoint[];
}

const MOST_POINTS = 120;
/** How many spans of a level may make one point: these divide an hour into minutes, and a day into hours. */
const MULTIPLES = [1, 2, 3, 4, 6, 12];

/** What was counted in the span of one point. */
interface Sum {
  readonly row: Row;
  coveredMs: number;
}

/**
 * What a target did on all shards over time, in equal steps: as long as the coarsest bucket there is, or a few of
 * these, where there would be more than 120 points.
 */
export async function historyOf(timelines: Iterable<Timeline>): Promise<History> {
  const breathe = inSlices();
  const shards = [...timelines].map((timeline) => [...timeline.spans()]);
  const resolutionMs = resolutionOf(shards.flat());
  const sums = new Map<number, Sum>();
  for (const spans of shards) {
    // Shards run side by side: their calls add up, the time does not.
    const coveredMs = new Map<number, number>();
    for (const { span, coveredMs: ownMs, row } of spans) {
      const pause = breathe();
      if (pause !== undefined) await pause;
      const step = Math.floor(startOf(span) / resolutionMs);
      let sum = sums.get(step);
      if (sum === undefined) sums.set(step, (sum = { row: new Row(), coveredMs: 0 }));
      if (row !== undefined) sum.row.add(row);
      coveredMs.set(step, (coveredMs.get(step) ?? 0) + ownMs);
    }
    for (const [step, ms] of coveredMs) sums.get(step)!.coveredMs = Math.max(sums.get(step)!.coveredMs, ms);
  }
  const points: HistoryPoint[] = [];
  for (const [step, sum] of [...sums].sort(([a], [b]) => a - b)) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    points.push(pointOf(step * resolutionMs, resolutionMs, sum));
  }
  return { resolutionMs, points };
}

function resolutionOf(spans: readonly TimelineSpan[]): number {
  const coarsest: Level =
    LEVELS.findLast(({ name }) => spans.some(({ span }) => span.level.name === name)) ?? LEVELS[0];
  const [fromEpochMs, toEpochMs] = spans.reduce(
    ([from, to], { span }) => [Math.min(from, startOf(span)), Math.max(to, endOf(span))] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const,
  );
  const steps = (toEpochMs - fromEpochMs) / coarsest.ms;
  const multiple = MULTIPLES.find((multiple) => steps / multiple <= MOST_POINTS) ?? MULTIPLES.at(-1)!;
  return coarsest.ms * multiple;
}

function pointOf(fromEpochMs: number, resolutionMs: number, { row, coveredMs }: Sum): HistoryPoint {
  const [p50Ms, p95Ms] = row.quantilesMs([0.5, 0.95]) as [number, number];
  return {
    fromEpochMs,
    toEpochMs: fromEpochMs + resolutionMs,
    coveredMs,
    count: row.count,
    errors: row.errors,
    p50Ms,
    p95Ms,
    maxMs: row.count === 0 ? Number.NaN : row.maxNs / NS_PER_MS,
  };
}
