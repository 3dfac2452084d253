import type { EventEmitter } from 'node:events';
import type { AnyFunction } from './target.ts';

/**
 * A place where a function of the bot lives. There is one implementation a kind of place, and one timing proxy
 * for them all. A place has one slot object for as long as it exists: slots are compared by identity.
 */
export interface Slot {
  /** The function that a call would run now, or undefined where there is none any more. */
  get(): AnyFunction | undefined;
  /** Puts a function in the place of the present one. Throws where that cannot be; nothing is changed then. */
  set(fn: AnyFunction): void;
  /**
   * Undoes the last `set`: everything about the place is then as it was before.
   * @param fn what `get()` returned before that
   */
  restore(fn: AnyFunction): void;
  /** The object that has the function as a property, where that is the place. */
  readonly holder?: WeakRef<object>;
}

/** What knows a place, without keeping its holder alive. */
const propertySlots = new WeakMap<object, PropertySlot[]>();

/** The function in `holder[key]`, own or inherited. Accessors count as empty: their getters are never run. */
export function propertySlot(holder: object, key: PropertyKey): Slot {
  const slots = propertySlots.get(holder);
  const known = slots?.find((slot) => slot.key === key);
  if (known !== undefined) return known;
  const slot = new PropertySlot(slots?.[0]?.holder ?? new WeakRef(holder), key);
  // Most holders have one: an array that something is pushed into reserves room for seventeen.
  propertySlots.set(holder, slots === undefined ? [slot] : [...slots, slot]);
  return slot;
}

/** The object that a function is kept in; undefined for places that are no properties, and where it is gone. */
export function holderOf(slot: Slot): object | undefined {
  return slot instanceof PropertySlot ? slot.holder.deref() : undefined;
}

class PropertySlot implements Slot {
  readonly holder: WeakRef<object>;
  readonly key: PropertyKey;
  #inherited = false;

  constructor(holder: WeakRef<object>, key: PropertyKey) {
    this.holder = holder;
    this.key = key;
  }

  get(): AnyFunction | undefined {
    const value = findDescriptor(this.holder.deref() ?? null, this.key)?.value;
    return typeof value === 'function' ? value : undefined;
  }

  set(fn: AnyFunction): void {
    const holder = this.holder.deref();
    if (holder === undefined) throw new Error('The object that held the function is gone.');
    const inherited = !Object.hasOwn(holder, this.key);
    const { enumerable = true, writable = true } = findDescriptor(holder, this.key) ?? {};
    // Of an own property only the value is named: its flags, and its place among the keys, stay.
    const flags = inherited ? { writable, enumerable, configurable: true } : {};
    Object.defineProperty(holder, this.key, { ...flags, value: fn });
    this.#inherited = inherited;
  }

  restore(fn: AnyFunction): void {
    const holder = this.holder.deref();
    if (holder === undefined) return;
    if (this.#inherited) Reflect.deleteProperty(holder, this.key);
    else Object.defineProperty(holder, this.key, { value: fn });
  }
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
 * `listenerCount(event, original)` go on working. A function registered twice for one event is one slot. The slot
 * keeps no listener alive that has been removed: whoever holds the slot would keep a cog that was unloaded.
 * @param raw the entry as `rawListeners()` gives it: of a `once` registration the wrapper that Node made
 */
export function listenerSlot(emitter: EventEmitter, event: string | symbol, raw: AnyFunction): Slot {
  const original: Listener = rawOf.get(raw) ?? raw;
  const events: ListenerSlots = getOrAdd(listenerSlots, emitter, () => new Map());
  const slots = getOrAdd(events, event, () => new WeakMap<Listener, Slot>());
  return getOrAdd(slots, original, () => createListenerSlot(new WeakRef(emitter), event, original));
}

const REMOVED = 'The listener has been removed.';

function createListenerSlot(emitterRef: WeakRef<EventEmitter>, event: string | symbol, raw: Listener): Slot {
  const rawRef = new WeakRef(raw);
  /** The entry of ours in the emitter's list, which holds the raw one, and the function that runs behind it. */
  let placed: { entry: WeakRef<Listener>; fn: WeakRef<AnyFunction> } | undefined;
  return {
    get() {
      const listeners = listenersOf(emitterRef.deref(), event);
      const entry = placed?.entry.deref();
      if (entry !== undefined && listeners.includes(entry)) return placed!.fn.deref();
      const present = rawRef.deref();
      return present !== undefined && listeners.includes(present) ? (present.listener ?? present) : undefined;
    },
    set(fn) {
      const emitter = emitterRef.deref();
      if (emitter === undefined) throw new Error('The emitter is gone.');
      const replaced = rawRef.deref();
      if (replaced === undefined) throw new Error(REMOVED);
      const once = replaced.listener;
      const entry = once === undefined ? fn : onceEntry(emitter, event, fn);
      Object.defineProperty(entry, 'listener', {
        value: once ?? replaced,
        configurable: true,
        writable: true,
      });
      rawOf.set(entry, replaced);
      if (!swap(emitter, event, replaced, entry)) throw new Error(REMOVED);
      placed = { entry: new WeakRef(entry), fn: new WeakRef(fn) };
    },
    restore() {
      const [emitter, entry, replaced] = [emitterRef.deref(), placed?.entry.deref(), rawRef.deref()];
      if (emitter !== undefined && entry !== undefined && replaced !== undefined)
        swap(emitter, event, entry, replaced);
      placed = undefined;
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
