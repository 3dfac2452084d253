import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { answer, textOf } from '../commands/pages.ts';
import { answerToPing, startDiscord } from '../fixtures/register/acts.ts';
import { BOTS, BotProcess } from '../fixtures/register/bot-process.ts';
import { Project } from '../fixtures/register/project.ts';
import type { StandIn } from '../standin/standin.ts';

vi.setConfig({ testTimeout: 60_000 });

const UNTIL_KEPT = { timeout: 30_000, interval: 300 };

/** A bot of which one file takes long to be loaded, before anything else is. */
function slowBot(entry: string): Promise<Project> {
  return Project.create({
    'main.mjs': [
      `import './cogs/music/songs.mjs';`,
      `await import(${JSON.stringify(pathToFileURL(join(BOTS, entry)).href)});`,
    ].join('\n'),
    'cogs/music/songs.mjs':
      'for (const end = performance.now() + 300; performance.now() < end; ) Math.sqrt(end);',
  });
}

/** What the owner is shown of the first recording, once there is one. */
async function overviewOfFirst(discord: StandIn): Promise<string> {
  await discord.command('profiler');
  return vi.waitFor(async () => {
    const text = textOf(await answer(discord.owner.runs('profiler cpu recording:1')));
    expect(text).toMatch(/^Overview/);
    return text;
  }, UNTIL_KEPT);
}

describe.concurrent('COGSCOPE_RECORD_STARTUP', () => {
  test.each([
    ['the preload has given it', 'esm.mjs'],
    ['the bot has created itself, without a word of this', 'own-profiler.mjs'],
  ])('records since before the bot is loaded, for the profiler that %s', async (_, entry) => {
    await using discord = await startDiscord();
    await using project = await slowBot(entry);
    await using bot = new BotProcess(discord, project.path('main.mjs'), {
      cwd: project.folder,
      env: { COGSCOPE_RECORD_STARTUP: '0.2s' },
    });
    const text = await overviewOfFirst(discord);
    expect(text).toMatch(/^cog music +\d+\.\d/m);
    expect(text).toMatch(/^package discord\.js +\d+\.\d/m);
    expect(await bot.end()).toBe('');
  });

  test('that makes no sense is told of, and the bot works without a profiler, as always', async () => {
    await using discord = await startDiscord();
    await using bot = new BotProcess(discord, 'esm.mjs', { env: { COGSCOPE_RECORD_STARTUP: 'soon' } });
    expect(await answerToPing(discord)).toBe('pong');
    expect(await bot.end()).toMatch(
      /^\[cogscope\] The profiler is off: COGSCOPE_RECORD_STARTUP must be true, false, or .+\n$/,
    );
  });

  test('does not keep a program alive that is no bot, and is not seen in what it prints', async () => {
    await using discord = await startDiscord();
    await using project = await Project.create({ 'main.mjs': 'console.log(1);' });
    await using program = new BotProcess(discord, project.path('main.mjs'), {
      cwd: project.folder,
      env: { COGSCOPE_RECORD_STARTUP: '1' },
    });
    expect(await program.ended()).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  });
});
