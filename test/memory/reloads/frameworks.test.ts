import { expect, onTestFinished, test, vi } from 'vitest';
import { Profiler } from '../../../src/index.ts';
import { leftByBot } from '../../../src/memory/reloads/report.ts';
import { fixtures } from '../../fixtures/frameworks/index.ts';
import { sapphire } from '../../fixtures/frameworks/sapphire.ts';
import { StandIn } from '../../standin/standin.ts';
import { collectGarbage, twoMinutesLater } from './cogs.ts';

const reloading = fixtures.filter(({ reloads }) => reloads);

async function start(fixture: (typeof fixtures)[number]) {
  const discord = await StandIn.start();
  onTestFinished(() => discord.stop());
  const bot = await fixture.create(discord);
  onTestFinished(() => bot.destroy());
  const warnings: string[] = [];
  const logger = { warn: (message: string) => warnings.push(message) };
  const profiler = new Profiler(bot.client, { rootDir: bot.rootDir, logger });
  onTestFinished(() => profiler.destroy());
  for (const [name, object] of Object.entries(bot.objects ?? {})) profiler.register(name, object);
  await bot.login();
  await discord.command('profiler');
  profiler.attach('all');
  // What the bot has begun goes on in real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return { bot, profiler, warnings, reloading: bot.reloading! };
}

test.each(reloading)(
  '$name: what is reloaded as the framework does it is noticed, and leaves nothing',
  async (fixture) => {
    const { profiler, warnings, reloading } = await start(fixture);
    const cogs = new Set(reloading.ids.map((id) => profiler.targets.get(id)!.cog));
    for (const id of reloading.ids) await reloading.reload(id);
    profiler.reconcile();
    const before = await profiler.memory.reloadLeaks();
    expect(before.pending).toBeGreaterThanOrEqual(cogs.size);
    await collectGarbage();
    await twoMinutesLater(profiler);
    const { leaks, pending, undecided } = await profiler.memory.reloadLeaks();
    expect(leaks.flatMap((leak) => leftByBot(leak))).toEqual([]);
    expect({ pending, undecided }).toEqual({ pending: 0, undecided: 0 });
    expect(warnings).toEqual([]);
  },
);

test('a piece of Sapphire that somebody keeps is told by its class', async () => {
  const { profiler, reloading } = await start(sapphire);
  const kept = profiler.tracked.get('games/command/ping')!.slot.holder!.deref()!;
  await reloading.reload('games/command/ping');
  profiler.reconcile();
  await collectGarbage();
  await twoMinutesLater(profiler);
  const { leaks } = await profiler.memory.reloadLeaks();
  expect(kept).toBeDefined();
  expect(leaks.flatMap((leak) => leftByBot(leak))).toMatchObject([
    {
      kind: 'instance',
      name: '(anonymous)',
      place: expect.stringMatching(/^commands\/games\/ping\.c?js:\d+$/),
    },
  ]);
});
