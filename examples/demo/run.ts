/**
 * `npm run demo`: a bot with planted faults on a local Discord, fifty people who use it, and its owner who finds
 * the slow command with /profiler. With DISCORD_TOKEN set it is the same bot on the real Discord, and stays up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Posted, type Run, StandIn } from '../../test/standin/standin.ts';
import { live } from './crowd.ts';
import { showAction, showMessage } from './show.ts';
import { startSongServer } from './song-server.ts';

const PEOPLE = 50;
const LIVE_MS = 15_000;
/** The command that was made slow, as the table names it. */
const CULPRIT = '/music·play';
const BOT = fileURLToPath(new URL('./main.js', import.meta.url));

const songs = await startSongServer();
try {
  if (process.env['DISCORD_TOKEN']) await runOnDiscord();
  else await runLocally();
} finally {
  songs.stop();
}

async function runOnDiscord(): Promise<void> {
  const bot = startBot({});
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => bot.kill('SIGTERM'));
  console.log('The bot is starting. Run /profiler help in Discord; end it with Ctrl+C.');
  const [code] = await once(bot, 'exit');
  process.exitCode = code ?? 1;
}

async function runLocally(): Promise<void> {
  await using discord = await StandIn.start({
    users: PEOPLE,
    guilds: [{ name: 'Jazz Club' }],
    waitMs: 10_000,
  });
  const bot = startBot({ DISCORD_TOKEN: discord.token, DEMO_DISCORD_API: discord.restUrl });
  try {
    await discord.command('profiler');
    console.log(`A bot with planted faults is up, on a local Discord at ${discord.restUrl}.`);
    await story(discord);
  } finally {
    bot.kill('SIGTERM');
    if (bot.exitCode === null) await once(bot, 'exit');
  }
}

async function story(discord: StandIn): Promise<void> {
  const { owner } = discord;
  const shown = async (run: Promise<Run>, action: string): Promise<Posted> => {
    showAction(action);
    const reply = await (await run).reply();
    showMessage(reply);
    return reply;
  };

  await shown(owner.runs('profiler attach target:all'), '/profiler attach target:all');

  showAction(`${PEOPLE} people use the bot for ${LIVE_MS / 1_000} s`);
  const { unanswered } = await live(discord, LIVE_MS);

  let view = await shown(owner.runs('profiler view'), '/profiler view');
  const culprit = firstName(view);
  view = await shown(owner.clicks(view, 'Next ▶'), 'click on [Next ▶]');
  view = await shown(
    owner.chooses(view, selectOf(view, 'Sort by Errors'), 'errors'),
    'choose [Sort by Errors]',
  );
  view = await shown(owner.clicks(view, 'Wide table'), 'click on [Wide table]');
  const counted = await countCalls(discord, view);
  await shown(owner.runs('profiler methods cog:economy'), '/profiler methods cog:economy');
  await shown(owner.runs('profiler settings'), '/profiler settings');
  await shown(owner.runs('profiler detach target:all'), '/profiler detach target:all');

  check(unanswered === 0, `the bot answered everybody (${unanswered} were left without an answer)`);
  check(
    culprit === CULPRIT,
    `${CULPRIT}, the planted slow command, is first by impact (first is ${culprit})`,
  );
  for (const [command, served] of Object.entries(discord.served.interactions)) {
    if (command.startsWith('profiler ')) continue;
    const calls = counted.get(command);
    check(calls === served, `${command}: ${served} served by the local Discord, ${calls} in the table`);
  }
}

/** Pages through the wide table: the calls of each command by its full name. */
async function countCalls(discord: StandIn, firstPage: Posted): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  let page = firstPage;
  for (;;) {
    for (const line of tableLines(page)) {
      const [, command, calls] = /^[/▸]\S+?·(.+?) {2,}(\d+)\s/.exec(line) ?? [];
      if (command !== undefined) counted.set(command, Number(calls));
    }
    const next = page.allComponents.find(({ label }) => label === 'Next ▶');
    if (next?.['disabled']) return counted;
    page = await (await discord.owner.clicks(page, 'Next ▶')).reply();
  }
}

function tableLines(page: Posted): string[] {
  const table = /```\n(.*)\n```/s.exec(page.content || page.embeds[0]!.description!)![1]!;
  return table.split('\n').slice(1);
}

function firstName(page: Posted): string | undefined {
  return tableLines(page)[0]?.split(/ {2,}/)[0];
}

function selectOf(page: Posted, label: string): string {
  const select = page.allComponents.find(({ options }) =>
    (options as { label: string }[] | undefined)?.some((option) => option.label === label),
  );
  return select!['custom_id'] as string;
}

function check(holds: boolean, claim: string): void {
  console.log(`${holds ? '✓' : '✗'} ${claim}`);
  if (!holds) process.exitCode = 1;
}

function startBot(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [BOT], {
    stdio: 'inherit',
    env: { ...process.env, DEMO_SONG_SERVER: songs.url, ...env },
  });
}
