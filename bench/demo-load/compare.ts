import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../benchmark.ts';
import { median, rotated } from '../statistics.ts';
import { ACTS_PER_ROUND, actOnce } from './acts.ts';
import { DemoBot } from './demo-bot.ts';

const WARM_UP_ROUNDS = 1;
/** Once all have begun, nothing is measured for so long: what is written while they start to record is over. */
const WARM_UP_MS = 10_000;
/** All of it is within the longest recording. */
const ROUNDS = 9;
/** What the bot does after it has answered. */
const SETTLE_MS = 300;
const NS_PER_MS = 1e6;

/** What is measured of a bot. */
const CASES = {
  all: "the demo's load",
  loop: 'its loop alone',
} as const;
type Threads = keyof typeof CASES;

/** A bot of the demo. */
export interface Loaded {
  readonly name: string;
  /** From the file of the bot to the arguments of Node that start it; default: that file. */
  command?(bot: string): readonly string[];
  /** Called once it has been used a little. */
  begin(bot: DemoBot): Promise<unknown>;
  /** The ratio to the first that it should have, in each case. */
  readonly atMost?: number;
}

export const DEMO_LOAD_METHOD =
  `The demo's load: CPU time of the demo's bot an act, of all its threads and of the one with its loop; medians of ${ROUNDS} rounds\n` +
  `of the same ${ACTS_PER_ROUND} acts, the bots in turn; ratios are within a round.`;

/** All bots at once, and one of them busy at a time. The others are compared with the first. */
export async function* compareOnDemoLoad(subjects: readonly Loaded[]): AsyncIterable<Row> {
  await using stack = new AsyncDisposableStack();
  const bots: { readonly bot: DemoBot; readonly spentMs: Record<Threads, number[]> }[] = [];
  for (const { command = (file: string) => [file], begin } of subjects) {
    const bot = stack.use(await DemoBot.start(command));
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await actOnce(bot.discord.users);
    await begin(bot);
    bots.push({ bot, spentMs: { all: [], loop: [] } });
  }
  await sleep(WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { bot, spentMs } of rotated(bots, round)) {
      const before = await bot.call('cpuNs');
      await actOnce(bot.discord.users);
      await sleep(SETTLE_MS);
      const after = await bot.call('cpuNs');
      for (const threads of Object.keys(CASES) as Threads[]) {
        spentMs[threads].push((after[threads] - before[threads]) / NS_PER_MS / ACTS_PER_ROUND);
      }
    }
  }
  const [first] = bots;
  for (const [threads, circumstances] of Object.entries(CASES) as [Threads, string][]) {
    const bare = first!.spentMs[threads];
    for (const [at, { name, atMost }] of subjects.entries()) {
      const spentMs = bots[at]!.spentMs[threads];
      const row = { case: circumstances, subject: name, value: median(spentMs), unit: 'ms' } as const;
      yield row;
      if (at === 0) continue;
      const ratio = median(spentMs.map((one, round) => one / bare[round]!));
      yield { ...row, ratioTo: subjects[0]!.name, ratio, ...(atMost !== undefined && { atMost }) };
    }
  }
}
