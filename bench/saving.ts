import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { SavingProcess } from './processes/saving.ts';

const ROUNDS = 15;
const REPEATS = 5;
const AT_MOST = 1.02;

export const saving = {
  name: 'saving',
  title: 'what a timed call costs when figures are saved',
  method:
    `CPU time of a call of a timed function, 50 of them in turn, with a write to an SQLite file before each of ${ROUNDS} rounds\n` +
    `of 100,000. Medians of the rounds, then of ${REPEATS} times two processes; ratios are within a round.`,
  run: () =>
    compareProcesses<SavingProcess>({
      process: new URL('./processes/saving.ts', import.meta.url),
      subjects: [
        { name: 'save off', setUp: (bot) => bot.call('setUp', false) },
        { name: 'save on', atMost: AT_MOST, setUp: (bot) => bot.call('setUp', true) },
      ],
      cases: [{ name: 'a timed call', round: (bot) => bot.call('round') }],
      warmUpRounds: 5,
      rounds: ROUNDS,
      repeats: REPEATS,
    }),
} as const satisfies Benchmark;
