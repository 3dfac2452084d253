import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startBot } from './fixtures/bot.ts';

/** By how much the monotonic clock is ahead. */
const ahead = vi.hoisted(() => ({ ns: 0 }));
vi.mock('../src/cog/clock.ts', async (original) => {
  const { monotonicNs } = await original<typeof import('../src/cog/clock.ts')>();
  const nowNs = () => monotonicNs() + ahead.ns;
  return { monotonicNs: nowNs, epochOffsetMs: () => Date.now() - nowNs() / 1e6 };
});

type Bot = Awaited<ReturnType<typeof startBot>>;

let bot: Bot;
let gate: PromiseWithResolvers<void>;
beforeEach(async () => {
  bot = await startBot({ heavyHitters: ['guild', 'user'] });
  ahead.ns = 0;
  gate = Promise.withResolvers();
  load();
});
afterEach(async () => {
  gate.resolve();
  await bot[Symbol.asyncDispose]();
});

/** A command of the guide's layout, as its file has it: a new function each time that it is loaded. */
function load(onRun: () => void = () => undefined): void {
  bot.commands.set('ping', {
    data: { name: 'ping' },
    async execute() {
      onRun();
      await gate.promise;
    },
  });
}

/** A user runs the command; fulfils when its handler has been called. */
async function run(name = 'alice'): Promise<void> {
  const ran = Promise.withResolvers<void>();
  load(ran.resolve);
  bot.profiler.reconcile();
  await bot.discord.user(name).runs('ping');
  await ran.promise;
}

const named = async () => (await bot.profiler.inFlight()).calls;

describe('a handler that has not settled', () => {
  test('is there with where it came from, and gone once it has', async () => {
    bot.profiler.attach('ping');
    const before = Date.now();
    await run();
    const { count, stuck, targets, calls, pings, missingShards } = await bot.profiler.inFlight();
    expect({ count, stuck, missingShards }).toEqual({ count: 1, stuck: 0, missingShards: [] });
    expect(targets).toMatchObject([{ targetId: expect.stringMatching(/\/command\/ping$/), count: 1 }]);
    expect(calls).toEqual([
      {
        targetId: targets[0]!.targetId,
        shard: 0,
        startedAtEpochMs: expect.any(Number),
        ageMs: expect.any(Number),
        isStuck: false,
        from: { guild: bot.discord.guilds[0]!.id, user: bot.discord.user('alice').id },
      },
    ]);
    expect(calls[0]!.startedAtEpochMs).toBeGreaterThan(before - 50);
    expect(calls[0]!.startedAtEpochMs).toBeLessThan(Date.now() + 50);
    expect(pings).toEqual([
      { shard: 0, pingMs: bot.client.ws.shards.get(0)!.ping < 0 ? null : expect.any(Number) },
    ]);
    gate.resolve();
    await expect.poll(named).toEqual([]);
  });

  test('goes on when its cog is reloaded, and is told from calls of the new code', async () => {
    bot.profiler.attach('ping');
    await run('alice');
    // As `run` loads it anew, this goes to other code.
    await run('bob');
    const [first, second] = await named();
    expect(first).toMatchObject({ gone: 'replaced', from: { user: bot.discord.user('alice').id } });
    expect(second).toMatchObject({ from: { user: bot.discord.user('bob').id } });
    expect(second).not.toHaveProperty('gone');
    gate.resolve();
    await expect.poll(named).toEqual([]);
  });

  test('goes on when its cog is unloaded', async () => {
    bot.profiler.attach('ping');
    await run();
    bot.commands.delete('ping');
    bot.profiler.reconcile();
    bot.profiler.reconcile();
    expect(await named()).toMatchObject([{ gone: 'replaced' }]);
  });

  test.each([{ keepFigures: true }, { keepFigures: false }])(
    'goes on when it is detached: %j',
    async (how) => {
      bot.profiler.attach('ping');
      await run();
      bot.profiler.detach('ping', how);
      expect(await named()).toMatchObject([{ gone: 'detached' }]);
      // Attached again, it is another attachment: the call goes on all the same.
      bot.profiler.attach('ping');
      expect(await named()).toHaveLength(1);
      gate.resolve();
      await expect.poll(named).toEqual([]);
    },
  );

  test('is told without an id once that is erased', async () => {
    bot.profiler.attach('ping');
    await run();
    await bot.profiler.eraseUser(bot.discord.user('alice').id);
    expect(await named()).toHaveLength(1);
    expect(JSON.stringify(await bot.profiler.inFlight())).not.toContain(bot.discord.user('alice').id);
  });
});

test('thousands at once are all counted, of two kinds of functions', async () => {
  const slow = bot.profiler.wrap(async () => gate.promise, 'shop/pay');
  const failing = bot.profiler.wrap(async () => {
    await gate.promise;
    throw new Error('planted');
  }, 'shop/refund');
  const all = Array.from({ length: 3_000 }, (_, at) => (at % 3 === 0 ? failing() : slow()));
  const settled = Promise.allSettled(all);
  const { count, targets, calls } = await bot.profiler.inFlight({ limit: 30 });
  expect(count).toBe(3_000);
  expect(Object.fromEntries(targets.map(({ targetId, count }) => [targetId, count]))).toEqual({
    'shop/method/pay': 2_000,
    'shop/method/refund': 1_000,
  });
  expect(calls).toHaveLength(30);
  expect((await bot.profiler.inFlight({ limit: -1 })).calls).toEqual([]);
  gate.resolve();
  await settled;
  expect(await bot.profiler.inFlight()).toMatchObject({ count: 0, targets: [], calls: [] });
});

test('what returned is not there, nor what is not timed', async () => {
  const quick = bot.profiler.wrap(() => 1, 'shop/pay');
  quick();
  await bot.discord.user('alice').runs('ping');
  expect(await bot.profiler.inFlight()).toMatchObject({ count: 0, stuck: 0, targets: [], calls: [] });
});

describe('a call that hangs', () => {
  const later = (s: number) => {
    ahead.ns += s * 1e9;
  };

  test('is stuck once it is far older than what is usual for its target, else after a minute', async () => {
    const known = bot.profiler.wrap(async (work: Promise<void>) => work, 'shop/known');
    const rare = bot.profiler.wrap(async (work: Promise<void>) => work, 'shop/rare');
    for (let call = 0; call < 20; call++) await known(Promise.resolve());
    for (let call = 0; call < 19; call++) await rare(Promise.resolve());
    void known(gate.promise);
    void rare(gate.promise);
    const stuck = async () =>
      (await named()).filter(({ isStuck }) => isStuck).map(({ targetId }) => targetId.split('/').at(-1));
    later(9);
    expect(await stuck()).toEqual([]);
    later(2);
    expect(await stuck()).toEqual(['known']);
    later(51);
    expect((await stuck()).sort()).toEqual(['known', 'rare']);
    expect(await bot.profiler.inFlight()).toMatchObject({ count: 2, stuck: 2 });
  });

  test('is there when the token of its interaction is long over', async () => {
    bot.profiler.attach('ping');
    await run();
    later(16 * 60);
    const [call] = await named();
    expect(call).toMatchObject({ isStuck: true, from: { user: bot.discord.user('alice').id } });
    expect(call!.ageMs).toBeGreaterThan(16 * 60_000);
    expect(Date.now() - call!.startedAtEpochMs).toBeCloseTo(call!.ageMs, -3);
  });
});
