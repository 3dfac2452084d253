import { StandIn } from '../test/standin/standin.ts';
import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import type { EndToEndProcess } from './processes/end-to-end.ts';

const ROUNDS = 9;
const REPEATS = 5;
const AT_MOST = 1.1;
const PEOPLE = 20;

/** What chat is made of: small talk, a question, what looks like a command, a link. */
const TEXTS = [
  'good morning everyone',
  'does anybody know why the build fails on windows? it worked yesterday and nothing has changed since',
  '!rank',
  'see https://example.com/articles/why-it-rains for the long version; the short one is that it does',
  '!play blue monday',
  'thanks, that helped a lot',
  'ok',
];

export const endToEnd = {
  name: 'end-to-end',
  title: "what an event costs, from a gateway frame to the end of the bot's functions",
  method:
    `CPU time from the JSON text through discord.js to functions as bots have them: ${ROUNDS} rounds of some 50 ms, the three\n` +
    `bots in turn. Medians of the rounds, then of ${REPEATS} times three processes; ratios are within a round.`,
  async *run() {
    await using discord = await StandIn.start({ users: PEOPLE });
    const { restUrl, token } = discord;
    yield* compareProcesses<EndToEndProcess>({
      process: new URL('./processes/end-to-end.ts', import.meta.url),
      subjects: [
        { name: 'bare bot', setUp: (bot) => bot.call('logIn', restUrl, token, 'bare') },
        {
          name: 'cogscope, nothing attached',
          setUp: (bot) => bot.call('logIn', restUrl, token, 'installed'),
        },
        {
          name: 'cogscope, all attached',
          atMost: AT_MOST,
          setUp: (bot) => bot.call('logIn', restUrl, token, 'attached'),
        },
      ],
      async begin(bots) {
        await discord.command('profiler');
        for (const [index, user] of discord.users.entries()) {
          await user.says(TEXTS[index % TEXTS.length]!);
          await user.runs('rank');
        }
        for (const bot of bots) await bot.call('learn', PEOPLE);
      },
      cases: [
        { name: 'message → 5 listeners', round: (bot) => bot.call('round', 'message') },
        { name: 'interaction → command', round: (bot) => bot.call('round', 'command') },
      ],
      check: (bot) => bot.call('check'),
      warmUpRounds: 4,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
  },
} as const satisfies Benchmark;
