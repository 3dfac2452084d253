import type { LoopRun } from '../cog/loop-runs.ts';

/** An interaction that waited less than this for the loop has not missed the deadline for it, in ms. */
export const LEAST_WAIT_MS = 250;
/** Who held the loop for less of the wait is not named. */
const LEAST_SHARE = 0.25;
/** Who held it for so much of the wait is what it waited for, whatever the rest was. */
const MOST_OF_IT = 0.5;
const NS_PER_MS = 1e6;

/** Which target held the loop while an interaction waited for it, more than any other that is timed. */
export interface Blocker {
  readonly targetId: string;
  /** For how long of the wait, without what it called of other targets. */
  readonly ms: number;
  /** `certain` where that is at least half of the wait; `likely` where it is a quarter or more, and the rest not known. */
  readonly certainty: 'certain' | 'likely';
}

/** What may know who held the loop when. What one knows another may know too: it counts once. */
export interface LoopSource {
  /** By `monotonicNs`, in any order. */
  within(fromNs: number, toNs: number): readonly LoopRun[];
}

/**
 * Who held the loop in a stretch of time. Where one target calls another, the time is the inner one's: that is the code
 * that ran. Code that is not timed has no name here, nor is its time given to anybody who did not call it.
 */
export function blockerOf(sources: readonly LoopSource[], fromNs: number, toNs: number): Blocker | undefined {
  const ownNs = ownTimes(
    sources.flatMap((source) => source.within(fromNs, toNs)),
    fromNs,
    toNs,
  );
  let targetId: string | undefined;
  let mostNs = (toNs - fromNs) * LEAST_SHARE;
  for (const [id, ns] of ownNs) if (ns > mostNs) [targetId, mostNs] = [id, ns];
  if (targetId === undefined) return undefined;
  const certainty = mostNs >= (toNs - fromNs) * MOST_OF_IT ? 'certain' : 'likely';
  return { targetId, ms: mostNs / NS_PER_MS, certainty };
}

/** Of each target the time in the stretch, without that of the runs within its own. */
function ownTimes(runs: readonly LoopRun[], fromNs: number, toNs: number): Map<string, number> {
  const ownNs = new Map<string, number>();
  const add = (id: string, ns: number) => ownNs.set(id, (ownNs.get(id) ?? 0) + ns);
  // The loop runs one thing at a time: two runs are apart, or one is within the other.
  const around: LoopRun[] = [];
  for (const run of runs.toSorted((a, b) => a.fromNs - b.fromNs || b.toNs - a.toNs)) {
    while (around.length > 0 && around.at(-1)!.toNs <= run.fromNs) around.pop();
    const beganNs = Math.max(run.fromNs, fromNs);
    const outer = around.at(-1);
    if (outer !== undefined)
      add(outer.targetId, -Math.max(0, Math.min(run.toNs, outer.toNs, toNs) - beganNs));
    add(run.targetId, Math.max(0, Math.min(run.toNs, toNs) - beganNs));
    around.push(run);
  }
  return ownNs;
}
