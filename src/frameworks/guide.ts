import type { Client } from 'discord.js';
import { propertySlot } from '../cog/slots.ts';
import type { AnyFunction, Branch, Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Plain discord.js, in the layout of its guide: commands as `{ data, execute, autocomplete? }` in a Collection
 * `client.commands`, looked up on each call.
 */
export const guide = {
  name: 'discord.js',
  packages: ['discord.js', '@discordjs/'],
  detect: (client) => commandsOf(client).length > 0,
  *discover(client, surroundings) {
    const commands = commandsOf(client);
    surroundings.prepare(
      commands.flatMap(({ execute, autocomplete }) => [execute, autocomplete ?? []].flat()),
    );
    for (const command of commands) yield* discoverCommand(command, surroundings);
  },
} as const satisfies FrameworkAdapter;

interface Command {
  holder: object;
  name: string;
  kind: 'command' | 'context';
  subcommands: string[];
  execute: AnyFunction;
  autocomplete: AnyFunction | undefined;
}

/** What of `command.data.toJSON()` matters here. */
interface CommandData {
  name?: unknown;
  type?: number;
  options?: readonly CommandOption[];
}
interface CommandOption {
  name: string;
  type: number;
  options?: readonly CommandOption[];
}
const CHAT_INPUT = 1;
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;

function commandsOf(client: Client): Command[] {
  const collection: unknown = Object.getOwnPropertyDescriptor(client, 'commands')?.value;
  if (!(collection instanceof Map)) return [];
  const commands: Command[] = [];
  for (const [key, holder] of collection as Map<unknown, unknown>) {
    if (typeof holder !== 'object' || holder === null) continue;
    const execute = propertySlot(holder, 'execute').get();
    if (execute === undefined) continue;
    const data = dataOf(holder);
    commands.push({
      holder,
      name: String(data.name ?? key),
      kind: (data.type ?? CHAT_INPUT) === CHAT_INPUT ? 'command' : 'context',
      subcommands: subcommandsOf(data.options ?? []),
      execute,
      autocomplete: propertySlot(holder, 'autocomplete').get(),
    });
  }
  return commands;
}

/** A builder or plain JSON. A builder that is not complete throws: then the command goes by its key. */
function dataOf(command: object): CommandData {
  try {
    const { data } = command as { data?: CommandData & { toJSON?(): CommandData } };
    return data?.toJSON?.() ?? data ?? {};
  } catch {
    return {};
  }
}

function subcommandsOf(options: readonly CommandOption[]): string[] {
  return options.flatMap((option) => {
    if (option.type === SUBCOMMAND) return [option.name];
    if (option.type !== SUBCOMMAND_GROUP) return [];
    return subcommandsOf(option.options ?? []).map((name) => `${option.name} ${name}`);
  });
}

function* discoverCommand(command: Command, surroundings: Surroundings): Iterable<Discovery> {
  const { holder, name, kind, subcommands, execute, autocomplete } = command;
  const place = surroundings.describe(execute);
  const slot = propertySlot(holder, 'execute');
  if (subcommands.length === 0) yield { ...place, kind, name, slot };
  for (const subcommand of subcommands) {
    const branch: Branch = { name: subcommand, of: subcommandPath };
    yield { ...place, kind, name: `${name} ${subcommand}`, slot, branch };
  }
  if (autocomplete === undefined) return;
  yield {
    ...surroundings.describe(autocomplete),
    cog: place.cog,
    kind: 'autocomplete',
    name,
    slot: propertySlot(holder, 'autocomplete'),
  };
}

interface OptionResolver {
  getSubcommandGroup(required: false): string | null;
  getSubcommand(required: false): string | null;
}

/** `group subcommand` or `subcommand` of the interaction among the arguments that a command is called with. */
function subcommandPath(args: readonly unknown[]): string | undefined {
  try {
    for (const argument of args) {
      const options = (argument as { options?: Partial<OptionResolver> } | null | undefined)?.options;
      if (options?.getSubcommand === undefined) continue;
      const path = [options.getSubcommandGroup?.(false), options.getSubcommand(false)];
      return path.filter((part) => part != null).join(' ');
    }
  } catch {
    // Not an interaction after all.
  }
  return undefined;
}
