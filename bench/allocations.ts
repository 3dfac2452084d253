import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import { compareProcesses } from './comparison.ts';
import type { AllocationsProcess } from './processes/allocations.ts';
import { median } from './statistics.ts';

const PROCESS = new URL('./processes/allocations.ts', import.meta.url);
const ROUNDS = 9;
const REPEATS = 3;
const WARM_UP_ROUNDS = 4;
const SOURCES_AT_MOST = 1.06;
const HEAPS_MIB = [50, 250];

export const allocations = {
  name: 'allocations',
  title: 'what it costs to sample allocations while they are sampled, and how long one look holds the bot',
  method:
    'CPU time of the process for code that makes, writes and parses objects, and keeps some: as `heap sources` samples, an\n' +
    'object each 512 KiB, and as `heap sample` does, each 32 KiB, of what is alive or of all. Medians of ' +
    `${ROUNDS} rounds, then of\n${REPEATS} times four processes; ratios are within a round. Held: one look at heaps of small objects that were all made\n` +
    'while it was sampled, of the full collection of garbage that V8 does before.',
  async *run() {
    yield* compareProcesses<AllocationsProcess>({
      process: PROCESS,
      subjects: [
        { name: 'not sampled', setUp: (child) => child.call('setUp', 'alone') },
        { name: 'each 512 KiB', atMost: SOURCES_AT_MOST, setUp: (child) => child.call('setUp', 'sources') },
        { name: 'each 32 KiB', setUp: (child) => child.call('setUp', 'sample') },
        { name: 'each 32 KiB, all', setUp: (child) => child.call('setUp', 'churn') },
      ],
      cases: [{ name: 'making objects', round: (child) => child.call('round') }],
      check: (child) => child.call('check'),
      warmUpRounds: WARM_UP_ROUNDS,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
    for (const mib of HEAPS_MIB) {
      const pauses: number[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        using bot = new Child<AllocationsProcess>(PROCESS);
        await bot.call('setUp', 'sources');
        pauses.push(await bot.call('pause', mib));
      }
      yield { case: `a heap of ${mib} MiB`, subject: 'held by a look', value: median(pauses), unit: 'ms' };
    }
  },
} as const satisfies Benchmark;
