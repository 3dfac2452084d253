import type { Thread } from './profile.ts';

/** When the samples of a thread were running, as columns; what lies between two of them was not recorded. */
export interface Stretches {
  /** Since the beginning of the profile. */
  readonly fromUs: Float64Array;
  readonly toUs: Float64Array;
}

/**
 * A sample stands for the time before it was taken. Where that would reach into the one before, it comes later: on a
 * time line nothing overlaps, and each sample keeps all of its time.
 */
export function stretchesOf({ atUs, weightUs }: Thread): Stretches {
  const fromUs = new Float64Array(atUs.length);
  const toUs = new Float64Array(atUs.length);
  let endUs = 0;
  for (let sample = 0; sample < atUs.length; sample++) {
    const weight = weightUs[sample]!;
    const from = Math.max(endUs, atUs[sample]! - weight);
    fromUs[sample] = from;
    toUs[sample] = endUs = from + weight;
  }
  return { fromUs, toUs };
}
