import type { APIRole, APIUser } from 'discord.js';
import { refuse } from '../api-error.ts';
import type { ApiRequest } from '../rest.ts';
import type { Services } from '../services.ts';
import type { ChannelRecord, GuildRecord, MemberRecord, StoredMessage } from '../state.ts';

/** What a request's path names; refuses as Discord does when it isn't there. */

export function guildOf({ params }: ApiRequest, { world }: Services): GuildRecord {
  const guild = world.guilds.get(params['guild'] ?? '');
  if (guild === undefined) throw refuse('unknownGuild');
  return guild;
}

export function channelOf({ params }: ApiRequest, { world }: Services): ChannelRecord {
  const channel = world.channels.get(params['channel'] ?? '');
  if (channel === undefined) throw refuse('unknownChannel');
  return channel;
}

/** A message in its channel; an ephemeral one can't be reached this way. */
export function messageOf(request: ApiRequest, services: Services): StoredMessage {
  const message = services.messages.find(channelOf(request, services).id, request.params['message'] ?? '');
  if (message.ephemeralFor !== undefined) throw refuse('unknownMessage');
  return message;
}

export function userOf({ params }: ApiRequest, { world }: Services): APIUser {
  const user = world.users.get(params['user'] ?? '');
  if (user === undefined) throw refuse('unknownUser');
  return user;
}

export function memberOf(request: ApiRequest, services: Services): MemberRecord {
  const id = request.params['user'] === '@me' ? services.world.bot.id : (request.params['user'] ?? '');
  const member = guildOf(request, services).members.get(id);
  if (member !== undefined) return member;
  throw refuse(services.world.users.has(id) ? 'unknownMember' : 'unknownUser');
}

export function roleOf(request: ApiRequest, services: Services): APIRole {
  const role = guildOf(request, services).roles.get(request.params['role'] ?? '');
  if (role === undefined) throw refuse('unknownRole');
  return role;
}
