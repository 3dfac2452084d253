import { types } from 'node:util';

const { isProxy } = types;

/**
 * Where a call can come from, and how that is told: what discord.js hands to a bot's functions says it in properties
 * of its own. A new origin is one entry here.
 */
export const ORIGINS = [
  {
    name: 'guild',
    of: (subject) =>
      own(subject, 'guildId') ??
      own(own(subject, 'guild'), 'id') ??
      own(own(subject, 'channel'), 'guildId') ??
      (isGuild(subject) ? own(subject, 'id') : undefined),
  },
  {
    name: 'channel',
    of: (subject) =>
      own(subject, 'channelId') ??
      own(own(subject, 'channel'), 'id') ??
      (isGuildChannel(subject) ? own(subject, 'id') : undefined),
  },
  {
    name: 'user',
    of: (subject, actor) =>
      own(actor, 'id') ??
      own(own(subject, 'user'), 'id') ??
      own(own(subject, 'author'), 'id') ??
      own(subject, 'userId') ??
      (isUser(subject) || isVoiceState(subject) ? own(subject, 'id') : undefined),
  },
] as const satisfies readonly {
  readonly name: string;
  /**
   * What should be the id; it is checked elsewhere.
   * @param subject what says where the call comes from
   * @param actor who acts, where that is handed over beside the subject, as of a reaction
   */
  readonly of: (subject: object, actor: unknown) => unknown;
}[];

export type Origin = (typeof ORIGINS)[number]['name'];

export const ORIGIN_NAMES: readonly Origin[] = ORIGINS.map(({ name }) => name);

const isGuild = (subject: object) => Object.hasOwn(subject, 'voiceStates');
const isGuildChannel = (subject: object) =>
  ['guildId', 'guild', 'type'].every((key) => Object.hasOwn(subject, key));
const isUser = (subject: object) => Object.hasOwn(subject, 'username');
const isVoiceState = (subject: object) => Object.hasOwn(subject, 'sessionId');

/** What has any of these is a subject. An interaction and a message have the first. */
const MARKS = ['guildId', 'channelId', 'guild', 'channel', 'username', 'voiceStates'] as const;
/** Beside the first two arguments, which is where all others have it, discordx puts an interaction here. */
const FROM_THE_END = -3;
/** Whether they are digits is looked at once for each id that is kept. */
const ID_LENGTH = { min: 15, max: 22 } as const;

/** The ids that a call came with, one for each origin that is looked at; undefined where it has none. */
export type OriginIds = readonly (string | undefined)[];

/** Reads ids off the arguments of calls, and keeps nothing else of them. */
export class OriginReader {
  readonly names: readonly Origin[];
  readonly #readers: readonly (typeof ORIGINS)[number]['of'][];

  constructor(names: readonly Origin[]) {
    const origins = ORIGINS.filter(({ name }) => names.includes(name));
    this.names = origins.map(({ name }) => name);
    this.#readers = origins.map(({ of }) => of);
  }

  /**
   * Never throws, and runs no code of the bot: no getter, and no trap of a Proxy object.
   * @returns ids in the order of `names`; undefined where there is none
   */
  read(args: readonly unknown[]): OriginIds | undefined {
    try {
      const first = args[0];
      // Necord and discordx hand over the arguments of an event as one array.
      const within = !isProxy(first) && Array.isArray(first) ? this.#readFrom(first) : undefined;
      return within ?? this.#readFrom(args);
    } catch {
      // The namespace of a module that is not loaded yet throws whatever is asked of it.
      return undefined;
    }
  }

  #readFrom(args: readonly unknown[]): OriginIds | undefined {
    // Destructuring an array would go through its iterator.
    const first = args[0];
    const second = args[1];
    const subject = subjectOf(first) ?? subjectOf(second) ?? subjectOf(args.at(FROM_THE_END));
    if (subject === undefined) return undefined;
    // Who reacts comes beside the reaction; who wrote the message is somebody else.
    const actor = subject === own(first, 'message') && own(second, 'id') !== undefined ? second : undefined;
    const ids: (string | undefined)[] = [];
    let hasAny = false;
    for (const of of this.#readers) {
      const id = of(subject, actor);
      const isId = typeof id === 'string' && id.length >= ID_LENGTH.min && id.length <= ID_LENGTH.max;
      ids.push(isId ? id : undefined);
      hasAny ||= isId;
    }
    return hasAny ? ids : undefined;
  }
}

/** What says where a call comes from: an argument, or what it wraps, as a reaction and CommandKit's context do. */
function subjectOf(argument: unknown): object | undefined {
  if (isSubject(argument)) return argument;
  const wrapped = own(argument, 'interaction') ?? own(argument, 'message');
  return isSubject(wrapped) ? wrapped : undefined;
}

function isSubject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false;
  for (const mark of MARKS) if (Object.hasOwn(value, mark)) return true;
  return false;
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || isProxy(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
