import { performance } from 'node:perf_hooks';
import type { StartCollector } from './collector.ts';

/** How much of the time the loop was busy: with JavaScript, and with Node itself. */
export const eventLoop: StartCollector = () => {
  let last = performance.eventLoopUtilization();
  return {
    name: 'Event loop',
    unit: '%',
    read() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return 100 * utilization;
    },
  };
};
