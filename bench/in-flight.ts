import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { InFlightProcess } from './processes/in-flight.ts';
import { median } from './statistics.ts';

const CALLS = 100_000;
const CASES = [
  { name: '1 target', targets: 1 },
  { name: '500 targets', targets: 500 },
];
const ROUNDS = 9;
const HOLD_AT_MOST_MS = 20;
const ANSWER_AT_MOST_BYTES = 200_000;

export const inFlight = {
  name: 'in-flight',
  title: `how long it takes to tell which of ${CALLS.toLocaleString('en')} calls in flight hang`,
  method:
    `Medians of ${ROUNDS} lists of 200 calls that are older than 10 s, after two to warm up. Held: the longest time that\n` +
    'the event loop did not turn. Answer: the list as shards send it to each other.',
  async *run() {
    for (const { name, targets } of CASES) {
      using bot = new Child<InFlightProcess>(new URL('./processes/in-flight.ts', import.meta.url));
      await bot.call('begin', CALLS, targets);
      const told: Awaited<ReturnType<InFlightProcess['tell']>>[] = [];
      for (let round = -2; round < ROUNDS; round++) {
        const one = await bot.call('tell');
        if (one.count !== CALLS) throw new Error(`${one.count} of ${CALLS} calls were told.`);
        if (round >= 0) told.push(one);
      }
      const held = median(told.map(({ heldMs }) => heldMs));
      yield { case: name, subject: 'held', unit: 'ms', value: held, atMost: HOLD_AT_MOST_MS };
      const wall = median(told.map(({ wallMs }) => wallMs));
      yield { case: name, subject: 'told after', unit: 'ms', value: wall };
      const value = median(told.map(({ bytes }) => bytes));
      yield { case: name, subject: 'answer', unit: 'bytes', value, atMost: ANSWER_AT_MOST_BYTES };
    }
  },
} as const satisfies Benchmark;
