/** How sure a profile is of what it says: samples are drawn, and draws scatter. */

/** Of 20 margins, one does not hold what it promises. */
const Z_95 = 1.959964;

/**
 * How far a share lies from the one that was sampled, in 19 of 20 recordings; from 0 to 1. The standard error of a
 * binomial share, √(p(1 − p) / n), at p and n after two hits and two misses have been added: without them, the
 * margin of nothing and of everything would be 0. Agresti and Coull, "Approximate is better than 'exact' for interval
 * estimation of binomial proportions", The American Statistician 52 (1998).
 *
 * It holds for samples that know nothing of each other. Those of one long call do: its share is known less well.
 */
export function marginOf(count: number, samples: number): number {
  const added = samples + 4;
  const share = (count + 2) / added;
  return Z_95 * Math.sqrt((share * (1 - share)) / added);
}

/** Such as `12.3 % ± 1.1`. */
export function formatShare(count: number, samples: number): string {
  if (samples === 0) return '–';
  const percent = (100 * count) / samples;
  return `${percent.toFixed(1)} % ± ${(100 * marginOf(count, samples)).toFixed(1)}`;
}

/** A function that takes 5 % of the time is to be known to a fifth of that. */
const SHARE = 0.05;
const PRECISION = 0.2;
/** From (z / d)² (1 − p) / p, with p the share and d the precision. */
const ENOUGH_SAMPLES = Math.ceil((Z_95 / PRECISION) ** 2 * ((1 - SHARE) / SHARE));
/** No recording is longer. */
const LONGEST_S = 300;
const US_PER_S = 1_000_000;

export interface Sufficiency {
  readonly isEnough: boolean;
  /** How long to record in order to have enough; undefined where there is, and where no recording would do. */
  readonly proposedS?: number;
  /** A sentence or two. */
  readonly text: string;
}

/**
 * Whether there are enough samples to tell.
 * @param running the samples in which something ran
 * @param durationUs how long it took to take them
 */
export function sufficiency(running: number, durationUs: number): Sufficiency {
  const known = `A function that takes 5 % is known to ± ${(100 * marginOf(SHARE * running, running)).toFixed(1)} points`;
  if (running >= ENOUGH_SAMPLES) return { isEnough: true, text: `Enough samples. ${known}.` };
  if (running === 0) return { isEnough: false, text: 'Nothing ran while this was recorded.' };
  const neededS = Math.ceil(((durationUs / US_PER_S) * ENOUGH_SAMPLES) / running);
  if (neededS <= LONGEST_S) {
    const text = `Too few samples. ${known}: record for ${neededS} s to know it to ± 1.`;
    return { isEnough: false, proposedS: neededS, text };
  }
  return {
    isEnough: false,
    text: `Too few samples. ${known}: the bot has too little to do, record when it has more.`,
  };
}
