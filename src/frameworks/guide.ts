import type { EventEmitter } from 'node:events';
import type { Client } from 'discord.js';
import { listenerSlot, propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction, Branch, Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Plain discord.js, in the layout of its guide: commands as `{ data, execute, autocomplete? }` in a Collection
 * `client.commands`, looked up on each call, and listeners put on the client by hand or from event modules
 * `{ name, execute }`.
 */
export const guide = {
  name: 'discord.js',
  detect: () => true,
  *discover(client, surroundings) {
    const commands = commandsOf(client);
    const listeners = listenersOf(client);
    surroundings.prepare([
      ...commands.flatMap(({ execute, autocomplete }) => [execute, autocomplete ?? []].flat()),
      ...listeners.map(({ fn }) => fn),
    ]);
    for (const command of commands) yield* discoverCommand(command, surroundings);
    const taken = new Set<Slot>();
    for (const listener of listeners) {
      const dispatches = listener.event === 'interactionCreate' && commands.length > 0;
      for (const discovery of discoverListener(client, listener, taken, surroundings)) {
        yield dispatches ? { ...discovery, dispatches } : discovery;
      }
    }
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
  const place = describe(execute, surroundings);
  const slot = propertySlot(holder, 'execute');
  if (subcommands.length === 0) yield { ...place, kind, name, slot };
  for (const subcommand of subcommands) {
    const branch: Branch = { name: subcommand, of: subcommandPath };
    yield { ...place, kind, name: `${name} ${subcommand}`, slot, branch };
  }
  if (autocomplete === undefined) return;
  yield {
    ...describe(autocomplete, surroundings),
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

interface ListenerEntry {
  event: string | symbol;
  raw: AnyFunction;
  fn: AnyFunction;
}

function listenersOf(client: Client): ListenerEntry[] {
  const emitter = client as EventEmitter;
  return emitter.eventNames().flatMap((event) =>
    emitter.rawListeners(event).map((listener) => {
      const raw = listener as AnyFunction & { listener?: AnyFunction };
      return { event, raw, fn: raw.listener ?? raw };
    }),
  );
}

function* discoverListener(
  client: Client,
  { event, raw, fn }: ListenerEntry,
  taken: Set<Slot>,
  surroundings: Surroundings,
): Iterable<Discovery> {
  const name = String(event);
  const module = eventModuleOf(fn, name, surroundings);
  const place = describe(module?.execute ?? fn, surroundings);
  // discord.js and its collectors listen to their own client.
  if (isLibrary(surroundings.packageOf(place.location))) return;
  const slot = module?.slot && !taken.has(module.slot) ? module.slot : listenerSlot(client, event, raw);
  if (taken.has(slot)) return;
  taken.add(slot);
  yield { ...place, kind: 'listener', name, slot };
}

function isLibrary(packageName: string | undefined): boolean {
  return packageName === 'discord.js' || packageName?.startsWith('@discordjs/') === true;
}

/**
 * The guide registers `(...args) => event.execute(...args)`: the event module is a variable that this closes over.
 * Its `execute` is the function to track. A module namespace cannot be written to: there the listener is wrapped,
 * and `execute` only tells where it was written.
 */
function eventModuleOf(fn: AnyFunction, event: string, surroundings: Surroundings) {
  if (!Function.prototype.toString.call(fn).includes('.execute')) return undefined;
  for (const value of surroundings.closureOf(fn)) {
    for (const module of [value, ownValue(value, 'default')]) {
      if (ownValue(module, 'name') !== event) continue;
      const slot = propertySlot(module as object, 'execute');
      const execute = slot.get();
      if (execute !== undefined) return { execute, slot: isNamespace(module as object) ? undefined : slot };
    }
  }
  return undefined;
}

function ownValue(object: unknown, key: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  try {
    return Object.getOwnPropertyDescriptor(object, key)?.value;
  } catch {
    // A module that is not loaded yet, or a Proxy object that forbids it.
    return undefined;
  }
}

function isNamespace(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Module]';
}

function describe(fn: AnyFunction, surroundings: Surroundings) {
  const location = surroundings.locationOf(fn);
  return { cog: surroundings.cogOf(location), ...(location && { location }) };
}
