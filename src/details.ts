import type { SourceLocation } from './cog/target.ts';
import {
  type CallersOfTarget,
  type CallSample,
  type ErrorGroup,
  mergeObservations,
  type Observations,
} from './observations.ts';
import { type DurationClass, distributionOf } from './store/distribution.ts';
import { Figures } from './store/figures.ts';
import { type History, historyOf } from './store/history.ts';
import { Row } from './store/row.ts';
import { type Summary, type SummaryRow, summarise } from './store/summary.ts';
import type { SentTimeline, Timeline } from './store/timeline.ts';

/** All that is known of one target. */
export interface TargetDetails {
  readonly summary: Omit<Summary, 'rows'> & {
    /** Shards that only share a store: their single calls, errors and callers are not known here. */
    readonly shardsWithoutCalls: readonly number[];
  };
  /** Of all shards. */
  readonly row: SummaryRow;
  /** Each shard's, where there are several. */
  readonly shards: readonly SummaryRow[];
  /** The durations in the window, in at most 16 classes from the shortest to the longest. */
  readonly distribution: readonly DurationClass[];
  readonly history: History;
  /** Since when its calls have been counted, in Unix ms. */
  readonly firstSeenEpochMs: number;
  /** When the latest single call began that is kept, in Unix ms. */
  readonly lastSeenEpochMs: number | undefined;
  readonly location: SourceLocation | undefined;
  /** Whether it is tracked, on any shard. */
  readonly isTracked: boolean;
  /** Calls that take less are not kept as single calls. */
  readonly thresholdMs: number;
  /** The first of each process since the target was attached or cleared, oldest first. */
  readonly first: readonly CallSample[];
  readonly latest: readonly CallSample[];
  readonly slowest: readonly CallSample[];
  readonly failed: readonly CallSample[];
  /** The most frequent first; at most 16, and one of the rest. */
  readonly errorGroups: readonly ErrorGroup[];
  /** Errors that are in no group: so many came at once that their stacks were not read. */
  readonly ungroupedErrors: number;
  readonly callers: CallersOfTarget;
}

/** What one process answers to the others about a target. */
export interface SentDetails {
  readonly timeline: SentTimeline;
  /** Missing where it has no open books. */
  readonly observations?: Observations;
  readonly isTracked: boolean;
  readonly location?: SourceLocation;
}

/** What one process knows of a target; only its timeline, where that was read from the store. */
export interface ShardDetails extends Partial<Omit<SentDetails, 'timeline'>> {
  readonly timeline: Timeline;
}

/**
 * @param shards what each process knows, by the first of its shards
 * @param fromOf from when on the calls of the target count, in Unix ms
 * @returns undefined where it is not known to any
 */
export async function detailsOf(
  identity: Pick<SummaryRow, 'id' | 'cog' | 'kind' | 'name'>,
  shards: ReadonlyMap<number, ShardDetails>,
  fromOf: (targetId: string) => number,
): Promise<Omit<TargetDetails, 'summary' | 'thresholdMs'> | undefined> {
  const all = [...shards.values()];
  const known = all.filter(({ timeline }) => timeline.isKnown);
  if (known.length === 0) return undefined;
  const timelines = known.map(({ timeline }) => timeline);
  const rowsBy = async (by: 'target' | 'shard') => {
    // A summary uses the figures up.
    const figures = new Map<number, Figures>();
    for (const [shard, { timeline }] of shards) {
      const own = new Figures();
      await timeline.addTo(own, fromOf);
      figures.set(shard, own);
    }
    return summarise(by, figures, fromOf, () => identity);
  };
  const observations = mergeObservations(all.flatMap(({ observations }) => observations ?? []));
  return {
    row: (await rowsBy('target'))[0]!,
    shards: shards.size > 1 ? await rowsBy('shard') : [],
    distribution: distributionOf(totalOf(timelines).seal()),
    history: await historyOf(timelines),
    firstSeenEpochMs: Math.min(...timelines.map(({ sinceEpochMs }) => sinceEpochMs)),
    lastSeenEpochMs: observations.latest[0]?.startedAtEpochMs,
    location: all.find(({ location }) => location !== undefined)?.location,
    isTracked: all.some((shard) => shard.isTracked),
    ...observations,
  };
}

function totalOf(timelines: readonly Timeline[]): Row {
  const total = new Row();
  for (const timeline of timelines) {
    for (const { row } of timeline.spans()) if (row !== undefined) total.add(row);
  }
  return total;
}
