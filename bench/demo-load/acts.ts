import type { Actor } from '../../test/standin/standin.ts';

const AT_ONCE = 10;

/** What is done in a round, as often as the demo's crowd does it relative to each other. */
const ACTS: readonly { readonly times: number; act(user: Actor): Promise<unknown> }[] = [
  // The filter holds the loop with each fortieth: three times a round, in all of them.
  { times: 120, act: (user) => user.says('good morning everyone') },
  { times: 32, act: async (user) => (await user.runs('play', { song: 'So What' })).reply() },
  { times: 28, act: async (user) => (await user.runs('rank')).reply() },
  { times: 40, act: async (user) => (await user.runs('queue add', { song: 'Take Five' })).reply() },
  { times: 48, act: async (user) => (await user.runs('balance')).reply() },
  { times: 40, act: async (user) => (await user.runs('gamble', { coins: 9 })).reply() },
];

/** The same acts each time, in the same order, by some people at once. */
const ORDER = ACTS.flatMap(({ times, act }) =>
  Array.from({ length: times }, (_, index) => ({ at: (index + 0.5) / times, act })),
).sort((a, b) => a.at - b.at);
export const ACTS_PER_ROUND = ORDER.length;

/** Fulfils once the bot has answered them all. */
export async function actOnce(users: readonly Actor[]): Promise<void> {
  let next = 0;
  await Promise.all(
    users.slice(0, AT_ONCE).map(async (user) => {
      while (next < ORDER.length) await ORDER[next++]!.act(user);
    }),
  );
}
