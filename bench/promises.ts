import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { PromisesProcess } from './processes/promises.ts';

const ROUNDS = 30;
const REPEATS = 7;
const AT_MOST = 1.02;

export const promises = {
  name: 'promises',
  title: 'what it costs the promises of a bot that others of its functions are timed',
  method:
    'CPU time of an await that has nothing to do with the 50 attached functions, which are called now and then:\n' +
    `${ROUNDS} rounds of 20,000, the bots in turn. Medians of the rounds, then of ${REPEATS} times four processes; ratios\n` +
    'are within a round.',
  run: () =>
    compareProcesses<PromisesProcess>({
      process: new URL('./processes/promises.ts', import.meta.url),
      subjects: [
        { name: 'bare bot', setUp: (bot) => bot.call('setUp', 'bare') },
        {
          name: 'cogscope, 50 attached',
          atMost: AT_MOST,
          setUp: (bot) => bot.call('setUp', 'attached'),
        },
        // The least that following a promise can do.
        { name: 'wrappers that call then', setUp: (bot) => bot.call('setUp', 'by hand') },
        // What the figures would be if anything hooked into every promise.
        { name: 'an async hook', setUp: (bot) => bot.call('setUp', 'hooked') },
      ],
      cases: [
        { name: 'await a settled promise', round: (bot) => bot.call('round', 'settled') },
        { name: 'await an async call', round: (bot) => bot.call('round', 'async') },
      ],
      warmUpRounds: 10,
      rounds: ROUNDS,
      repeats: REPEATS,
    }),
} as const satisfies Benchmark;
