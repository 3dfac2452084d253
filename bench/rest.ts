import { StandIn } from '../test/standin/standin.ts';
import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { RestProcess } from './processes/rest.ts';

const ROUNDS = 25;
const REPEATS = 3;
/** What may be added to a request, in ns. */
const AT_MOST = 1_000;

const CASES = [
  { name: 'one by one', run: 'inTurn' },
  { name: '50 in a queue', run: 'atOnce' },
  { name: 'a bucket each', run: 'answers' },
] as const;

export const rest = {
  name: 'rest',
  title: 'what it costs to watch what requests wait for, which is always done',
  method:
    `CPU time of requests that are answered at once: ${ROUNDS} rounds of 5,000, the bots in turn.\n` +
    `Medians of the rounds, then of ${REPEATS} times two processes; ratios and what is added are within a round.`,
  async *run() {
    await using discord = await StandIn.start();
    const { restUrl, token } = discord;
    yield* compareProcesses<RestProcess>({
      process: new URL('./processes/rest.ts', import.meta.url),
      subjects: [
        { name: 'bare bot', setUp: (bot) => bot.call('logIn', restUrl, token, false) },
        { name: 'cogscope, nothing attached', setUp: (bot) => bot.call('logIn', restUrl, token, true) },
      ],
      begin: async () => void (await discord.command('profiler')),
      cases: CASES.map(({ name, run }) => ({
        name,
        addedAtMost: AT_MOST,
        round: (bot) => bot.call(run),
      })),
      check: (bot) => bot.call('check'),
      warmUpRounds: 4,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
  },
} as const satisfies Benchmark;
