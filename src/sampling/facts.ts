import type { Profile, Thread } from './profile.ts';

const US_PER_S = 1_000_000;

/** What a profile is made of. */
export interface Facts {
  readonly samples: number;
  /** In which something ran. */
  readonly running: number;
  readonly recordedUs: number;
  readonly runningUs: number;
  /** Of the running ones, those in which functions are known. */
  readonly usable: number;
  /** Samples a second, of each thread on average. */
  readonly rateHz: number;
  readonly missed: number;
  readonly startPauseMs: number;
}

/** The facts of all threads, or of some. */
export function factsOf(profile: Profile, threads: readonly Thread[] = profile.threads): Facts {
  const { frames, nodes } = profile;
  const kinds = Array.from(nodes.frame, (frame) => frames[frame]!.kind);
  let [samples, running, usable, recordedUs, runningUs] = [0, 0, 0, 0, 0];
  for (const { node, weightUs } of threads) {
    samples += node.length;
    for (let sample = 0; sample < node.length; sample++) {
      const at = node[sample]!;
      recordedUs += weightUs[sample]!;
      if (kinds[at] === 'idle') continue;
      running++;
      runningUs += weightUs[sample]!;
      if (kinds[at] !== 'native' || nodes.parent[at]! >= 0) usable++;
    }
  }
  return {
    samples,
    running,
    recordedUs,
    runningUs,
    usable,
    rateHz: recordedUs === 0 ? 0 : (samples * US_PER_S) / recordedUs,
    missed: threads.reduce((sum, { missed }) => sum + missed, 0),
    startPauseMs: Math.max(0, ...threads.map(({ startPauseMs }) => startPauseMs)),
  };
}
