import type { APIUser } from 'discord.js';
import type { Named } from './resolve.ts';
import type { ChannelRecord, GuildRecord, World } from './state.ts';

/** `dm`, a channel by name, `#name` or id, a guild by name or id, or one of them itself. */
export type Place = Named;

export interface Spot {
  channel: ChannelRecord;
  guild: GuildRecord | undefined;
}

/** Where a user acts; by default the first guild's first text channel. */
export function findSpot(world: World, user: APIUser, place: Place | undefined): Spot {
  if (place === 'dm') return { channel: world.directChannel(user), guild: undefined };
  const name =
    place === undefined ? undefined : typeof place === 'string' ? place.replace(/^#/, '') : place.id;
  const guilds = [...world.guilds.values()];
  const guild = name === undefined ? guilds[0] : guilds.find((one) => one.id === name || one.name === name);
  const channel = guild === undefined ? findChannel(world, name) : firstTextChannel(world, guild);
  if (channel === undefined) throw new Error(`[standin] there is no channel or guild ${name ?? 'at all'}`);
  return { channel, guild: channel.guild_id === undefined ? undefined : world.guilds.get(channel.guild_id) };
}

function firstTextChannel(world: World, guild: GuildRecord): ChannelRecord | undefined {
  return guild.channelIds.map((id) => world.channels.get(id)).find((channel) => channel?.type === 0);
}

function findChannel(world: World, name: string | undefined): ChannelRecord | undefined {
  if (name === undefined) return undefined;
  const byId = world.channels.get(name);
  if (byId !== undefined) return byId;
  for (const channel of world.channels.values()) if (channel.name === name) return channel;
  return undefined;
}
