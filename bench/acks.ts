import { StandIn } from '../test/standin/standin.ts';
import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { AcksProcess } from './processes/acks.ts';

const ROUNDS = 25;
const REPEATS = 3;

/** What an interaction, with the request that acknowledges it, and any other request may cost more, in ns. */
const INTERACTION_AT_MOST = 3_000;
const REQUEST_AT_MOST = 1_000;

const CASES = [
  { name: 'command → deferReply', run: 'commands', addedAtMost: INTERACTION_AT_MOST },
  { name: 'another request', run: 'requests', addedAtMost: REQUEST_AT_MOST },
] as const;

export const acks = {
  name: 'acks',
  title: 'what it costs to watch how soon interactions are acknowledged, which is always done',
  method:
    `CPU time from discord.js' action to the response, which comes at once: ${ROUNDS} rounds of 5,000, the bots in turn.\n` +
    `Medians of the rounds, then of ${REPEATS} times two processes; ratios and what is added are within a round.`,
  async *run() {
    await using discord = await StandIn.start();
    const { restUrl, token } = discord;
    yield* compareProcesses<AcksProcess>({
      process: new URL('./processes/acks.ts', import.meta.url),
      subjects: [
        { name: 'bare bot', setUp: (bot) => bot.call('logIn', restUrl, token, false) },
        { name: 'cogscope, nothing attached', setUp: (bot) => bot.call('logIn', restUrl, token, true) },
      ],
      begin: async () => void (await discord.command('profiler')),
      cases: CASES.map(({ run, ...rest }) => ({ ...rest, round: (bot) => bot.call(run) })),
      check: (bot) => bot.call('check'),
      warmUpRounds: 4,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
  },
} as const satisfies Benchmark;
