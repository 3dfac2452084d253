import type { StartCollector } from './collector.ts';
import { garbage } from './garbage.ts';
import { gatewayEvents } from './gateway-events.ts';
import { heap } from './heap.ts';
import { waitingRequests } from './waiting-requests.ts';

/** What is looked at beside the samples of each recording, in the order in which it is shown. */
export const COLLECTORS: readonly StartCollector[] = [garbage, heap, waitingRequests, gatewayEvents];
