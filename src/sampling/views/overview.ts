import { type CounterSummary, counterSummaries } from '../counters.ts';
import { type Facts, factsOf } from '../facts.ts';
import { type GroupLevel, groupShares, threadName } from '../groups.ts';
import { type Weight, weightOf } from '../nodes.ts';
import type { FrameKind, Profile } from '../profile.ts';
import { type Sufficiency, sufficiency } from '../uncertainty.ts';
import { targetTotals } from '../within.ts';
import { type Share, shareOf, whatRan } from './share.ts';

/** What the thread was doing, in the order in which it is told. */
const ACTIVITIES = ['javascript', 'native', 'gc', 'idle', 'profiler'] as const;
export type Activity = (typeof ACTIVITIES)[number];

export interface NamedShare extends Share {
  readonly name: string;
}

/** What there is to say of a recording at first. */
export interface Overview {
  readonly startedAtEpochMs: number;
  readonly durationUs: number;
  readonly intervalUs: number;
  readonly nodeVersion: string;
  readonly facts: Facts;
  readonly sufficiency: Sufficiency;
  /** Of the time that was recorded; together they are all of it. */
  readonly activities: Readonly<Record<Activity, Share>>;
  /** Of the time in which something of the bot ran, the most first; together with what is left, all of it. */
  readonly cogs: readonly NamedShare[];
  readonly commands: readonly NamedShare[];
  /** Those that have made tracked calls, with what ran for these: they overlap. */
  readonly totals: readonly NamedShare[];
  /** What was looked at beside the samples. */
  readonly counters: readonly CounterSummary[];
  readonly threads: readonly {
    readonly name: string;
    readonly samples: number;
    readonly missed: number;
    readonly startPauseMs: number;
  }[];
}

/** Names and figures of more would not be looked at. */
const MOST_GROUPS = 100;

const ACTIVITY_OF: Readonly<Record<FrameKind, Activity>> = {
  bot: 'javascript',
  package: 'javascript',
  node: 'javascript',
  native: 'native',
  gc: 'gc',
  idle: 'idle',
  profiler: 'profiler',
  awaiting: 'javascript',
};

export function overview([profile]: readonly [Profile]): Overview {
  const facts = factsOf(profile);
  const running = whatRan(profile);
  const all = weightOf(running);
  const sharesBy = (level: GroupLevel) =>
    groupShares(running, level)
      .slice(0, MOST_GROUPS)
      .map((group) => ({ name: group.name, ...shareOf(group, all) }));
  return {
    startedAtEpochMs: profile.startedAtEpochMs,
    durationUs: profile.durationUs,
    intervalUs: profile.intervalUs,
    nodeVersion: profile.nodeVersion,
    facts,
    sufficiency: sufficiency(all.count, profile.durationUs),
    activities: activitiesOf(profile),
    cogs: sharesBy('cog'),
    commands: sharesBy('command'),
    totals: targetTotals(running)
      .slice(0, MOST_GROUPS)
      .map(({ name, ...total }) => ({ name, ...shareOf(total, all) })),
    counters: counterSummaries(profile),
    threads: profile.threads.map((thread) => ({
      name: threadName(thread),
      samples: thread.node.length,
      missed: thread.missed,
      startPauseMs: thread.startPauseMs,
    })),
  };
}

function activitiesOf(profile: Profile): Record<Activity, Share> {
  const { frames, nodes, owners, threads } = profile;
  const sums = Object.fromEntries(ACTIVITIES.map((name) => [name, { count: 0, us: 0 }])) as Record<
    Activity,
    { count: number; us: number }
  >;
  const kinds = Array.from(nodes.frame, (frame) => ACTIVITY_OF[frames[frame]!.kind]);
  for (const { node, owner, weightUs } of threads) {
    for (let sample = 0; sample < node.length; sample++) {
      // What the profiler has called is the profiler's.
      const isOurs = owners[owner[sample]!]!.kind === 'profiler';
      const sum = sums[isOurs ? 'profiler' : kinds[node[sample]!]!];
      sum.count++;
      sum.us += weightUs[sample]!;
    }
  }
  const all: Weight = weightOf(profile);
  return Object.fromEntries(ACTIVITIES.map((name) => [name, shareOf(sums[name], all)])) as Record<
    Activity,
    Share
  >;
}
