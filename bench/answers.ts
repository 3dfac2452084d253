import { setTimeout as pause } from 'node:timers/promises';
import { StandIn } from '../test/standin/standin.ts';
import type { Benchmark } from './benchmark.ts';
import { Child } from './child.ts';
import type { AnsweringBot } from './processes/answering-bot.ts';
import { median } from './statistics.ts';

const TARGETS = 5_000;
const COMMANDS_A_SECOND = 50;
const ROUNDS = 25;
const ACKNOWLEDGED_AT_MOST_MS = 250;
const HELD_AT_MOST_MS = 20;
const PAGES = [
  { name: 'view', run: 'profiler view' },
  { name: 'inspect', run: 'profiler inspect target:cog 7/method/method 7' },
  { name: 'settings', run: 'profiler settings' },
  { name: 'attach', run: 'profiler attach' },
  { name: 'methods', run: 'profiler methods' },
];

export const answers = {
  name: 'answers',
  title: `how soon /profiler answers in a bot with ${TARGETS.toLocaleString('en')} targets and ${COMMANDS_A_SECOND} commands a second`,
  method:
    `Each page ${ROUNDS} times over. Acknowledged: from the owner's action to Discord's receipt, of all the worst 1 %.\n` +
    'Shown: the median until the page is there. Held: the median of the longest times that the event loop did not\n' +
    'turn while a page was made; nothing: in the same bot without a page.',
  async *run() {
    await using discord = await StandIn.start({ users: 20, waitMs: 30_000, keepInteractions: 1_000 });
    using bot = new Child<AnsweringBot>(new URL('./processes/answering-bot.ts', import.meta.url));
    await bot.call('logIn', discord.restUrl, discord.token, TARGETS);
    await discord.command('profiler');
    const crowd = new Crowd(discord);
    try {
      // The first page loads what makes pages.
      for (const page of PAGES) await (await discord.owner.runs(page.run)).reply();
      yield { case: 'nothing', subject: 'held', unit: 'ms', value: await held(bot, () => pause(200)) };
      for (const { name, run } of PAGES) {
        const acknowledgedMs: number[] = [];
        const shownMs: number[] = [];
        const heldMs = await held(bot, async () => {
          const startMs = performance.now();
          const done = await discord.owner.runs(run);
          const reply = await done.reply();
          if (reply.embeds.length !== 1) throw new Error(`${run} was not answered with a page.`);
          shownMs.push(performance.now() - startMs);
          acknowledgedMs.push(done.acknowledgedAfterMs!);
        });
        const worstMs = acknowledgedMs.sort((a, b) => a - b).at(-1)!;
        const ms = { case: name, unit: 'ms' } as const;
        yield { ...ms, subject: 'acknowledged', value: worstMs, atMost: ACKNOWLEDGED_AT_MOST_MS };
        yield { ...ms, subject: 'shown', value: median(shownMs) };
        yield { ...ms, subject: 'held', value: heldMs, atMost: HELD_AT_MOST_MS };
      }
    } finally {
      await crowd.stop();
    }
    if (crowd.answered < COMMANDS_A_SECOND) throw new Error('The bot answered hardly any commands.');
  },
} as const satisfies Benchmark;

/** The median over rounds of the longest time that the bot's event loop did not turn. */
async function held(bot: Child<AnsweringBot>, act: () => Promise<unknown>): Promise<number> {
  const holds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await bot.call('watch');
    await act();
    holds.push(await bot.call('longestHoldMs'));
  }
  return median(holds);
}

/** People who go on running a command. */
class Crowd {
  answered = 0;
  readonly #timer: NodeJS.Timeout;
  readonly #running = new Set<Promise<unknown>>();

  constructor(discord: StandIn) {
    const users = Array.from({ length: 20 }, (_, index) => discord.user(`user${index + 1}`));
    let turn = 0;
    this.#timer = setInterval(() => {
      const run = users[turn++ % users.length]!.runs('rank')
        .then((started) => started.reply())
        .then(() => this.answered++)
        .finally(() => this.#running.delete(run));
      this.#running.add(run);
    }, 1_000 / COMMANDS_A_SECOND);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled([...this.#running]);
  }
}
