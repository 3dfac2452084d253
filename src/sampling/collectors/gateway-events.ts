import type { StartCollector } from './collector.ts';
import { rateOf } from './rate.ts';

/** How many events Discord sends. */
export const gatewayEvents: StartCollector = ({ gateway }) => {
  if (gateway === undefined) return undefined;
  let events = 0;
  const count = () => {
    events++;
  };
  gateway.on('dispatch', count);
  return {
    name: 'Gateway',
    unit: 'events/s',
    read: rateOf(() => events),
    [Symbol.dispose]: () => void gateway.off('dispatch', count),
  };
};
