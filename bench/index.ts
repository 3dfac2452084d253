import { acks } from './acks.ts';
import { allocations } from './allocations.ts';
import { answers } from './answers.ts';
import { archive } from './archive.ts';
import { attribution } from './attribution.ts';
import type { Benchmark } from './benchmark.ts';
import { callOverhead } from './call-overhead.ts';
import { charts } from './charts.ts';
import { conversions } from './conversions.ts';
import { cpuProfilersBench } from './cpu-profilers.ts';
import { discovery } from './discovery.ts';
import { endToEnd } from './end-to-end.ts';
import { heapSnapshot } from './heap-snapshot.ts';
import { heavyHitters } from './heavy-hitters.ts';
import { inFlight } from './in-flight.ts';
import { memory } from './memory.ts';
import { memoryWatch } from './memory-watch.ts';
import { promises } from './promises.ts';
import { rest } from './rest.ts';
import { sampling } from './sampling.ts';
import { saving } from './saving.ts';
import { startup } from './startup.ts';
import { verbose } from './verbose.ts';
import { view } from './view.ts';

/** Every benchmark, in the order in which they run. A new one is one file here and one line in this list. */
export const BENCHMARKS: readonly Benchmark[] = [
  callOverhead(1, 'The JIT makes one of function, wrapper and loop: the least that each tool can cost.'),
  callOverhead(50, 'Too many functions for the JIT to inline, as in a bot.'),
  callOverhead(500, 'A large bot: so many functions that each is called rarely.'),
  endToEnd,
  acks,
  rest,
  promises,
  verbose,
  memory,
  memoryWatch,
  startup,
  discovery,
  heavyHitters,
  inFlight,
  saving,
  archive,
  view,
  charts,
  answers,
  heapSnapshot,
  attribution,
  sampling,
  allocations,
  conversions,
  cpuProfilersBench,
];
