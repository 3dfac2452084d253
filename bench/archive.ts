import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { ArchiveProcess } from './processes/archive.ts';

/** The hours at the end of which there is a figure. The first two days and the last two go by minute by minute. */
const POINTS = [
  { name: '1 h', hours: 1, coarse: false },
  { name: '1 d', hours: 24, coarse: false },
  { name: '2 d', hours: 48, coarse: false },
  { name: '7 d', hours: 7 * 24, coarse: true },
  { name: '28 d', hours: 28 * 24, coarse: true },
  { name: '30 d', hours: 30 * 24, coarse: false },
];
const HEAP_AT_MOST_BYTES = 25e6;

export const archive = {
  name: 'archive',
  title: 'what 500 targets called 100 times a second take, kept in memory for 30 days',
  method:
    'Simulated time. Heap after a full collection, that of Node and of what is loaded included; values: what a store\n' +
    'takes, but for its own overhead. Of days 3 to 28, the calls of an hour come in its first minute.',
  async *run() {
    using child = new Child<ArchiveProcess>(new URL('./processes/archive.ts', import.meta.url), [
      '--expose-gc',
    ]);
    let hoursRun = 0;
    for (const { name, hours, coarse } of POINTS) {
      await child.call('run', hours - hoursRun, coarse);
      hoursRun = hours;
      const { heapBytes, externalBytes, storeBytes } = await child.call('weigh');
      const bytes = { case: name, unit: 'bytes' } as const;
      yield { ...bytes, subject: 'heap', value: heapBytes, atMost: HEAP_AT_MOST_BYTES };
      yield { ...bytes, subject: 'outside the heap', value: externalBytes };
      yield { ...bytes, subject: 'values', value: storeBytes };
    }
  },
} as const satisfies Benchmark;
