import { basename, extname, join, sep } from 'node:path';
import { propertySlot } from '../cog/slots.ts';
import type { AnyFunction, Branch, Discovery, TargetKindName } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { kindOf, readCommandData, subcommandsOf } from './command-data.ts';
import { commandsAtListener } from './commandkit/dispatcher.ts';
import { type KitOptions, kitsOf } from './commandkit/kits.ts';
import { watchReloads } from './commandkit/reloads.ts';
import { subcommandIn } from './interactions.ts';
import { dataValue } from './objects.ts';
import { cogOfFile, type Surroundings } from './surroundings.ts';

/**
 * CommandKit 0.1: commands, events and validations from folders. It copies what the files export, and calls the
 * copies, which lie in arrays that a reload replaces.
 */
export const commandkit = {
  name: 'CommandKit',
  packages: ['commandkit'],
  // Only where the client's listeners were written tells.
  detect: () => true,
  *discover(client, surroundings) {
    const kits = kitsOf(client, surroundings);
    if (kits.size === 0) yield* commandsAtListener(client, surroundings);
    for (const options of kits.values()) {
      const entries = [...commandsOf(options), ...eventsOf(options), ...validationsOf(options)];
      const present = entries.flatMap((entry) => {
        const fn = propertySlot(entry.holder, entry.key).get();
        return fn === undefined ? [] : [{ ...entry, fn }];
      });
      surroundings.prepare(present.map(({ fn }) => fn));
      for (const entry of present) yield discoveryOf(entry, surroundings);
    }
  },
  watch: watchReloads,
} as const satisfies FrameworkAdapter;

/** A function that a kit looks up as `holder[key]` on each call, if there is one. */
interface Entry {
  readonly holder: object;
  readonly key: string;
  readonly kind: TargetKindName;
  /** Default: what its file is called. */
  readonly name?: string;
  /** How the path of the folder ends in which cogs are told apart: sources may lie in one, compiled, in another. */
  readonly folder: string;
  /** Default: the file that the function was written in. */
  readonly file?: string;
  readonly branch?: Branch;
}

function* commandsOf({ commandHandler, commandsPath = '' }: KitOptions): Iterable<Entry> {
  for (const holder of commandHandler?.commands ?? []) {
    const data = readCommandData(dataValue(holder, 'data'));
    const name = String(data.name);
    const place = { holder, folder: basename(commandsPath), file: String(dataValue(holder, 'filePath')) };
    const run = { ...place, key: 'run', kind: kindOf(data) };
    const subcommands = subcommandsOf(data);
    if (subcommands.length === 0) yield { ...run, name };
    for (const subcommand of subcommands) {
      yield { ...run, name: `${name} ${subcommand}`, branch: { name: subcommand, of: subcommandOf } };
    }
    yield { ...place, key: 'autocomplete', kind: 'autocomplete', name };
  }
}

/** Commands are called with `{ interaction, client, handler }`. */
function subcommandOf([context]: readonly unknown[]): string | undefined {
  return subcommandIn([dataValue(context, 'interaction')]);
}

/** A folder an event, and all that is in it. */
function* eventsOf({ eventHandler, eventsPath = '' }: KitOptions): Iterable<Entry> {
  for (const { name, functions } of eventHandler?.events ?? []) {
    const folder = join(basename(eventsPath), name);
    for (const key of functions.keys()) {
      yield { holder: functions, key: String(key), kind: 'listener', name, folder };
    }
  }
}

function* validationsOf({ validationHandler, validationsPath = '' }: KitOptions): Iterable<Entry> {
  const validations = validationHandler?.validations ?? [];
  for (const key of validations.keys()) {
    yield { holder: validations, key: String(key), kind: 'precondition', folder: basename(validationsPath) };
  }
}

function discoveryOf(entry: Entry & { fn: AnyFunction }, surroundings: Surroundings): Discovery {
  const { holder, key, kind, fn, folder, branch } = entry;
  const { cog, location } = surroundings.describe(fn);
  const file = entry.file ?? location?.file;
  return {
    cog: cogIn(folder, file) ?? cog,
    kind,
    name: entry.name ?? (file === undefined ? fn.name : nameOf(file)),
    slot: propertySlot(holder, key),
    ...(branch && { branch }),
    ...(location && { location }),
  };
}

/** What the layout of a folder makes of a file in it; a file that no folder says more of has its own name. */
function cogIn(folder: string, file: string | undefined): string | undefined {
  const inside = `${sep}${folder}${sep}`;
  const at = file?.lastIndexOf(inside) ?? -1;
  if (file === undefined || at === -1) return undefined;
  const cog = cogOfFile(file, file.slice(0, at + inside.length));
  return cog === 'bot' ? nameOf(file) : cog;
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}
