import type { APIReaction, APIUser } from 'discord.js';
import { refuse } from './api-error.ts';
import { memberPayload } from './payloads.ts';
import type { Services } from './services.ts';
import type { StoredMessage } from './state.ts';

/** Adds or removes one person's reaction. `emoji` is a character, or `name:id` for a server's own. */
export function changeReaction(
  message: StoredMessage,
  emoji: string,
  user: APIUser,
  change: 'ADD' | 'REMOVE',
  { world, gateway }: Services,
): void {
  const [name = '', id = null] = emoji.split(':');
  if (name === '') throw refuse('unknownEmoji');
  const known = message.data.reactions ?? [];
  const before = known.find((reaction) => reaction.emoji.name === name && reaction.emoji.id === id);
  const count = (before?.count ?? 0) + (change === 'ADD' ? 1 : -1);
  const isBot = user.id === world.bot.id;
  const after = {
    emoji: { id, name },
    count,
    count_details: { burst: 0, normal: count },
    me: isBot ? change === 'ADD' : (before?.me ?? false),
    me_burst: false,
    burst_colors: [],
  } as APIReaction;
  const others = known.filter((reaction) => reaction !== before);
  message.data = { ...message.data, reactions: count > 0 ? [...others, after] : others };
  world.changed(message);
  const guild = message.guildId === undefined ? undefined : world.guilds.get(message.guildId);
  const member = change === 'ADD' ? guild?.members.get(user.id) : undefined;
  const payload = {
    user_id: user.id,
    channel_id: message.data.channel_id,
    message_id: message.data.id,
    guild_id: message.guildId,
    message_author_id: message.data.author.id,
    emoji: { id, name },
    burst: false,
    type: 0,
    ...(member === undefined ? {} : { member: memberPayload(member) }),
  };
  gateway.dispatch(`MESSAGE_REACTION_${change}`, payload, message);
}
