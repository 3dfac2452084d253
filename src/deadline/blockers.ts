import type { LoopHold } from '../cog/loop-holds.ts';

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
  loopHolds(fromNs: number, toNs: number): readonly LoopHold[];
}

/**
 * Who held the loop in a stretch of time. Where one target calls another, the time is the inner one's: that is the code
 * that ran. Code that is not timed has no name here, nor is its time given to anybody who did not call it.
 */
export function blockerOf(sources: readonly LoopSource[], fromNs: number, toNs: number): Blocker | undefined {
  const ownNs = ownTimes(
    sources.flatMap((source) => source.loopHolds(fromNs, toNs)),
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

/** Of each target the time in the stretch, without that of those within its own. */
function ownTimes(holds: readonly LoopHold[], fromNs: number, toNs: number): Map<string, number> {
  const ownNs = new Map<string, number>();
  const add = (id: string, ns: number) => ownNs.set(id, (ownNs.get(id) ?? 0) + ns);
  // The loop runs one thing at a time: two holds are apart, or one is within the other.
  const around: LoopHold[] = [];
  for (const hold of holds.toSorted((a, b) => a.fromNs - b.fromNs || b.toNs - a.toNs)) {
    while (around.length > 0 && around.at(-1)!.toNs <= hold.fromNs) around.pop();
    const beganNs = Math.max(hold.fromNs, fromNs);
    const outer = around.at(-1);
    if (outer !== undefined)
      add(outer.targetId, -Math.max(0, Math.min(hold.toNs, outer.toNs, toNs) - beganNs));
    add(hold.targetId, Math.max(0, Math.min(hold.toNs, toNs) - beganNs));
    around.push(hold);
  }
  return ownNs;
}
