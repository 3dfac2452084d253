import { Client, type ClientOptions, Events, GatewayIntentBits } from 'discord.js';
import type { StandIn } from './standin.ts';

/** Every intent a bot usually has, the privileged ones too. */
export const commonIntents = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMembers,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.GuildMessageTyping,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.MessageContent,
] as const;

/** A discord.js client logged in to the stand-in, its guilds loaded; `setUp` sees it before the login. */
export async function connect(
  discord: StandIn,
  options: Partial<ClientOptions> = {},
  setUp: (client: Client) => void = () => {},
): Promise<Client<true>> {
  const { rest } = discord.clientOptions;
  const client = new Client({ intents: commonIntents, ...options, rest: { ...rest, ...options.rest } });
  setUp(client);
  const ready = new Promise<void>((resolve) => void client.once(Events.ClientReady, () => resolve()));
  try {
    await client.login(discord.token);
    await ready;
  } catch (error) {
    await client.destroy();
    throw error;
  }
  return client as Client<true>;
}
