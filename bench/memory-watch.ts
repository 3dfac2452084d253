import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { MemoryWatchProcess } from './processes/memory-watch.ts';
import { median } from './statistics.ts';

const CASES = [
  { name: '100 guilds', guilds: 100 },
  { name: '2,000 guilds', guilds: 2_000 },
];
const ROUNDS = 9;
const SAMPLE_EACH_S = 10;
const COUNT_EACH_S = 30;
const LOOK_EACH_S = 30;
/** A thousandth of a core, in ns a second. */
const AT_MOST_NS = 1e6;
const HELD_AT_MOST_MS = 20;

export const memoryWatch = {
  name: 'memory-watch',
  title: 'what it costs to watch the memory of a bot: each second of a core, and how long the loop is held',
  method:
    `Each guild has 20 channels, 20 members and 100 messages. Medians of ${ROUNDS} times, CPU time of the process by\n` +
    `what it does each ${SAMPLE_EACH_S} s (the trend, always) and each ${COUNT_EACH_S} s (whether one of a thousand targets was reloaded, while\n` +
    'something is attached; what grows, once it is started). The product counts\n' +
    'less often where that would be more than a thousandth. Held: the longest time that the event loop did not turn.',
  async *run() {
    for (const { name, guilds } of CASES) {
      using bot = new Child<MemoryWatchProcess>(new URL('./processes/memory-watch.ts', import.meta.url));
      await bot.call('fill', guilds);
      const samples: number[] = [];
      const looks: number[] = [];
      const counts: { cpuNs: number; heldMs: number }[] = [];
      const caches: { cpuNs: number; heldMs: number; messages: number }[] = [];
      for (let round = -2; round < ROUNDS; round++) {
        const one = [await bot.call('sample'), await bot.call('count'), await bot.call('caches')] as const;
        const wanted = await bot.call('messagesOf', guilds);
        if (one[2].messages !== wanted)
          throw new Error(`${one[2].messages} of ${wanted} messages were seen.`);
        if (round < 0) continue;
        samples.push(one[0]);
        looks.push(await bot.call('look'));
        counts.push(one[1]);
        caches.push(one[2]);
      }
      const held = (figures: readonly { heldMs: number }[]) => median(figures.map(({ heldMs }) => heldMs));
      const cost = { case: name, unit: 'ns', atMost: AT_MOST_NS } as const;
      const hold = { case: name, unit: 'ms', atMost: HELD_AT_MOST_MS } as const;
      yield { ...cost, subject: 'trend, a second', value: median(samples) / SAMPLE_EACH_S };
      yield { ...cost, subject: 'reloads, a second', value: median(looks) / LOOK_EACH_S };
      const count = median(counts.map(({ cpuNs }) => cpuNs));
      yield { ...cost, subject: 'growth, a second', value: count / COUNT_EACH_S };
      yield { ...hold, subject: 'held by growth', value: held(counts) };
      yield { ...hold, subject: 'held by caches', value: held(caches) };
    }
  },
} as const satisfies Benchmark;
