import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { DiscoveryProcess } from './processes/discovery.ts';
import { median } from './statistics.ts';

const COMMANDS = 5_000;
const REPEATS = 5;
const AT_MOST_MS = 1_000;

export const discovery = {
  name: 'discovery',
  title: `how long it takes to find ${COMMANDS.toLocaleString('en')} commands`,
  method: `Medians over ${REPEATS} processes. First: names the place of each function. Again: one more command has come.`,
  async *run() {
    const first: number[] = [];
    const again: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      using bot = new Child<DiscoveryProcess>(new URL('./processes/discovery.ts', import.meta.url));
      first.push(await bot.call('discoverMs', COMMANDS));
      again.push(await bot.call('discoverMs', 1));
    }
    const common = { subject: 'cogscope', unit: 'ms' } as const;
    yield { ...common, case: 'first', value: median(first), atMost: AT_MOST_MS };
    yield { ...common, case: 'again', value: median(again) };
  },
} as const satisfies Benchmark;
