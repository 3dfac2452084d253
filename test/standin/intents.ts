/** Which intent lets which event through, by the bit's number: `[in guilds, in DMs]`. */
const gates = {
  GUILD_CREATE: [0],
  GUILD_UPDATE: [0],
  GUILD_DELETE: [0],
  GUILD_ROLE_CREATE: [0],
  GUILD_ROLE_UPDATE: [0],
  GUILD_ROLE_DELETE: [0],
  CHANNEL_CREATE: [0],
  CHANNEL_UPDATE: [0],
  CHANNEL_DELETE: [0],
  CHANNEL_PINS_UPDATE: [0, 12],
  THREAD_CREATE: [0],
  THREAD_UPDATE: [0],
  THREAD_DELETE: [0],
  THREAD_LIST_SYNC: [0],
  GUILD_MEMBER_ADD: [1],
  GUILD_MEMBER_UPDATE: [1],
  GUILD_MEMBER_REMOVE: [1],
  GUILD_AUDIT_LOG_ENTRY_CREATE: [2],
  GUILD_BAN_ADD: [2],
  GUILD_BAN_REMOVE: [2],
  GUILD_EMOJIS_UPDATE: [3],
  GUILD_STICKERS_UPDATE: [3],
  INTEGRATION_CREATE: [4],
  INTEGRATION_UPDATE: [4],
  INTEGRATION_DELETE: [4],
  WEBHOOKS_UPDATE: [5],
  INVITE_CREATE: [6],
  INVITE_DELETE: [6],
  VOICE_STATE_UPDATE: [7],
  PRESENCE_UPDATE: [8],
  MESSAGE_CREATE: [9, 12],
  MESSAGE_UPDATE: [9, 12],
  MESSAGE_DELETE: [9, 12],
  MESSAGE_DELETE_BULK: [9],
  MESSAGE_REACTION_ADD: [10, 13],
  MESSAGE_REACTION_REMOVE: [10, 13],
  MESSAGE_REACTION_REMOVE_ALL: [10, 13],
  MESSAGE_REACTION_REMOVE_EMOJI: [10, 13],
  TYPING_START: [11, 14],
  GUILD_SCHEDULED_EVENT_CREATE: [16],
  GUILD_SCHEDULED_EVENT_UPDATE: [16],
  GUILD_SCHEDULED_EVENT_DELETE: [16],
  AUTO_MODERATION_RULE_CREATE: [20],
  AUTO_MODERATION_RULE_UPDATE: [20],
  AUTO_MODERATION_RULE_DELETE: [20],
  AUTO_MODERATION_ACTION_EXECUTION: [21],
  MESSAGE_POLL_VOTE_ADD: [24, 25],
  MESSAGE_POLL_VOTE_REMOVE: [24, 25],
} as const satisfies Record<string, readonly [guild: number, direct?: number]>;

export const GUILD_MEMBERS = 1 << 1;
export const GUILD_PRESENCES = 1 << 8;
const MESSAGE_CONTENT = 1 << 15;

/** Whether a session with these intents receives the event; events without a gate reach everyone. */
export function receives(intents: number, event: string, direct: boolean): boolean {
  const gate: readonly (number | undefined)[] | undefined = gates[event as keyof typeof gates];
  if (gate === undefined) return true;
  const bit = direct ? gate[1] : gate[0];
  return bit !== undefined && (intents & (1 << bit)) !== 0;
}

interface MessageEvent {
  author?: { id: string };
  mentions?: readonly { id: string }[];
  guild_id?: string;
}

/** Without the privileged intent, a message is readable when it's the bot's own, mentions it, or is a DM. */
export function readable(message: MessageEvent, intents: number, botId: string): boolean {
  return (
    (intents & MESSAGE_CONTENT) !== 0 ||
    message.guild_id === undefined ||
    message.author?.id === botId ||
    (message.mentions?.some((user) => user.id === botId) ?? false)
  );
}

export function unreadable(message: object): object {
  return { ...message, content: '', embeds: [], attachments: [], components: [] };
}
