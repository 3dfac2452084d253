import { StandIn } from '../test/standin/standin.ts';
import type { Benchmark } from './benchmark.ts';
import { compareProcesses } from './comparison.ts';
import { compareOnDemoLoad, DEMO_LOAD_METHOD } from './demo-load/compare.ts';
import type { EndToEndProcess } from './processes/end-to-end.ts';
import type { SamplingProcess } from './processes/sampling.ts';

const ROUNDS = 9;
const REPEATS = 3;
const WARM_UP_ROUNDS = 4;
const BUSY_AT_MOST = 1.1;
const BOT_AT_MOST = 1.08;
/** Nothing is left: what is more is the noise of the machine. */
const AFTER_AT_MOST = 1.02;
const PEOPLE = 20;
const V8_ALONE = "V8's profiler alone";

export const sampling = {
  name: 'sampling',
  title: 'what a recording of the CPU costs while it runs, a sample each ms, and after it',
  method:
    'CPU time of the process, the thread that takes the samples in included: of code that parses and sorts, and of a bot\n' +
    `that is handed events without a pause, all of its functions tracked. Medians of ${ROUNDS} rounds, then of ${REPEATS} times three\n` +
    `processes; ratios are within a round.\n${DEMO_LOAD_METHOD}`,
  async *run() {
    yield* compareProcesses<SamplingProcess>({
      process: new URL('./processes/sampling.ts', import.meta.url),
      subjects: [
        { name: 'not recorded', setUp: (child) => child.call('setUp', 'alone') },
        { name: V8_ALONE, setUp: (child) => child.call('setUp', 'v8') },
        { name: 'recorded', atMost: BUSY_AT_MOST, setUp: (child) => child.call('setUp', 'recorded') },
        { name: 'no more recorded', atMost: AFTER_AT_MOST, setUp: (child) => child.call('setUp', 'after') },
      ],
      cases: [{ name: 'CPU-bound', round: (child) => child.call('round') }],
      check: (child) => child.call('check'),
      warmUpRounds: WARM_UP_ROUNDS,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
    await using discord = await StandIn.start({ users: PEOPLE });
    const { restUrl, token } = discord;
    yield* compareProcesses<EndToEndProcess>({
      process: new URL('./processes/end-to-end.ts', import.meta.url),
      subjects: [
        { name: 'not recorded', setUp: (bot) => bot.call('logIn', restUrl, token, 'attached') },
        { name: V8_ALONE, setUp: (bot) => bot.call('logIn', restUrl, token, 'sampled by V8') },
        {
          name: 'recorded',
          atMost: BOT_AT_MOST,
          setUp: (bot) => bot.call('logIn', restUrl, token, 'recorded'),
        },
        {
          name: 'no more recorded',
          atMost: AFTER_AT_MOST,
          setUp: (bot) => bot.call('logIn', restUrl, token, 'recorded before'),
        },
      ],
      async begin(bots) {
        await discord.command('profiler');
        for (const user of discord.users) {
          await user.says('thanks, that helped a lot');
          await user.runs('rank');
        }
        for (const bot of bots) await bot.call('learn', PEOPLE);
      },
      cases: [
        { name: 'message → 5 listeners', round: (bot) => bot.call('round', 'message') },
        { name: 'interaction → command', round: (bot) => bot.call('round', 'command') },
      ],
      check: (bot) => bot.call('check'),
      warmUpRounds: WARM_UP_ROUNDS,
      rounds: ROUNDS,
      repeats: REPEATS,
    });
    yield* compareOnDemoLoad([
      { name: 'not recorded', begin: (bot) => bot.call('attach') },
      { name: V8_ALONE, begin: (bot) => bot.call('sampleByV8') },
      { name: 'recorded', begin: (bot) => bot.call('record'), atMost: BOT_AT_MOST },
    ]);
  },
} as const satisfies Benchmark;
