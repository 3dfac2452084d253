import type { APIMessage } from 'discord.js';
import type { Posted, StandIn } from '../../../test/standin/standin.ts';
import type { Names, Person, SeenFile, SeenMessage } from './wire.ts';

/** Types of messages that answer a slash command, and a command of a context menu. */
const ANSWERS_SLASH = 20;
const ANSWERS_MENU = 23;
const LOADING = 1 << 7;
const LONGEST_QUOTE = 200;

interface User {
  id: string;
  username: string;
  bot?: boolean;
}

export function personOf({ id, username, bot = false }: User): Person {
  return { id, name: username, isBot: bot };
}

/** A message as the page draws it. */
export function seenMessage(posted: Posted, discord: StandIn): SeenMessage {
  const { message, content, embeds, components, edits, history } = posted;
  const wasDeferred = (Number(history[0]?.flags ?? 0) & LOADING) !== 0;
  return {
    id: posted.id,
    author: personOf(posted.author),
    sentAtEpochMs: Date.parse(message.timestamp),
    // An answer that was deferred and then came is not called edited.
    isEdited: edits > (wasDeferred ? 1 : 0),
    edits,
    isEphemeral: posted.ephemeral,
    isThinking: posted.thinking,
    ...originOf(message, discord),
    content,
    embeds: withLocalFiles(embeds, discord),
    components: withLocalFiles(components, discord) as SeenMessage['components'],
    attachments: posted.attachments.filter(({ inline }) => !inline).map((file) => seenFile(file, discord)),
    reactions: (message.reactions ?? []).map(({ emoji, count }) => ({ emoji: emoji.name ?? '', count })),
    names: namesIn(JSON.stringify([content, embeds, components]), discord),
  };
}

/** What the line above the message says: whose command or which message it answers. */
function originOf(message: APIMessage, { world }: StandIn): Pick<SeenMessage, 'command' | 'replyTo'> {
  const { type, interaction_metadata: metadata, message_reference: reference } = message;
  const name = commandName(metadata);
  if ((type === ANSWERS_SLASH || type === ANSWERS_MENU) && name !== undefined) {
    return { command: { user: personOf(metadata!.user), name, isSlash: type === ANSWERS_SLASH } };
  }
  const referenced = world.messages.get(message.channel_id)?.get(reference?.message_id ?? '')?.data;
  if (referenced === undefined) return {};
  return {
    replyTo: { author: personOf(referenced.author), text: referenced.content.slice(0, LONGEST_QUOTE) },
  };
}

/** The answer to a modal is an answer to the command that opened it. */
function commandName(metadata: object | undefined): string | undefined {
  if (metadata === undefined) return undefined;
  if ('name' in metadata) return String(metadata.name);
  return 'triggering_interaction_metadata' in metadata
    ? commandName(metadata.triggering_interaction_metadata as object)
    : undefined;
}

/** Where the page finds an upload: on its own server, relative to itself. */
function localUrl(url: string, discord: StandIn): string {
  return url.replace(`${new URL(discord.restUrl).origin}/cdn/`, 'cdn/');
}

function withLocalFiles<T>(value: T, discord: StandIn): T {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key.endsWith('url') && typeof inner === 'string' ? localUrl(inner, discord) : inner,
  ) as T;
}

function seenFile(file: Posted['attachments'][number], discord: StandIn): SeenFile {
  const { filename, size, content_type: contentType, url, width, height } = file;
  return {
    name: filename,
    sizeBytes: size,
    contentType: contentType ?? '',
    url: localUrl(url, discord),
    ...(width && height && { width, height }),
  };
}

/** The names behind the ids that a text mentions. */
export function namesIn(text: string, { world }: StandIn): Names {
  const roles = new Map([...world.guilds.values()].flatMap((guild) => [...guild.roles]));
  const find = (pattern: RegExp, nameOf: (id: string) => string | undefined) =>
    Object.fromEntries(
      [...text.matchAll(pattern)].flatMap(([, id]) => {
        const name = nameOf(id!);
        return name === undefined ? [] : [[id!, name]];
      }),
    );
  return {
    users: find(/<@!?(\d+)>/g, (id) => world.users.get(id)?.username),
    roles: find(/<@&(\d+)>/g, (id) => roles.get(id)?.name),
    channels: find(/<#(\d+)>/g, (id) => world.channels.get(id)?.name),
  };
}
