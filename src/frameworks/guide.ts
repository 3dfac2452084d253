import type { Client } from 'discord.js';
import { propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction, Discovery, TargetKindName } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { type CommandData, kindOf, readCommandData, subcommandsOf } from './command-data.ts';
import { subcommandIn } from './interactions.ts';
import { branchOf, dispatcherSlot, listensTo } from './listeners.ts';
import { dataValue, isNamespace, observe } from './objects.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Plain discord.js, in the layout of its guide and its many variations: commands as `{ data, execute,
 * autocomplete? }` in a Collection on the client, looked up on each call; beside it the like for buttons, menus
 * and modals, by their custom ids.
 */
export const guide = {
  name: 'discord.js',
  packages: ['discord.js', '@discordjs/'],
  detect: (client) => collectionsOf(client).length > 0,
  *discover(client, surroundings) {
    const modules = collectionsOf(client).flatMap((collection) => modulesOf(collection));
    surroundings.prepare(
      modules.flatMap(({ execute, autocomplete }) => [execute, autocomplete ?? []].flat()),
    );
    for (const module of modules) yield* discoverModule(client, module, surroundings);
  },
  watch(client, changed) {
    const watches = collectionsOf(client).map(({ entries }) =>
      observe(entries, ['set', 'delete', 'clear'], changed),
    );
    return {
      [Symbol.dispose]() {
        for (const watch of watches) watch[Symbol.dispose]();
      },
    };
  },
} as const satisfies FrameworkAdapter;

/** What the Collections of a client are called, and what is in them; the first that fits. */
const COLLECTIONS: readonly { name: RegExp; kind: TargetKindName }[] = [
  { name: /modal/i, kind: 'modal' },
  { name: /button|select|component/i, kind: 'component' },
  { name: /autocomplete/i, kind: 'autocomplete' },
  { name: /context/i, kind: 'context' },
  { name: /(prefix|message|text|legacy)_?commands/i, kind: 'message' },
  { name: /command|interaction|slash/i, kind: 'command' },
];
const EXECUTE = ['execute', 'run', 'callback'] as const;

interface CommandCollection {
  readonly entries: Map<unknown, unknown>;
  readonly kind: TargetKindName;
  /** What entries without data are, in a collection of commands. */
  readonly kindWithoutData: TargetKindName;
}

function collectionsOf(client: Client): CommandCollection[] {
  return Object.keys(client).flatMap((name) => {
    const entries = dataValue(client, name);
    const kind = COLLECTIONS.find((collection) => collection.name.test(name))?.kind;
    if (kind === undefined || !(entries instanceof Map)) return [];
    const kindWithoutData = kind === 'command' && listensTo(client, 'messageCreate') ? 'message' : kind;
    return [{ entries, kind, kindWithoutData }];
  });
}

/** One entry of a Collection. */
interface Module {
  readonly holder: object;
  readonly key: (typeof EXECUTE)[number];
  readonly name: string;
  readonly kind: TargetKindName;
  readonly subcommands: readonly string[];
  readonly execute: AnyFunction;
  readonly autocomplete: AnyFunction | undefined;
}

function modulesOf({ entries, kind, kindWithoutData }: CommandCollection): Module[] {
  return [...entries].flatMap(([name, holder]) => {
    if (typeof holder !== 'object' || holder === null) return [];
    const key = EXECUTE.find((candidate) => typeof dataValue(holder, candidate) === 'function');
    if (key === undefined) return [];
    const autocomplete = dataValue(holder, 'autocomplete');
    const rawData = dataValue(holder, 'data');
    const data: CommandData = kind === 'command' ? readCommandData(rawData) : {};
    return {
      holder,
      key,
      name: String(data.name ?? name),
      kind: kind !== 'command' ? kind : rawData === undefined ? kindWithoutData : kindOf(data),
      subcommands: subcommandsOf(data),
      execute: dataValue(holder, key) as AnyFunction,
      autocomplete: typeof autocomplete === 'function' ? (autocomplete as AnyFunction) : undefined,
    };
  });
}

function* discoverModule(client: Client, module: Module, surroundings: Surroundings): Iterable<Discovery> {
  const { holder, key, name, kind, subcommands, execute, autocomplete } = module;
  const place = surroundings.describe(execute);
  const slot = propertySlot(holder, key);
  const commands: Discovery[] =
    subcommands.length === 0
      ? [{ ...place, kind, name, slot }]
      : subcommands.map((subcommand) => ({
          ...place,
          kind,
          name: `${name} ${subcommand}`,
          slot,
          branch: { name: subcommand, of: subcommandIn },
        }));
  if (autocomplete !== undefined) {
    const own = surroundings.describe(autocomplete);
    commands.push({
      ...own,
      cog: place.cog,
      kind: 'autocomplete',
      name,
      slot: propertySlot(holder, 'autocomplete'),
    });
  }
  const dispatcher = isNamespace(holder) ? dispatcherSlot(client, surroundings) : undefined;
  for (const command of commands)
    yield isNamespace(holder) ? throughDispatcher(command, dispatcher) : command;
}

/**
 * The exports of an ES module cannot be replaced: there the listener that calls them is timed, command by command.
 */
function throughDispatcher(command: Discovery, slot: Slot | undefined): Discovery {
  if (slot === undefined || command.kind === 'message') {
    return { ...command, obstacle: 'it is the export of an ES module, which cannot be replaced' };
  }
  return { ...command, slot, branch: branchOf(command) };
}
