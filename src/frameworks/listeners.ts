import type { EventEmitter } from 'node:events';
import { getCallSites } from 'node:util';
import type { Client } from 'discord.js';
import { listenerSlot, propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction, Branch, Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { registeredPaths } from './command-data.ts';
import { type InteractionPath, pathOf } from './interactions.ts';
import { dataValue, isNamespace, observe } from './objects.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What each event hands on, where the bot keeps such functions elsewhere. A listener that does is timed as a whole
 * only when it is asked for by its own name.
 */
const DISPATCHED: Partial<Record<string | symbol, readonly string[]>> = {
  interactionCreate: ['command', 'context', 'component', 'modal'],
  messageCreate: ['message'],
};

/**
 * What the bot itself put on its client, by hand or from event modules `{ name, execute }`. Where no adapter knows
 * what is behind the listener of interactions, its calls are told apart by the interaction: so a bot that keeps its
 * commands wherever it likes has figures for each of them.
 */
export const listeners = {
  name: 'client.on',
  packages: [],
  detect: () => true,
  *discover(client, surroundings, found) {
    const kinds = new Set<string>(found.map(({ kind }) => kind));
    const unknown = [...registeredPaths(client), ...surroundings.seen.paths()].filter(
      ({ kind }) => !kinds.has(kind),
    );
    for (const discovery of ownListeners(client, surroundings)) {
      const branches = discovery.name === 'interactionCreate' ? unknown : [];
      const handsOn = DISPATCHED[discovery.name]?.some((kind) => kinds.has(kind)) ?? false;
      yield branches.length > 0 || handsOn ? { ...discovery, dispatches: true } : discovery;
      for (const path of branches) yield { ...discovery, ...path, branch: branchOf(path) };
    }
  },
  watch(client, changed) {
    // Commands come and go in the middle of the bot's life; so do collectors, hundreds of times a second.
    return observe(
      client as EventEmitter,
      ['on', 'addListener', 'prependListener', 'removeAllListeners'],
      () => {
        if (!isCalledByLibrary()) changed();
      },
    );
  },
} as const satisfies FrameworkAdapter;

/** The part of a listener's calls that an interaction of this path makes. */
export function branchOf({ kind, name }: InteractionPath): Branch {
  return { name: `${kind} ${name}`, of: branchIn };
}

function branchIn(args: readonly unknown[]): string | undefined {
  const path = pathOf(args[0]);
  return path && `${path.kind} ${path.name}`;
}

/** The bot's own listener of interactions, where there is exactly one. */
export function dispatcherSlot(client: Client, surroundings: Surroundings): Slot | undefined {
  const own = ownListeners(client, surroundings).filter(({ name }) => name === 'interactionCreate');
  return own.length === 1 ? own[0]!.slot : undefined;
}

export function listensTo(client: Client, event: string): boolean {
  return client.listenerCount(event as 'debug') > 0;
}

interface ListenerEntry {
  readonly event: string | symbol;
  readonly raw: AnyFunction;
  readonly fn: AnyFunction;
}

function ownListeners(client: Client, surroundings: Surroundings): Discovery[] {
  const entries = entriesOf(client);
  surroundings.prepare(entries.map(({ fn }) => fn));
  const taken = new Set<Slot>();
  return entries.flatMap((entry) => {
    const { event, raw, fn } = entry;
    const module = eventModuleOf(entry, surroundings);
    const place = surroundings.describe(module?.execute ?? fn);
    // discord.js, its collectors and frameworks listen to the client too.
    if (surroundings.isFrameworkCode(place.location)) return [];
    const slot = module?.slot && !taken.has(module.slot) ? module.slot : listenerSlot(client, event, raw);
    if (taken.has(slot)) return [];
    taken.add(slot);
    return [{ ...place, kind: 'listener', name: String(event), slot } satisfies Discovery];
  });
}

function entriesOf(client: Client): ListenerEntry[] {
  const emitter = client as EventEmitter;
  return emitter.eventNames().flatMap((event) =>
    emitter.rawListeners(event).map((listener) => {
      const raw = listener as AnyFunction & { listener?: AnyFunction };
      return { event, raw, fn: raw.listener ?? raw };
    }),
  );
}

interface EventModule {
  readonly execute: AnyFunction;
  /** Undefined where the module cannot be written to. */
  readonly slot: Slot | undefined;
}

/** What each listener closes over does not change: it is looked up once. */
const eventModules = new WeakMap<AnyFunction, { module: object | undefined }>();

/**
 * The guide registers `(...args) => event.execute(...args)`: the event module is a variable that this closes over.
 * Its `execute` is the function to track. A module namespace cannot be written to: there the listener is wrapped,
 * and `execute` only tells where it was written.
 */
function eventModuleOf({ event, fn }: ListenerEntry, surroundings: Surroundings): EventModule | undefined {
  let known = eventModules.get(fn);
  if (known === undefined)
    eventModules.set(fn, (known = { module: findEventModule(fn, String(event), surroundings) }));
  const { module } = known;
  if (module === undefined) return undefined;
  const slot = propertySlot(module, 'execute');
  const execute = slot.get();
  return execute && { execute, slot: isNamespace(module) ? undefined : slot };
}

function findEventModule(fn: AnyFunction, event: string, surroundings: Surroundings): object | undefined {
  if (!Function.prototype.toString.call(fn).includes('.execute')) return undefined;
  return [...surroundings.closureOf(fn).values()]
    .flatMap((value) => [value, dataValue(value, 'default')])
    .find(
      (module) => dataValue(module, 'name') === event && typeof dataValue(module, 'execute') === 'function',
    ) as object | undefined;
}

const LIBRARY = /[\\/]node_modules[\\/](discord\.js|@discordjs)[\\/]/;
/** Ours, the observed method's and Node's own `once` come before the caller's. */
const FRAMES = 5;

/** Whether what is called now is called by discord.js itself, as its collectors do. */
function isCalledByLibrary(): boolean {
  return getCallSites(FRAMES, { sourceMap: false }).some(({ scriptName }) => LIBRARY.test(scriptName));
}
