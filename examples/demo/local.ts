import { StandIn } from '../../test/standin/standin.ts';
import { startBot } from './bot-process.ts';

const PEOPLE = 50;

export interface LocalOptions {
  /** Default: what servers have. */
  channels?: readonly string[];
  botName?: string;
}

/**
 * Does something with the demo's bot on a local Discord, with fifty people on it.
 * @throws Error where the bot ends meanwhile
 */
export async function withLocalDemo(
  { channels, botName }: LocalOptions,
  act: (discord: StandIn) => Promise<void>,
): Promise<void> {
  await using discord = await StandIn.start({
    users: PEOPLE,
    guilds: [{ name: 'Jazz Club', ...(channels && { channels }) }],
    waitMs: 10_000,
    ...(botName && { botName }),
  });
  // As Discord does.
  discord.rateLimit({ method: 'PUT', path: /\/reactions\//, limit: 1, windowMs: 250 });
  await using bot = await startBot({ DISCORD_TOKEN: discord.token, DEMO_DISCORD_API: discord.restUrl });
  const died = bot.ended.then((code) => {
    throw new Error(`The bot has ended by itself, with ${code}.`);
  });
  try {
    await Promise.race([died, discord.command('profiler').then(() => act(discord))]);
  } finally {
    died.catch(() => undefined);
  }
}
