import { StandIn } from '../test/standin/standin.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { RestProcess } from './processes/rest.ts';

const ROUNDS = 9;
const REPEATS = 3;
const BARE = 'bare bot';
const INSTALLED = 'cogscope, nothing attached';
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
    `Medians of the rounds, then of ${REPEATS} times two processes; ratios are within a round.`,
  async *run() {
    await using discord = await StandIn.start();
    const { restUrl, token } = discord;
    const medians = new Map<string, number>();
    const rows = compareProcesses<RestProcess>({
      process: new URL('./processes/rest.ts', import.meta.url),
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
    for await (const row of rows) {
      medians.set(`${row.case} ${row.subject}`, row.value);
      yield row;
    }
    for (const { name } of CASES) {
      const value = medians.get(`${name} ${INSTALLED}`)! - medians.get(`${name} ${BARE}`)!;
      yield { case: name, subject: 'added', value, unit: 'ns', atMost: AT_MOST } satisfies Row;
    }
  },
} as const satisfies Benchmark;
