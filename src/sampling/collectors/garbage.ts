import type { StartCollector } from './collector.ts';
import { rateOf } from './rate.ts';

const NS_PER_PERCENT_OF_S = 1e7;

/** How much of the time garbage was collected. */
export const garbage: StartCollector = ({ gcNs }) => {
  const rate = rateOf(gcNs);
  return { name: 'GC', unit: '%', read: () => rate() / NS_PER_PERCENT_OF_S };
};
