import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from './fixtures/folder.ts';
import { StandIn } from './standin/standin.ts';

const KILLS = 50;
/** At once, each with a store of its own: while one starts, the other lives. */
const BOTS = 2;
const BOT = new URL('./fixtures/killed-bot.ts', import.meta.url);
const LONGEST_LIFE_MS = 400;

interface Journal {
  began: number | undefined;
  made: number;
  written: number;
}

function read(path: string): Journal {
  const journal: Journal = { began: undefined, made: 0, written: 0 };
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const [what, number] = line.split(' ') as [keyof Journal, string];
    journal[what] = Number(number);
  }
  return journal;
}

/** Kills a bot and starts it again on what it kept, so often; returns how many lives had something written. */
async function killAgainAndAgain(kills: number): Promise<number> {
  await using discord = await StandIn.start();
  using folder = temporaryFolder();
  const journalPath = join(folder.path, 'journal');
  let livesWritten = 0;
  let last: Journal = { began: 0, made: 0, written: 0 };
  for (let kill = 0; kill <= kills; kill++) {
    writeFileSync(journalPath, '');
    const bot = fork(BOT, [discord.restUrl, discord.token, join(folder.path, 'profiler'), journalPath], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    const exited = once(bot, 'exit');
    await expect.poll(() => read(journalPath).began, { timeout: 20_000 }).toBeDefined();
    const { began } = read(journalPath);
    expect(began, `after kill ${kill}`).toBeGreaterThanOrEqual(last.began! + last.written);
    expect(began, `after kill ${kill}`).toBeLessThanOrEqual(last.began! + last.made);
    await sleep(Math.random() * LONGEST_LIFE_MS);
    bot.kill('SIGKILL');
    await exited;
    last = read(journalPath);
    if (last.written > 0) livesWritten++;
  }
  return livesWritten;
}

test(`${KILLS} kills at any moment lose no call that was written, and count none twice`, async () => {
  const bots = Array.from({ length: BOTS }, () => killAgainAndAgain(KILLS / BOTS));
  const livesWritten = (await Promise.all(bots)).reduce((sum, lives) => sum + lives, 0);
  expect(livesWritten).toBeGreaterThan(KILLS / 2);
}, 180_000);
