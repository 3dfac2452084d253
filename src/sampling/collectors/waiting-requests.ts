import type { StartCollector } from './collector.ts';

/** How many requests to Discord wait: for others, or for a limit. */
export const waitingRequests: StartCollector = ({ waitingRequests: read }) => ({
  name: 'REST queue',
  unit: 'requests',
  read,
});
