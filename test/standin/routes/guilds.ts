import type { APIUser } from 'discord.js';
import { refuse } from '../api-error.ts';
import { guildPayload, memberPayload } from '../payloads.ts';
import { Answer } from '../rest.ts';
import type { ApiRoute, Services } from '../services.ts';
import { compareIds } from '../snowflakes.ts';
import type { GuildRecord, MemberRecord } from '../state.ts';
import { guildOf, memberOf, roleOf, userOf } from './lookup.ts';

export const guildRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/users/@me/guilds',
    handle: (_, { world }) =>
      [...world.guilds.values()].map((guild) => ({
        id: guild.id,
        name: guild.name,
        icon: null,
        owner: false,
        permissions: world.permissions(guild, world.bot.id),
        features: [],
      })),
  },
  {
    method: 'GET',
    path: '/guilds/:guild',
    handle: (request, services) => guildPayload(guildOf(request, services)),
  },
  {
    method: 'GET',
    path: '/guilds/:guild/channels',
    handle: (request, services) =>
      guildOf(request, services).channelIds.map((id) => services.world.channels.get(id)),
  },
  {
    method: 'POST',
    path: '/guilds/:guild/channels',
    handle: (request, services) => {
      const channel = services.world.addChannel(guildOf(request, services), request.body);
      services.gateway.dispatch('CHANNEL_CREATE', channel, { guildId: channel.guild_id });
      return new Answer(201, channel);
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guild/roles',
    handle: (request, services) => [...guildOf(request, services).roles.values()],
  },
  {
    method: 'POST',
    path: '/guilds/:guild/roles',
    handle: (request, services) => {
      const guild = guildOf(request, services);
      const role = services.world.addRole(guild, request.body);
      services.gateway.dispatch('GUILD_ROLE_CREATE', { guild_id: guild.id, role }, { guildId: guild.id });
      return role;
    },
  },
  {
    method: 'PATCH',
    path: '/guilds/:guild/roles/:role',
    handle: (request, services) => {
      const guild = guildOf(request, services);
      const role = { ...roleOf(request, services), ...request.body };
      guild.roles.set(role.id, role);
      services.gateway.dispatch('GUILD_ROLE_UPDATE', { guild_id: guild.id, role }, { guildId: guild.id });
      return role;
    },
  },
  {
    method: 'DELETE',
    path: '/guilds/:guild/roles/:role',
    handle: (request, services) => {
      const guild = guildOf(request, services);
      const { id } = roleOf(request, services);
      guild.roles.delete(id);
      for (const member of guild.members.values()) member.roles = member.roles.filter((role) => role !== id);
      services.gateway.dispatch(
        'GUILD_ROLE_DELETE',
        { guild_id: guild.id, role_id: id },
        { guildId: guild.id },
      );
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guild/members',
    handle: (request, services) => {
      const after = request.query.get('after') ?? '0';
      return [...guildOf(request, services).members.values()]
        .filter((member) => compareIds(member.user.id, after) > 0)
        .sort((a, b) => compareIds(a.user.id, b.user.id))
        .slice(0, Number(request.query.get('limit') ?? 1))
        .map(memberPayload);
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guild/members/search',
    handle: (request, services) => {
      const query = (request.query.get('query') ?? '').toLowerCase();
      return [...guildOf(request, services).members.values()]
        .filter(({ user, nick }) => user.username.startsWith(query) || nick?.toLowerCase().startsWith(query))
        .slice(0, Number(request.query.get('limit') ?? 1))
        .map(memberPayload);
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guild/members/:user',
    handle: (request, services) => memberPayload(memberOf(request, services)),
  },
  {
    method: 'PATCH',
    path: '/guilds/:guild/members/:user',
    handle: (request, services) => {
      const member = memberOf(request, services);
      const { nick, roles, communication_disabled_until: timeout } = request.body;
      if (nick !== undefined) member.nick = nick === null || nick === '' ? null : String(nick);
      if (Array.isArray(roles)) member.roles = roles.map(String);
      if (timeout !== undefined) member.timedOutUntil = timeout === null ? null : String(timeout);
      return memberChanged(guildOf(request, services), member, services);
    },
  },
  {
    method: 'DELETE',
    path: '/guilds/:guild/members/:user',
    handle: (request, services) => {
      removeMember(guildOf(request, services), memberOf(request, services).user, services);
    },
  },
  {
    method: 'PUT',
    path: '/guilds/:guild/members/:user/roles/:role',
    handle: (request, services) => {
      const member = memberOf(request, services);
      const { id } = roleOf(request, services);
      if (!member.roles.includes(id)) member.roles = [...member.roles, id];
      memberChanged(guildOf(request, services), member, services);
    },
  },
  {
    method: 'DELETE',
    path: '/guilds/:guild/members/:user/roles/:role',
    handle: (request, services) => {
      const member = memberOf(request, services);
      const { id } = roleOf(request, services);
      member.roles = member.roles.filter((role) => role !== id);
      memberChanged(guildOf(request, services), member, services);
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guild/bans',
    handle: (request, services) =>
      [...guildOf(request, services).bans].map(([id, reason]) => ({
        user: services.world.users.get(id),
        reason,
      })),
  },
  {
    method: 'GET',
    path: '/guilds/:guild/bans/:user',
    handle: (request, services) => {
      const user = userOf(request, services);
      const reason = guildOf(request, services).bans.get(user.id);
      if (reason === undefined) throw refuse('unknownBan');
      return { user, reason };
    },
  },
  {
    method: 'PUT',
    path: '/guilds/:guild/bans/:user',
    handle: (request, services) => {
      const guild = guildOf(request, services);
      const user = userOf(request, services);
      guild.bans.set(user.id, null);
      services.gateway.dispatch('GUILD_BAN_ADD', { guild_id: guild.id, user }, { guildId: guild.id });
      if (guild.members.has(user.id)) removeMember(guild, user, services);
    },
  },
  {
    method: 'DELETE',
    path: '/guilds/:guild/bans/:user',
    handle: (request, services) => {
      const guild = guildOf(request, services);
      const user = userOf(request, services);
      if (!guild.bans.delete(user.id)) throw refuse('unknownBan');
      services.gateway.dispatch('GUILD_BAN_REMOVE', { guild_id: guild.id, user }, { guildId: guild.id });
    },
  },
];

function memberChanged(guild: GuildRecord, member: MemberRecord, { gateway }: Services): unknown {
  const payload = memberPayload(member);
  gateway.dispatch('GUILD_MEMBER_UPDATE', { guild_id: guild.id, ...payload }, { guildId: guild.id });
  return payload;
}

function removeMember(guild: GuildRecord, user: APIUser, { gateway }: Services): void {
  guild.members.delete(user.id);
  gateway.dispatch('GUILD_MEMBER_REMOVE', { guild_id: guild.id, user }, { guildId: guild.id });
}
