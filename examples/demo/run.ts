/**
 * `npm run demo`: a bot with planted faults on a local Discord, fifty people who use it, and its owner who finds
 * the slow command with /profiler. With --serve or --open the visitor is that owner, on a page in the browser. With
 * DISCORD_TOKEN set it is the same bot on the real Discord, and stays up.
 */
import { readArguments } from './arguments.ts';
import { startBot } from './bot-process.ts';
import { withLocalDemo } from './local.ts';
import { PAGE_DISCORD, serve } from './serve.ts';
import { story } from './story.ts';

const { page } = readArguments(process.argv.slice(2));
try {
  if (process.env['DISCORD_TOKEN']) await runOnDiscord();
  else await runLocally();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function runOnDiscord(): Promise<void> {
  await using bot = await startBot({});
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => bot.stop());
  console.log('The bot is starting. Run /profiler help in Discord; end it with Ctrl+C.');
  process.exitCode = (await bot.ended) ?? 1;
}

function runLocally(): Promise<void> {
  return withLocalDemo(page === undefined ? {} : PAGE_DISCORD, async (discord) => {
    console.log(`A bot with planted faults is up, on a local Discord at ${discord.restUrl}.`);
    if (page === undefined) await story(discord);
    else await serve(discord, page);
  });
}
