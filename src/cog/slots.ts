import type { EventEmitter } from 'node:events';
import type { AnyFunction } from './target.ts';

/**
 * A place where a function of the bot lives. There is one implementation a kind of place, and one timing proxy
 * for them all. A place has one slot object for as long as it exists: slots are compared by identity.
 */
export interface Slot {
  /** The function that a call would run now, or undefined where there is none any more. */
  get(): AnyFunction | undefined;
  /**
   * Puts a function in the place of the present one.
   * @returns the undo, which restores the holder to exactly what it was; only valid while `get()` is still `fn`
   * @throws where the place cannot be written to; nothing is changed then
   */
  set(fn: AnyFunction): () => void;
}

const propertySlots = new WeakMap<object, Map<PropertyKey, Slot>>();

/** The function in `holder[key]`, own or inherited. Accessors count as empty: their getters are never run. */
export function propertySlot(holder: object, key: PropertyKey): Slot {
  const slots = getOrAdd(propertySlots, holder, () => new Map<PropertyKey, Slot>());
  return getOrAdd(slots, key, () => createPropertySlot(new WeakRef(holder), key));
}

function createPropertySlot(holderRef: WeakRef<object>, key: PropertyKey): Slot {
  return {
    get() {
      const value = findDescriptor(holderRef.deref() ?? null, key)?.value;
      return typeof value === 'function' ? value : undefined;
    },
    set(fn) {
      const holder = holderRef.deref();
      if (holder === undefined) throw new Error('The object that held the function is gone.');
      const own = Object.getOwnPropertyDescriptor(holder, key);
      const enumerable = (own ?? findDescriptor(holder, key))?.enumerable ?? true;
      // Of an own property only the value is named: its flags and its place among the keys stay.
      const change = own === undefined ? { writable: true, enumerable, configurable: true } : {};
      Object.defineProperty(holder, key, { ...change, value: fn });
      return () => {
        if (own === undefined) Reflect.deleteProperty(holder, key);
        else Object.defineProperty(holder, key, own);
      };
    },
  };
}

function findDescriptor(holder: object | null, key: PropertyKey): PropertyDescriptor | undefined {
  for (let object = holder; object !== null; object = Object.getPrototypeOf(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

/** What Node's EventEmitter and its lookalikes keep: one listener, or a list of them, an event. */
type ListenerTable = Record<PropertyKey, Listener | Listener[] | undefined>;
type Listener = AnyFunction & { listener?: AnyFunction };
type ListenerSlots = Map<string | symbol, WeakMap<Listener, Slot>>;

const listenerSlots = new WeakMap<EventEmitter, ListenerSlots>();
/** The entries of ours in the lists of emitters, and the raw listeners that they stand for. */
const rawOf = new WeakMap<Listener, Listener>();

/**
 * One listener of an emitter. It is swapped in place in the emitter's own list, so that the order stays, and
 * what stands there carries the original as `listener`, so that `off(original)`, `listeners()` and
 * `listenerCount(event, original)` go on working. A function registered twice for one event is one slot.
 * @param raw the entry as `rawListeners()` gives it: of a `once` registration the wrapper that Node made
 */
export function listenerSlot(emitter: EventEmitter, event: string | symbol, raw: AnyFunction): Slot {
  const original: Listener = rawOf.get(raw) ?? raw;
  const events: ListenerSlots = getOrAdd(listenerSlots, emitter, () => new Map());
  const slots = getOrAdd(events, event, () => new WeakMap<Listener, Slot>());
  return getOrAdd(slots, original, () => createListenerSlot(new WeakRef(emitter), event, original));
}

function createListenerSlot(emitterRef: WeakRef<EventEmitter>, event: string | symbol, raw: Listener): Slot {
  const once = raw.listener;
  /** The entry of ours in the emitter's list, and the function that runs behind it. */
  let placed: { entry: Listener; fn: AnyFunction } | undefined;
  return {
    get() {
      const listeners = listenersOf(emitterRef.deref(), event);
      if (placed !== undefined && listeners.includes(placed.entry)) return placed.fn;
      return listeners.includes(raw) ? (once ?? raw) : undefined;
    },
    set(fn) {
      const emitter = emitterRef.deref();
      if (emitter === undefined) throw new Error('The emitter is gone.');
      const entry = once === undefined ? fn : onceEntry(emitter, event, fn);
      Object.defineProperty(entry, 'listener', { value: once ?? raw, configurable: true, writable: true });
      rawOf.set(entry, raw);
      if (!swap(emitter, event, raw, entry)) throw new Error('The listener has been removed.');
      placed = { entry, fn };
      return () => {
        placed = undefined;
        swap(emitter, event, entry, raw);
      };
    },
  };
}

/** Node's own once-wrapper would look for itself in the list, miss, and stay: ours removes itself. */
function onceEntry(emitter: EventEmitter, event: string | symbol, fn: AnyFunction): Listener {
  let fired = false;
  const entry: Listener = function (this: unknown, ...args) {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(event, entry);
    return Reflect.apply(fn, this, args);
  };
  return entry;
}

function swap(emitter: EventEmitter, event: string | symbol, from: Listener, to: Listener): boolean {
  const table = tableOf(emitter);
  if (table === undefined || !listenersOf(emitter, event).includes(from)) return false;
  const listeners = table[event];
  if (!Array.isArray(listeners)) table[event] = to;
  else for (const [index, listener] of listeners.entries()) if (listener === from) listeners[index] = to;
  return true;
}

function listenersOf(emitter: EventEmitter | undefined, event: string | symbol): readonly Listener[] {
  const listeners = emitter && tableOf(emitter)?.[event];
  return Array.isArray(listeners) ? listeners : listeners === undefined ? [] : [listeners];
}

function tableOf(emitter: EventEmitter): ListenerTable | undefined {
  return (emitter as unknown as { _events?: ListenerTable })._events;
}

interface Lookup<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

function getOrAdd<K, V>(lookup: Lookup<K, V>, key: K, create: () => V): V {
  let value = lookup.get(key);
  if (value === undefined) {
    value = create();
    lookup.set(key, value);
  }
  return value;
}
