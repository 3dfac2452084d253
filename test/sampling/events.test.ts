import { once } from 'node:events';
import { Events } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBot } from '../fixtures/bot.ts';
import { profileOf, spin } from '../fixtures/recording.ts';

const BUSY_MS = 40;

describe('events from Discord', () => {
  let bot: Awaited<ReturnType<typeof startBot>>;
  beforeEach(async () => {
    bot = await startBot();
    bot.client.on(Events.MessageCreate, ({ content }) => {
      if (content === 'burn') spin(BUSY_MS);
    });
  });
  afterEach(() => bot[Symbol.asyncDispose]());

  async function says(content: string): Promise<void> {
    const seen = once(bot.client, Events.MessageCreate);
    await bot.discord.user('alice').says(content);
    await seen;
  }

  function eventsOf(id: string) {
    const { markers, durationUs } = profileOf(bot.profiler, id);
    const events = markers.filter(({ kind, name }) => kind === 'event' && name === 'MESSAGE_CREATE');
    for (const { fromUs, toUs, thread } of events) {
      expect([thread, fromUs >= 0, fromUs <= toUs, toUs <= durationUs]).toEqual([0, true, true, true]);
    }
    return events.map(({ fromUs, toUs }) => (toUs - fromUs) / 1_000);
  }

  test('are marked from their arrival until all that listens to them has returned', async () => {
    const { recording } = await bot.profiler.profile(async () => {
      await says('hello');
      await says('burn');
    });
    const [quick, busy, ...others] = eventsOf(recording.id);
    expect(others).toEqual([]);
    expect(busy).toBeGreaterThanOrEqual(BUSY_MS);
    expect(quick).toBeLessThan(busy!);
  }, 60_000);

  test('are not marked where one target is recorded: they are of no call', async () => {
    const pay = bot.profiler.wrap(() => spin(5), 'shop/pay');
    const recording = await bot.profiler.startRecording({ target: 'shop/method/pay', calls: 1 });
    await says('burn');
    pay();
    const { id } = await recording.done;
    expect(eventsOf(id)).toEqual([]);
  }, 60_000);
});
