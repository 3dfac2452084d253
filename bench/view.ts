import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { ViewProcess } from './processes/view.ts';
import { median } from './statistics.ts';

const CASES = [
  { name: '24 h × 500 targets', targets: 500, days: 1, wallAtMostMs: 100 },
  { name: '30 d × 5,000 targets', targets: 5_000, days: 30, wallAtMostMs: 1_000 },
];
const ROUNDS = 7;
const HOLD_AT_MOST_MS = 20;

export const view = {
  name: 'view',
  title: 'how long it takes to summarise what is kept in an SQLite file',
  method:
    `Medians of ${ROUNDS} summaries after two to warm up. Held: the longest time that the event loop did not turn.\n` +
    'The values alone: read from the same file, and not unpacked. One target: its details, with the history.',
  async *run() {
    for (const { name, targets, days, wallAtMostMs } of CASES) {
      using child = new Child<ViewProcess>(new URL('./processes/view.ts', import.meta.url));
      await child.call('fill', targets, days);
      const wall: number[] = [];
      const held: number[] = [];
      const raw: number[] = [];
      const one: { wallMs: number; longestHoldMs: number }[] = [];
      for (let round = -2; round < ROUNDS; round++) {
        const { wallMs, longestHoldMs, found } = await child.call('summarise');
        if (found !== targets) throw new Error(`${found} of ${targets} targets were summarised.`);
        const rawMs = await child.call('readRaw');
        const told = await child.call('tellOne');
        if (round < 0) continue;
        wall.push(wallMs);
        held.push(longestHoldMs);
        raw.push(rawMs);
        one.push(told);
      }
      const ms = { case: name, unit: 'ms' } as const;
      yield { ...ms, subject: 'the values alone', value: median(raw) };
      yield { ...ms, subject: 'summary', value: median(wall), atMost: wallAtMostMs };
      yield { ...ms, subject: 'held', value: median(held), atMost: HOLD_AT_MOST_MS };
      yield { ...ms, subject: 'one target', value: median(one.map((told) => told.wallMs)) };
      const heldByOne = median(one.map((told) => told.longestHoldMs));
      yield { ...ms, subject: 'held by one', value: heldByOne, atMost: HOLD_AT_MOST_MS };
      const ratio = median(wall.map((wallMs, round) => wallMs / raw[round]!));
      yield { ...ms, subject: 'summary', value: median(wall), ratioTo: 'the values alone', ratio };
    }
  },
} as const satisfies Benchmark;
