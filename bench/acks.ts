import { StandIn } from '../test/standin/standin.ts';
import { withAdded } from './added.ts';
import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { AcksProcess } from './processes/acks.ts';

const ROUNDS = 9;
const REPEATS = 3;
const BARE = 'bare bot';
const INSTALLED = 'cogscope, nothing attached';

/** What may be added, in ns. */
const CASES = [
  { name: 'command → deferReply', run: 'commands', atMost: 3_000 },
  { name: 'another request', run: 'requests', atMost: 1_000 },
] as const;

export const acks = {
  name: 'acks',
  title: 'what it costs to watch how soon interactions are acknowledged, which is always done',
  method:
    `CPU time from discord.js' action to the response, which comes at once: ${ROUNDS} rounds of 5,000, the bots in turn.\n` +
    `Medians of the rounds, then of ${REPEATS} times two processes; ratios are within a round.`,
  async *run() {
    await using discord = await StandIn.start();
    const { restUrl, token } = discord;
    const rows = compareProcesses<AcksProcess>({
      process: new URL('./processes/acks.ts', import.meta.url),
      subjects: [
        { name: BARE, setUp: (bot) => bot.call('logIn', restUrl, token, false) },
        { name: INSTALLED, setUp: (bot) => bot.call('logIn', restUrl, token, true) },
      ],
      begin: async () => void (await discord.command('profiler')),
      cases: CASES.map(({ name, run }) => ({ name, round: (bot) => bot.call(run) })),
      check: (bot) => bot.call('check'),
      warmUpRounds: 4,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
    const atMost = new Map(CASES.map(({ name, atMost }) => [name, atMost]));
    yield* withAdded(rows, { without: BARE, to: INSTALLED, atMost });
  },
} as const satisfies Benchmark;
