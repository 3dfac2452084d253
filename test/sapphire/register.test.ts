import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BotProcess, type BotStart, PRELOADED } from '../fixtures/register/bot-process.ts';
import { StandIn } from '../standin/standin.ts';

interface Report {
  /** How often the command that reports has run to its end. */
  readonly runs: number;
  readonly isOfClient: boolean;
  readonly hooks: readonly string[];
  readonly rows: readonly (readonly [id: string, count: number])[];
  /** Whether the copy of Sapphire is loaded that `require` gives. */
  readonly isRequired: boolean;
}

const BOTS = join(import.meta.dirname, '../fixtures/sapphire');
const startDiscord = () => StandIn.start({ waitMs: 15_000 });

function startBot(discord: StandIn, entry: string, options: BotStart = {}): BotProcess {
  return new BotProcess(discord, join(BOTS, entry), { nodeArgs: [], cwd: BOTS, ...options });
}

async function reportOf(discord: StandIn): Promise<Report> {
  await discord.command('profiler');
  await discord.command('report');
  return JSON.parse((await (await discord.owner.runs('report')).reply()).content) as Report;
}

describe.concurrent('the plugin gives a profiler to', () => {
  test.each([
    ['a bot of ES modules, without loading the other copy of Sapphire', 'esm.mjs', false],
    ['a bot of CommonJS', 'commonjs.cjs', true],
    ['a bot of CommonJS that imports it', 'importing.cjs', true],
    ['a bot that loads it in both ways, once', 'twice.cjs', true],
  ])('%s', async (_, entry, isRequired) => {
    await using discord = await startDiscord();
    await using bot = startBot(discord, entry);
    const hooks = ['Cogscope-PostInitialization'];
    let report = await reportOf(discord);
    expect(report).toMatchObject({ isOfClient: true, hooks, isRequired });
    while (report.runs === 0) report = await reportOf(discord);
    expect(report.rows).toEqual([['start/command/report', report.runs]]);
    expect(await bot.end()).toBe('');
  });

  test('a bot that is started with the preload as well', async () => {
    await using discord = await startDiscord();
    await using bot = startBot(discord, 'esm.mjs', { nodeArgs: PRELOADED });
    expect((await reportOf(discord)).isOfClient).toBe(true);
    expect(await bot.end()).toBe('');
  });
});

test('what is wrong with an option is said when the client is created', async () => {
  await using discord = await startDiscord();
  await using bot = startBot(discord, 'esm.mjs', { env: { PROFILER: '{"nonsense":1}' } });
  const { code, stderr } = await bot.ended();
  expect(code).toBe(1);
  expect(stderr).toContain('The option `nonsense` does not exist.');
});

test('the profiler’s own trouble goes to Sapphire’s logger', async () => {
  await using discord = await startDiscord();
  await using bot = startBot(discord, 'commonjs.cjs', { env: { PROFILER: '{"attach":"nowhere"}' } });
  await reportOf(discord);
  expect(await bot.end()).toMatch(/WARN.+\[cogscope\] The option `attach`: .+"nowhere"/);
});
