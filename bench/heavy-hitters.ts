import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { HeavyHittersProcess } from './processes/heavy-hitters.ts';

const ROUNDS = 15;
const REPEATS = 5;

export const heavyHitters = {
  name: 'heavy-hitters',
  title: 'what a timed call costs when it is kept whose calls took the most time',
  method:
    'CPU time of a call of a timed function with an interaction, 50 of them in turn, the guilds at random: a few, which\n' +
    `all have a place, or so many that most calls take one over. Medians of ${ROUNDS} rounds of 100,000, then of ${REPEATS} times\n` +
    'three processes; ratios are within a round.',
  run: () =>
    compareProcesses<HeavyHittersProcess>({
      process: new URL('./processes/heavy-hitters.ts', import.meta.url),
      subjects: [
        { name: 'heavyHitters off', setUp: (bot) => bot.call('setUp', []) },
        { name: 'by guild', setUp: (bot) => bot.call('setUp', ['guild']) },
        {
          name: 'by guild, channel and user',
          setUp: (bot) => bot.call('setUp', ['guild', 'channel', 'user']),
        },
      ],
      cases: [
        { name: '8 guilds', round: (bot) => bot.call('round', 8) },
        { name: '1,000 guilds', round: (bot) => bot.call('round', 1_000) },
      ],
      warmUpRounds: 5,
      rounds: ROUNDS,
      repeats: REPEATS,
    }),
} as const satisfies Benchmark;
