import type { Client } from 'discord.js';
import { COMMAND_NAME, type InteractionPath } from './interactions.ts';

/** What of a command's data matters here; as JSON, or as discord.js keeps it. */
export interface CommandData {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly options?: readonly CommandOption[];
}

interface CommandOption {
  readonly name: string;
  readonly type?: unknown;
  readonly options?: readonly CommandOption[];
}

const CHAT_INPUT = 1;
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;

const known = new WeakMap<object, CommandData>();

/** A builder or plain JSON as JSON. A builder that is not complete throws: then nothing is known. */
export function readCommandData(data: unknown): CommandData {
  if (typeof data !== 'object' || data === null) return {};
  let json = known.get(data);
  if (json === undefined) {
    try {
      const { toJSON } = data as { toJSON?(): CommandData };
      json = typeof toJSON === 'function' ? toJSON.call(data) : (data as CommandData);
    } catch {
      json = {};
    }
    // A builder checks all of its parts each time: it is asked once.
    known.set(data, json);
  }
  return json;
}

export function kindOf({ type = CHAT_INPUT }: CommandData): 'command' | 'context' {
  return type === CHAT_INPUT ? 'command' : 'context';
}

/** `subcommand` and `group subcommand` of each; empty for a command without. */
export function subcommandsOf({ options = [] }: CommandData): string[] {
  return options.flatMap((option) => {
    if (option.type === SUBCOMMAND) return [option.name];
    if (option.type !== SUBCOMMAND_GROUP) return [];
    return subcommandsOf(option).map((name) => `${option.name} ${name}`);
  });
}

/** The bot's commands that the client knows to be registered, each with its subcommands. */
export function registeredPaths(client: Client): InteractionPath[] {
  return [...(client.application?.commands.cache.values() ?? [])].flatMap((command) => {
    if (command.name === COMMAND_NAME) return [];
    const data = command as CommandData;
    const kind = kindOf(data);
    const subcommands = subcommandsOf(data);
    if (subcommands.length === 0) return [{ kind, name: command.name }];
    return subcommands.map((subcommand) => ({ kind, name: `${command.name} ${subcommand}` }));
  });
}
