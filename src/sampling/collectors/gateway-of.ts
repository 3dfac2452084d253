import type { Client } from 'discord.js';
import type { Gateway } from './collector.ts';

/**
 * What a client receives from Discord by. Discord.js keeps it to itself: on the client, a listener of ours would be
 * among those of the bot.
 */
export function gatewayOf(client: Client): Gateway | undefined {
  const { _ws: inner } = client.ws as { readonly _ws?: Partial<Gateway> | null };
  const isWhole = [inner?.on, inner?.prependListener, inner?.off].every(
    (method) => typeof method === 'function',
  );
  return isWhole ? (inner as Gateway) : undefined;
}
