import { setTimeout as sleep } from 'node:timers/promises';
import { Run } from '../../test/standin/handles.ts';
import type { Actor, StandIn } from '../../test/standin/standin.ts';

/** What a person does now, with what they see around them. */
type Habit = (user: Actor, around: { discord: StandIn; random: () => number }) => Promise<unknown>;

let newcomers = 0;

/** What people do on such a server, and how often relative to each other. */
const HABITS: readonly { weight: number; act: Habit }[] = [
  { weight: 30, act: (user) => user.says('good morning everyone') },
  { weight: 8, act: (user) => user.runs('play', { song: 'So What' }) },
  { weight: 7, act: (user) => user.runs('rank') },
  { weight: 10, act: (user) => user.runs('queue add', { song: 'Take Five' }) },
  { weight: 6, act: (user) => user.runs('queue list') },
  { weight: 1, act: (user) => user.runs('queue clear') },
  { weight: 12, act: (user) => user.runs('balance') },
  { weight: 10, act: (user, { random }) => user.runs('gamble', { coins: 1 + Math.floor(random() * 50) }) },
  { weight: 5, act: (user) => user.runs('shop list') },
  { weight: 4, act: (user) => user.runs('shop item buy', { item: 'sword' }) },
  { weight: 3, act: (user) => user.runs('shop item sell', { item: 'shield' }) },
  { weight: 4, act: (user) => user.runs('leaderboard') },
  { weight: 2, act: (user, around) => user.runs('warn add', { user: someone(around) }) },
  { weight: 2, act: (user, around) => user.runs('warn list', { user: someone(around) }) },
  { weight: 2, act: async (user) => user.uses('Report message', await user.says('buy my spam')) },
  { weight: 1, act: (user) => user.runs('poll', { question: 'Jazz or blues?' }) },
  { weight: 1, act: (_, { discord }) => discord.user(`newcomer${++newcomers}`).joins() },
];
const ALL_WEIGHTS = HABITS.reduce((sum, { weight }) => sum + weight, 0);
const LEAST_PAUSE_MS = 700;
const MOST_PAUSE_MS = 2_300;

/**
 * Lets everybody live on the server until the signal, and waits until the bot has answered each of them.
 * @param slowness how many times as long as usual people pause
 * @returns how many commands were left without an answer
 */
export async function live(
  discord: StandIn,
  until: AbortSignal,
  slowness = 1,
): Promise<{ unanswered: number }> {
  let unanswered = 0;
  const pause = (durationMs: number) =>
    // The signal wakes people up, so that nobody has to wait for them.
    sleep(durationMs * slowness, undefined, { signal: until }).catch(() => undefined);
  await Promise.all(
    discord.users.map(async (user, index) => {
      const random = seeded(index + 1);
      await pause(random() * MOST_PAUSE_MS);
      while (!until.aborted) {
        const done = await choose(random)(user, { discord, random });
        if (done instanceof Run) await done.reply().catch(() => unanswered++);
        await pause(LEAST_PAUSE_MS + random() * (MOST_PAUSE_MS - LEAST_PAUSE_MS));
      }
    }),
  );
  return { unanswered };
}

function choose(random: () => number) {
  let rest = random() * ALL_WEIGHTS;
  return HABITS.find(({ weight }) => (rest -= weight) < 0)!.act;
}

function someone({ discord, random }: { discord: StandIn; random: () => number }): Actor {
  return discord.users[Math.floor(random() * discord.users.length)]!;
}

/** Numbers from 0 to 1 that are the same in each run: a linear congruential generator (Knuth's MMIX constants). */
function seeded(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(state >> 32n) / 2 ** 32;
  };
}
