/** What the page's server and the page say to each other, in JSON. */
import type {
  APIApplicationCommand,
  APIEmbed,
  APIMessageTopLevelComponent,
  APIModalInteractionResponseCallbackData,
} from 'discord.js';

export interface Person {
  id: string;
  name: string;
  isBot: boolean;
}

/** A channel, or the direct messages with the bot. */
export interface Place {
  id: string;
  name: string;
  isDirect: boolean;
}

/** Sent when a page connects: all that it shows. */
export interface Snapshot {
  me: Person;
  bot: Person;
  /** Who the visitor can act as. */
  people: readonly Person[];
  guild: string;
  places: readonly Place[];
  place: Place;
  /** Said at the beginning of the channel, in Discord's markdown. */
  hint: string;
  /** The names behind the ids in the hint. */
  names: Names;
  messages: readonly SeenMessage[];
}

/** Sent afterwards: messages that are new or were changed, and ids of those that are gone. */
export interface Changes {
  messages: readonly SeenMessage[];
  gone: readonly string[];
}

export interface SeenMessage {
  id: string;
  author: Person;
  sentAtEpochMs: number;
  /** Whether it says "(edited)". */
  isEdited: boolean;
  /** How often it was edited: a change of any kind raises it. */
  edits: number;
  isEphemeral: boolean;
  /** "… is thinking" */
  isThinking: boolean;
  /** The command that it answers. */
  command?: { user: Person; name: string; isSlash: boolean };
  /** The message that it answers. */
  replyTo?: { author: Person; text: string };
  content: string;
  embeds: readonly APIEmbed[];
  components: readonly APIMessageTopLevelComponent[];
  attachments: readonly SeenFile[];
  reactions: readonly { emoji: string; count: number }[];
  /** The names behind the ids that are mentioned in it. */
  names: Names;
}

export interface Names {
  users: Readonly<Record<string, string>>;
  roles: Readonly<Record<string, string>>;
  channels: Readonly<Record<string, string>>;
}

export interface SeenFile {
  name: string;
  sizeBytes: number;
  contentType: string;
  /** On the page's own server. */
  url: string;
  width?: number;
  height?: number;
}

/** A file that the visitor gives. */
export interface GivenFile {
  filename: string;
  contentType: string;
  base64: string;
}

/** What is given as an option of a command. */
export type GivenValue = string | number | boolean | GivenFile;

export interface Choice {
  name: string;
  value: string | number;
}

export type Modal = APIModalInteractionResponseCallbackData;

/** What became of a command, a click, a choice or a modal that was sent. */
export type Outcome = { kind: 'answered' } | { kind: 'failed' } | { kind: 'modal'; id: string; modal: Modal };

/** What may be named in an option or chosen in a select menu. */
export type Nameable = 'user' | 'role' | 'mentionable' | 'channel';

/** Everything the visitor can do: what the page sends for it, and what it gets back. */
export interface Acts {
  /** The commands that there are in this place. */
  commands: { sent: object; answer: readonly APIApplicationCommand[] };
  /** Runs a command: `queue add`. */
  run: { sent: { command: string; options: Record<string, GivenValue> }; answer: Outcome };
  /** Asks for what to offer while the last of the options is typed. */
  suggest: {
    sent: { command: string; options: Record<string, string | number | boolean> };
    answer: readonly Choice[];
  };
  /** Whom or what one can name that fits what was typed. */
  name: { sent: { kind: Nameable; typed: string }; answer: readonly Choice[] };
  click: { sent: { message: string; customId: string }; answer: Outcome };
  choose: { sent: { message: string; customId: string; values: readonly string[] }; answer: Outcome };
  submit: { sent: { modal: string; fields: Record<string, string | readonly string[]> }; answer: Outcome };
  say: { sent: { content: string; files: readonly GivenFile[] }; answer: null };
}

export type ActName = keyof Acts;

/** Who acts, and where; goes with everything that is sent. */
export interface Whence {
  as: string;
  place: string;
}
