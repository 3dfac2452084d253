import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { ConversionsProcess } from './processes/conversions.ts';
import { median } from './statistics.ts';

const TIMES = 5;
const MADE_AT_MOST_MS = 2_000;
const HELD_AT_MOST_MS = 20;

export const conversions = {
  name: 'conversions',
  title:
    'how long a recording of 60,000 nodes takes to become each kind of file, and to hold the loop of the bot',
  method:
    'With 300,000 samples, from what is kept in memory to bytes in the thread of the bot, by way of the other one. Medians\n' +
    `of ${TIMES}; held: the longest time between two turns of a timer of 1 ms, which is late on a busy machine by itself (nothing).`,
  async *run() {
    using child = new Child<ConversionsProcess>(new URL('./processes/conversions.ts', import.meta.url), [
      // The scripts of pages are made of the sources here, once.
      '--disable-warning=ExperimentalWarning',
    ]);
    const formats = await child.call('setUp');
    const idle = await series(() => child.call('idle'));
    yield { case: 'held', subject: '(nothing)', value: idle.heldMs, unit: 'ms' };
    for (const name of formats) {
      const { madeMs, heldMs } = await series(() => child.call('convert', name));
      yield { case: 'made', subject: name, value: madeMs, unit: 'ms', atMost: MADE_AT_MOST_MS };
      yield { case: 'held', subject: name, value: heldMs, unit: 'ms', atMost: HELD_AT_MOST_MS };
    }
  },
} as const satisfies Benchmark;

interface Measured {
  readonly madeMs: number;
  readonly heldMs: number;
}

async function series(measure: () => Promise<Measured>): Promise<Measured> {
  const all: Measured[] = [];
  for (let time = 0; time < TIMES; time++) all.push(await measure());
  return { madeMs: median(all.map(({ madeMs }) => madeMs)), heldMs: median(all.map(({ heldMs }) => heldMs)) };
}
