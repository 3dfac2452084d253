import { StandIn } from '../test/standin/standin.ts';
import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { EndToEndProcess } from './processes/end-to-end.ts';
import type { PromisesProcess } from './processes/promises.ts';

const ROUNDS = 9;
const REPEATS = 3;

export const verbose = {
  name: 'verbose',
  title: 'what it costs that calls are kept as they go',
  method:
    `CPU time of a command from its gateway frame on, and of an await that nobody follows: ${ROUNDS} rounds, the bots in\n` +
    `turn. Medians of the rounds, then of ${REPEATS} times three or two processes; ratios are within a round.`,
  async *run() {
    await using discord = await StandIn.start();
    const { restUrl, token } = discord;
    yield* compareProcesses<EndToEndProcess>({
      process: new URL('./processes/end-to-end.ts', import.meta.url),
      subjects: [
        { name: 'cogscope, all attached', setUp: (bot) => bot.call('logIn', restUrl, token, 'attached') },
        {
          name: 'another is verbose',
          setUp: (bot) => bot.call('logIn', restUrl, token, 'another verbose'),
        },
        { name: 'the command is verbose', setUp: (bot) => bot.call('logIn', restUrl, token, 'verbose') },
      ],
      async begin(bots) {
        await discord.command('profiler');
        await discord.owner.says('good morning everyone');
        await discord.owner.runs('rank');
        for (const bot of bots) await bot.call('learn', 1);
      },
      cases: [{ name: 'interaction → command', round: (bot) => bot.call('round', 'command') }],
      check: (bot) => bot.call('check'),
      warmUpRounds: 4,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
    yield* compareProcesses<PromisesProcess>({
      process: new URL('./processes/promises.ts', import.meta.url),
      subjects: [
        { name: 'cogscope, 50 attached', setUp: (bot) => bot.call('setUp', 'attached') },
        { name: 'one is verbose', setUp: (bot) => bot.call('setUp', 'verbose') },
      ],
      cases: [
        { name: 'await a settled promise', round: (bot) => bot.call('round', 'settled') },
        { name: 'await an async call', round: (bot) => bot.call('round', 'async') },
      ],
      warmUpRounds: 10,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
  },
} as const satisfies Benchmark;
