import type { Client } from 'discord.js';
import { propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction, Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { completionBranches } from './completions.ts';
import { entriesOf, type NamedEntry } from './discordx/entries.ts';
import { instancesIn, type Storage, storageOf } from './discordx/storage.ts';
import { discoverMethods } from './methods.ts';
import { dataValue, observe } from './objects.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * discordx: classes with decorators. What these say lies in one global storage, which a reload replaces. The client
 * makes use of it from its login on.
 */
export const discordx = {
  name: 'discordx',
  packages: ['discordx', '@discordx/'],
  detect: (client) => Object.hasOwn(client, 'simpleCommandManager') && Object.hasOwn(client, '_botId'),
  *discover(client, surroundings) {
    const storage = storageOf(client);
    if (storage === undefined) return;
    const entries = entriesOf(storage);
    const handlers = [...entries.flatMap((named) => handlersOf(named)), ...guardsOf(client, entries)];
    const present = handlers.flatMap((handler) => presentIn(handler));
    surroundings.prepare(present.flatMap(({ fn, written }) => [fn, written ?? fn]));
    for (const handler of present) {
      const location = surroundings.locationOf(handler.fn);
      if (!surroundings.isFrameworkCode(location)) yield discoveryOf(handler, surroundings);
    }
    yield* methodsOf(storage, entries, surroundings);
  },
  // The last steps of loading anew, in whichever order a bot takes them.
  watch: (client, changed) => observe(client as Loading, ['initApplicationCommands', 'initEvents'], changed),
} as const satisfies FrameworkAdapter;

interface Loading extends Client {
  initApplicationCommands?: unknown;
  initEvents?: unknown;
}

/** A function that discordx looks up as `holder[key]` on each call, if there is one. */
interface Handler extends Pick<Discovery, 'kind' | 'branch' | 'dispatches'> {
  readonly holder: object;
  readonly key: string;
  /** Default: what the function is called. */
  readonly name?: string;
  /** What tells the cog. Default: the function. */
  readonly written?: AnyFunction;
}

/** Commands are called with the values of their options, and then `interaction, client, sharedData`. */
const BRANCHES = completionBranches((args) => args.at(-3));

function handlersOf({ entry, kind, name }: NamedEntry): Handler[] {
  const options = entry._options ?? [];
  const own = { name, written: entry._sourceClass };
  const method = { ...own, holder: entry, key: '_methodReference' };
  const completesItself = kind === 'command' && options.some(({ _autocomplete }) => _autocomplete === true);
  return [
    { ...method, kind, ...(completesItself && { branch: BRANCHES.command }) },
    ...(completesItself ? [{ ...method, kind: 'autocomplete', branch: BRANCHES.autocomplete } as const] : []),
    // Decorators of parameters run from the last to the first.
    ...options
      .toReversed()
      .map((holder) => ({ ...own, holder, key: '_autocomplete', kind: 'autocomplete' }) as const),
  ];
}

/** A guard calls what it guards: its time is that of the command once more. */
function guardsOf(client: Client, entries: readonly NamedEntry[]): Handler[] {
  const guard = { kind: 'precondition', dispatches: true } as const;
  const ofClient = dataValue(client, '_guards');
  const decorated = new Set(entries.flatMap(({ entry }) => [...entry._discord._guards, ...entry._guards]));
  return [
    ...(Array.isArray(ofClient)
      ? ofClient.map((_, index) => ({ ...guard, holder: ofClient, key: String(index) }))
      : []),
    ...[...decorated].map((holder) => ({ ...guard, holder, key: '_fn' })),
  ];
}

interface PresentHandler extends Handler {
  readonly slot: Slot;
  readonly fn: AnyFunction;
}

function presentIn(handler: Handler): PresentHandler[] {
  const slot = propertySlot(handler.holder, handler.key);
  const fn = slot.get();
  return fn === undefined ? [] : [{ ...handler, slot, fn }];
}

function discoveryOf(handler: PresentHandler, surroundings: Surroundings): Discovery {
  const { kind, slot, fn, branch, dispatches, written = fn } = handler;
  return {
    ...surroundings.describe(fn),
    cog: surroundings.describe(written).cog,
    kind,
    name: handler.name ?? (fn.name || 'guard'),
    slot,
    ...(branch && { branch }),
    ...(dispatches && { dispatches }),
  };
}

function* methodsOf(
  storage: Storage,
  entries: readonly NamedEntry[],
  surroundings: Surroundings,
): Iterable<Discovery> {
  const instances = instancesIn(storage, surroundings);
  for (const [type, own] of Map.groupBy(entries, ({ entry }) => entry._sourceClass)) {
    const instance = instances.get(type);
    if (instance === undefined) continue;
    const { cog } = surroundings.describe(type);
    const except = own.map(({ entry }) => entry._propertyName);
    yield* discoverMethods(instance, type.name, surroundings, { cog, except });
  }
}
