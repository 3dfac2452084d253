import { getHeapStatistics } from 'node:v8';
import type { StartCollector } from './collector.ts';

/** What is in use of V8's heap. */
export const heap: StartCollector = () => ({
  name: 'Heap used',
  unit: 'bytes',
  read: () => getHeapStatistics().used_heap_size,
});
