import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HEALING, healed, OUTAGE, servedBy, survives } from './fixtures/outage.ts';
import { HAS_REDIS, Redis } from './fixtures/redis.ts';
import { startSavingBot } from './fixtures/saving-bot.ts';
import { StandIn } from './standin/standin.ts';

beforeEach(() => {
  // No minute ends meanwhile: what is in memory only can be told from what is in the store.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 10, 30, 30) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe.skipIf(!HAS_REDIS)('a Redis (needs redis-server)', () => {
  test('that is killed again and again under load, and comes back, costs no call', async () => {
    await using redis = await Redis.start();
    await using discord = await StandIn.start({ users: 4 });
    const options = { store: redis.url, save: true };
    const bot = await startSavingBot(discord, options);
    let isLoaded = true;
    const load = discord.users.map(async (user) => {
      while (isLoaded) await (await user.runs('ping')).reply();
    });
    for (let kill = 0; kill < 3; kill++) {
      // In the middle of a write, or about so.
      const flushed = bot.profiler.flush();
      await redis.kill();
      await flushed;
      for (let time = 0; time < 3; time++) await bot.profiler.flush();
      expect(bot.profiler.storage.problem).toMatch(/^Redis (failed|does not answer)/);
      await redis.restart();
      await healed(bot);
    }
    isLoaded = false;
    await Promise.all(load);
    expect(bot.warnings).toEqual([OUTAGE, HEALING, OUTAGE, HEALING, OUTAGE, HEALING]);
    expect(servedBy(bot)['ping']).toBeGreaterThan(10);
    await expect.poll(() => bot.counts()).toEqual(servedBy(bot));
    await bot[Symbol.asyncDispose]();
    await using restarted = await startSavingBot(discord, options);
    expect(await restarted.counts()).toEqual(servedBy(bot));
  }, 90_000);

  test('that answers nothing for longer than it may take holds nobody up', async () => {
    await using redis = await Redis.start();
    await using discord = await StandIn.start();
    await using bot = await startSavingBot(discord, { store: redis.url, save: true });
    await survives(bot, {
      begins: () => redis.pause(),
      ends: () => redis.resume(),
      problem: /^Redis does not answer/,
    });
  }, 90_000);

  test('that is not there when the bot starts is used once it is', async () => {
    await using redis = await Redis.start();
    await redis.kill();
    await using discord = await StandIn.start();
    await using bot = await startSavingBot(discord, { store: redis.url, save: true });
    await bot.serve('ping', 3);
    expect(bot.profiler.storage).toMatchObject({ isSaving: false, problem: expect.any(String) });
    await expect.poll(() => bot.counts()).toEqual({ ping: 3, pong: 0 });
    await redis.restart();
    await healed(bot);
    expect(bot.warnings).toEqual([OUTAGE, HEALING]);
    expect(await bot.counts()).toEqual({ ping: 3, pong: 0 });
  }, 60_000);
});
