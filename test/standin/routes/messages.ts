import { refuse } from '../api-error.ts';
import { changeReaction } from '../reactions.ts';
import type { ApiRoute } from '../services.ts';
import { compareIds, snowflakeEpochMs } from '../snowflakes.ts';
import { channelOf, messageOf, userOf } from './lookup.ts';

const BULK_MAX_AGE_MS = 14 * 86_400_000;

export const messageRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/channels/:channel/messages',
    handle: (request, services) => {
      const { messages, world } = services;
      return messages.create(channelOf(request, services), request.body, request.files, { author: world.bot })
        .data;
    },
  },
  {
    method: 'GET',
    path: '/channels/:channel/messages',
    handle: (request, services) => {
      const { query } = request;
      const before = query.get('before');
      const after = query.get('after');
      const limit = Number(query.get('limit') ?? 50);
      const kept = services.world.messages.get(channelOf(request, services).id);
      const found = [...(kept?.values() ?? [])]
        .filter((message) => message.ephemeralFor === undefined)
        .map((message) => message.data)
        .filter(({ id }) => before === null || compareIds(id, before) < 0)
        .filter(({ id }) => after === null || compareIds(id, after) > 0);
      // Newest first; with `after`, the oldest ones that follow it.
      return (after === null ? found.slice(-limit) : found.slice(0, limit)).reverse();
    },
  },
  {
    method: 'GET',
    path: '/channels/:channel/messages/:message',
    handle: (request, services) => messageOf(request, services).data,
  },
  {
    method: 'PATCH',
    path: '/channels/:channel/messages/:message',
    handle: (request, services) => {
      const message = messageOf(request, services);
      if (message.data.author.id !== services.world.bot.id) throw refuse('notTheAuthor');
      return services.messages.edit(message, request.body, request.files).data;
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel/messages/:message',
    handle: (request, services) => services.messages.delete(messageOf(request, services)),
  },
  {
    method: 'POST',
    path: '/channels/:channel/messages/bulk-delete',
    handle: (request, services) => {
      const { world, gateway } = services;
      const channel = channelOf(request, services);
      const ids = Array.isArray(request.body['messages']) ? request.body['messages'].map(String) : [];
      if (ids.length < 2 || ids.length > 100) {
        const error = { code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 2 and 100 in length.' };
        throw refuse('invalidForm', { messages: { _errors: [error] } });
      }
      if (ids.some((id) => world.now() - snowflakeEpochMs(id) > BULK_MAX_AGE_MS))
        throw refuse('bulkDeleteTooOld');
      for (const id of ids) {
        const message = world.messages.get(channel.id)?.get(id);
        if (message === undefined) continue;
        message.deleted = true;
        world.forget(message);
      }
      const payload = { ids, channel_id: channel.id, guild_id: channel.guild_id };
      gateway.dispatch('MESSAGE_DELETE_BULK', payload, { guildId: channel.guild_id });
    },
  },
  {
    method: 'PUT',
    path: '/channels/:channel/messages/:message/reactions/:emoji/@me',
    handle: (request, services) => {
      changeReaction(
        messageOf(request, services),
        request.params['emoji']!,
        services.world.bot,
        'ADD',
        services,
      );
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel/messages/:message/reactions/:emoji/@me',
    handle: (request, services) => {
      changeReaction(
        messageOf(request, services),
        request.params['emoji']!,
        services.world.bot,
        'REMOVE',
        services,
      );
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel/messages/:message/reactions/:emoji/:user',
    handle: (request, services) => {
      const user = userOf(request, services);
      changeReaction(messageOf(request, services), request.params['emoji']!, user, 'REMOVE', services);
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel/messages/:message/reactions',
    handle: (request, services) => {
      const message = messageOf(request, services);
      const { reactions: _, ...data } = message.data;
      message.data = data;
      const payload = { channel_id: data.channel_id, message_id: data.id, guild_id: message.guildId };
      services.gateway.dispatch('MESSAGE_REACTION_REMOVE_ALL', payload, message);
    },
  },
];
