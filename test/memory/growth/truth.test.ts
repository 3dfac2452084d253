import { afterEach, expect, test, vi } from 'vitest';
import { createReloadingBot } from '../reloads/cogs.ts';

afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(globalThis, 'leakedSongs');
});

/** As many as it takes for a slope since a reload to be told. */
const CENSUSES = 6;
const EACH_MS = 10 * 60_000;
const SONGS = 2_000;

/** @param keep what becomes of each song that is played */
const shop = (keep: string) => `
class LeakedSong { constructor(title) { this.title = title; } }
globalThis.leakedSongs ??= [];
exports.data = { name: 'shop' };
exports.execute = () => { for (let at = 0; at < ${SONGS}; at++) { const song = new LeakedSong(at); ${keep} } };
`;

test('the class that leaks grows first, and no more since the reload that fixed it', {
  timeout: 120_000,
}, async () => {
  await using bot = createReloadingBot();
  const { memory } = bot.profiler;
  vi.useFakeTimers({ toFake: ['Date'] });
  const play = async () => {
    for (let round = 0; round < CENSUSES; round++) {
      vi.setSystemTime(Date.now() + EACH_MS);
      bot.commands.get('shop')!.execute();
      memory.census();
    }
  };
  bot.load('shop', shop('leakedSongs.push(song);'));
  bot.profiler.attach('shop');
  memory.startGrowth();
  await memory.countGrowth();
  await play();
  await memory.countGrowth();
  const [first] = memory.growth()!.rows.filter(({ name }) => name.startsWith('class '));
  expect(first).toMatchObject({ name: 'class LeakedSong', isGrowing: true, value: CENSUSES * SONGS });
  const perHour = (SONGS * 3_600_000) / EACH_MS;
  expect(Math.abs(first!.slope!.perHour - perHour)).toBeLessThanOrEqual(first!.slope!.uncertaintyPerHour + 1);

  bot.reload('shop', shop(''));
  await play();
  await memory.countGrowth();
  const { rows, reloads } = memory.growth()!;
  expect(reloads).toEqual([{ cog: 'shop', atEpochMs: expect.any(Number) }]);
  const leaked = rows.find(({ name }) => name === 'class LeakedSong')!;
  expect(leaked).toMatchObject({ isGrowing: false, since: { cog: 'shop' }, value: CENSUSES * SONGS });
  expect(Math.abs(leaked.slope!.perHour)).toBeLessThanOrEqual(leaked.slope!.uncertaintyPerHour);
  expect(leaked.before!.perHour).toBeGreaterThan(leaked.before!.uncertaintyPerHour);
});
