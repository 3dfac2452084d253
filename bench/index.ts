import type { Benchmark } from './benchmark.ts';
import { callOverhead } from './call-overhead.ts';
import { memory } from './memory.ts';
import { startup } from './startup.ts';

/** Every benchmark, in the order in which they run. A new one is one file here and one line in this list. */
export const BENCHMARKS = [callOverhead, memory, startup] as const satisfies readonly Benchmark[];
