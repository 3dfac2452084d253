import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { MemoryProcess } from './processes/memory.ts';

const PROCESS = new URL('./processes/memory.ts', import.meta.url);
const SUBJECT = 'cogscope';
const FIRST_CALLS = 1_000;
const CALLS = 1_000_000;
const TARGETS = 500;
const GROWTH_AT_MOST_BYTES = 1e6;
const TARGET_AT_MOST_BYTES = 4_000;

/** What the records of calls take: JavaScript heap and typed arrays, which lie outside it. */
export const memory = {
  name: 'memory',
  title: 'what the records of calls take, and whether that grows',
  method:
    'Heap and typed arrays after a full collection. Growth: 20 functions, every other one asynchronous.\n' +
    `A target: ${TARGETS} attached functions, called 100 times for microseconds, or 10 times for 1 to 512 ms.`,
  async *run() {
    const common = { subject: SUBJECT, unit: 'bytes' } as const;
    {
      using child = new Child<MemoryProcess>(PROCESS, ['--expose-gc']);
      const before = await child.call('afterCalls', FIRST_CALLS);
      yield { ...common, case: 'after 1,000 calls', value: before };
      const after = await child.call('afterCalls', CALLS);
      yield { ...common, case: 'after 1,000,000 more', value: after };
      yield { ...common, case: 'growth', value: after - before, atMost: GROWTH_AT_MOST_BYTES };
    }
    for (const durations of ['alike', 'spread'] as const) {
      using child = new Child<MemoryProcess>(PROCESS, ['--expose-gc']);
      const value = await child.call('perTarget', TARGETS, durations);
      yield {
        ...common,
        case: durations === 'alike' ? 'a target, µs' : 'a target, 1–512 ms',
        value,
        atMost: TARGET_AT_MOST_BYTES,
      };
    }
  },
} as const satisfies Benchmark;
