import { monotonicNs } from '../../cog/clock.ts';

const NS_PER_S = 1e9;

/** How much of something there is a second, since it was asked for last. @param total how much there was so far */
export function rateOf(total: () => number): () => number {
  let [sum, atNs] = [total(), monotonicNs()];
  return () => {
    const [nextSum, nextNs] = [total(), monotonicNs()];
    const rate = ((nextSum - sum) * NS_PER_S) / (nextNs - atNs);
    [sum, atNs] = [nextSum, nextNs];
    return rate;
  };
}
