import type { EventEmitter } from 'node:events';
import type { Client } from 'discord.js';
import { listenerSlot, propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction, Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import type { Surroundings } from './surroundings.ts';

/** What each event hands on where the bot keeps such functions elsewhere. */
const DISPATCHED: Partial<Record<string | symbol, readonly string[]>> = {
  interactionCreate: ['command', 'context', 'component', 'modal'],
  messageCreate: ['message'],
};

/** What the bot itself put on its client, by hand or from event modules `{ name, execute }`. */
export const listeners = {
  name: 'client.on',
  packages: [],
  detect: () => true,
  *discover(client, surroundings, found) {
    const entries = listenersOf(client);
    surroundings.prepare(entries.map(({ fn }) => fn));
    const kinds = new Set<string>(found.map(({ kind }) => kind));
    const taken = new Set<Slot>();
    for (const entry of entries) {
      const dispatches = DISPATCHED[entry.event]?.some((kind) => kinds.has(kind)) ?? false;
      for (const discovery of discoverListener(client, entry, taken, surroundings)) {
        yield dispatches ? { ...discovery, dispatches } : discovery;
      }
    }
  },
} as const satisfies FrameworkAdapter;

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
  const place = surroundings.describe(module?.execute ?? fn);
  // discord.js, its collectors and frameworks listen to the client too.
  if (surroundings.isFrameworkCode(place.location)) return;
  const slot = module?.slot && !taken.has(module.slot) ? module.slot : listenerSlot(client, event, raw);
  if (taken.has(slot)) return;
  taken.add(slot);
  yield { ...place, kind: 'listener', name, slot };
}

/**
 * The guide registers `(...args) => event.execute(...args)`: the event module is a variable that this closes over.
 * Its `execute` is the function to track. A module namespace cannot be written to: there the listener is wrapped,
 * and `execute` only tells where it was written.
 */
function eventModuleOf(fn: AnyFunction, event: string, surroundings: Surroundings) {
  if (!Function.prototype.toString.call(fn).includes('.execute')) return undefined;
  for (const value of surroundings.closureOf(fn).values()) {
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
