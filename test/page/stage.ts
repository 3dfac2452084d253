import type { Client } from 'discord.js';
import { createBot, deployCommands } from '../../examples/demo/bot.js';
import { PageServer } from '../../examples/demo/page/server.ts';
import { StandIn } from '../standin/standin.ts';
import { startFixtureBot } from './fixture-bot.ts';

/** A local Discord with a bot in it, and the page that shows it. */
export interface Stage extends AsyncDisposable {
  discord: StandIn;
  server: PageServer;
}

const GUILD = { name: 'Jazz Club', channels: ['general', 'profiler'] };

/** With the bot of the demo, the profiler in it. */
export async function stageDemo(): Promise<Stage> {
  const discord = await StandIn.start({ users: ['user1', 'user2'], botName: 'jazzbot', guilds: [GUILD] });
  const { client, profiler } = await createBot(discord.clientOptions);
  // The page's server runs in this process, and has timers too.
  profiler.rules.switch('task', false);
  await deployCommands(client, discord.token);
  await client.login(discord.token);
  const { id } = await discord.command('profiler');
  return stage(discord, client, `Type </profiler help:${id}> to begin.`, () => profiler.destroy());
}

/** With a bot that shows all that the page can draw. */
export async function stageFixture(): Promise<Stage> {
  const discord = await StandIn.start({ users: ['user1', 'user2'], guilds: [GUILD] });
  return stage(discord, await startFixtureBot(discord), '');
}

async function stage(
  discord: StandIn,
  client: Client,
  hint: string,
  end: () => Promise<void> = async () => {},
): Promise<Stage> {
  const members = [discord.user('user1')];
  const server = await PageServer.start({ discord, members, home: 'profiler', hint });
  return {
    discord,
    server,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await end();
      await client.destroy();
      await discord.stop();
    },
  };
}
