import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { healed, OUTAGE } from './fixtures/outage.ts';
import { Saved } from './fixtures/saved.ts';
import { StandIn } from './standin/standin.ts';

const MINUTE_MS = 60_000;

const saved = new Saved();

describe('a value', () => {
  const keyOf = (what: string) => `cogscope:v1:${saved.discord.bot.id}:0:${what}`;
  const write = (key: string, value: string) =>
    saved.sql(`UPDATE entries SET value = json_object('value', '${value}') WHERE key = '${key}'`);

  test.each([
    ['of a later version', '99:abc:AAAA'],
    ['that is damaged', '1:12345678:AAAA'],
    ['that is garbage', 'hello'],
  ])('%s is left out of the figures, and of the hours and days', async (_, garbage) => {
    const first = await saved.start({ retentionHours: 72 });
    await first.serve('ping', 3);
    await saved.stopAll();
    const minute = Math.floor(Date.now() / MINUTE_MS);
    expect(saved.valueAt(keyOf(`minute:${minute}`))).toBeDefined();
    vi.setSystemTime(Date.now() + MINUTE_MS);
    const second = await saved.start({ retentionHours: 72 });
    await second.serve('ping', 2);
    await saved.stopAll();
    write(keyOf(`minute:${minute}`), garbage);
    for (const hours of [0, 3, 30]) {
      vi.setSystemTime(Date.now() + hours * 60 * MINUTE_MS);
      const bot = await saved.start({ retentionHours: 72 });
      await healed(bot);
      expect(await bot.counts()).toEqual({ ping: 2, pong: 0 });
      const lines: string[] = [];
      for await (const line of bot.profiler.exportData()) lines.push(line);
      expect(lines.join()).toContain('"count":2');
      // Once its hour is put together, it is not come across any more.
      if (hours === 0)
        expect(bot.warnings).toEqual([expect.stringMatching(/that cannot be read are left out/)]);
      else expect(bot.warnings.length).toBeLessThanOrEqual(1);
      await saved.stopAll();
    }
  });

  test.each(['{"version":99,"what":"ever"}', 'hello'])(
    'in the place of an archive’s state, %s, is waited for',
    async (garbage) => {
      const first = await saved.start();
      await first.serve('ping', 3);
      await saved.stopAll();
      const key = keyOf('state');
      const before = saved.valueAt(key) as string;
      write(key, garbage);
      const bot = await saved.start();
      await bot.serve('ping', 2);
      for (let time = 0; time < 3; time++) await bot.profiler.flush();
      await expect.poll(() => bot.counts()).toEqual({ ping: 2, pong: 0 });
      expect(bot.profiler.storage.problem).toMatch(/archive/);
      expect(bot.warnings).toEqual([OUTAGE]);
      saved.sql(`UPDATE entries SET value = '${before}' WHERE key = '${key}'`);
      await healed(bot);
      expect(await bot.counts()).toEqual({ ping: 5, pong: 0 });
    },
  );

  test.each(['{"version":99,"revision":9e15}', 'hello'])(
    'in the place of the settings, %s, is left alone',
    async (garbage) => {
      const first = await saved.start();
      first.profiler.rules.toggleIgnore('pong');
      first.profiler.reconcile();
      await first.serve('ping', 3);
      await saved.stopAll();
      const key = `cogscope:v1:${saved.discord.bot.id}:settings`;
      write(key, garbage);
      const value = saved.valueAt(key);
      const bot = await saved.start();
      await bot.serve('ping', 2);
      await bot.profiler.setRetention(2);
      await healed(bot);
      await expect.poll(() => bot.counts()).toEqual({ ping: 5, pong: 0 });
      expect(bot.warnings).toEqual([expect.stringMatching(/^The settings in the store are left alone/)]);
      expect(saved.valueAt(key)).toBe(value);
    },
  );
});

describe('one store', () => {
  test('of two bots keeps them apart', async () => {
    // The ids of another time.
    vi.setSystemTime(Date.now() + 1_000);
    await using other = await StandIn.start();
    const store = `sqlite:${join(saved.path, 'both.sqlite')}`;
    const [a, b] = [await saved.start({ store }), await saved.start({ store }, { discord: other })];
    await a.serve('ping', 3);
    await b.serve('pong', 2);
    await a.profiler.setRetention(5);
    for (const bot of [a, b]) await healed(bot);
    await saved.stopAll();
    const again = [await saved.start({ store }), await saved.start({ store }, { discord: other })];
    expect(await again[0]!.counts()).toEqual({ ping: 3, pong: 0 });
    expect(await again[1]!.counts()).toEqual({ ping: 0, pong: 2 });
    expect(again.map(({ profiler }) => profiler.retentionMs / MINUTE_MS)).toEqual([300, 60]);
    await again[0]!.profiler.clear();
    expect(await again[1]!.counts()).toEqual({ ping: 0, pong: 2 });
    expect([...a.warnings, ...b.warnings]).toEqual([]);
  });

  test('of two processes of the same bot is the later’s; the earlier says so once', async () => {
    const earlier = await saved.start();
    earlier.run('ping', 3);
    await earlier.profiler.flush();
    vi.setSystemTime(Date.now() + 1_000);
    const later = await saved.start();
    later.run('pong', 2);
    earlier.run('ping', 1);
    await later.profiler.flush();
    for (let time = 0; time < 3; time++) {
      earlier.run('ping', 1);
      await earlier.profiler.flush();
      later.run('pong', 1);
      await later.profiler.flush();
    }
    expect(earlier.warnings).toEqual([expect.stringMatching(/^Another process of this bot has taken over/)]);
    expect(earlier.profiler.storage).toMatchObject({
      label: 'memory',
      isSaving: false,
      problem: expect.stringContaining('taken over'),
    });
    expect(await earlier.counts()).toMatchObject({ ping: 7 });
    expect(later.warnings).toEqual([]);
    expect(later.profiler.storage).toMatchObject({ isSaving: true, problem: undefined });
    expect(await later.counts()).toEqual({ ping: 3, pong: 5 });
    await saved.stopAll();
    expect(await (await saved.start()).counts()).toEqual({ ping: 3, pong: 5 });
  });
});
