import type { ApiRoute } from '../services.ts';
import { channelOf } from './lookup.ts';

export const channelRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: '/channels/:channel', handle: channelOf },
  {
    method: 'PATCH',
    path: '/channels/:channel',
    handle: (request, services) => {
      const channel = channelOf(request, services);
      // The rest of the body changes the channel; what it is, never.
      const { id: _id, guild_id: _guild, type: _type, ...changes } = request.body;
      Object.assign(channel, changes);
      services.gateway.dispatch('CHANNEL_UPDATE', channel, { guildId: channel.guild_id });
      return channel;
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel',
    handle: (request, services) => {
      const channel = channelOf(request, services);
      if (channel.guild_id === undefined) return channel;
      services.world.removeChannel(channel);
      services.gateway.dispatch('CHANNEL_DELETE', channel, { guildId: channel.guild_id });
      return channel;
    },
  },
  {
    method: 'POST',
    path: '/channels/:channel/typing',
    handle: (request, services) => {
      const channel = channelOf(request, services);
      const { world, gateway } = services;
      const timestamp = Math.floor(world.now() / 1_000);
      const payload = {
        channel_id: channel.id,
        guild_id: channel.guild_id,
        user_id: world.bot.id,
        timestamp,
      };
      gateway.dispatch('TYPING_START', payload, { guildId: channel.guild_id });
    },
  },
];
