/** A storage adapter for Keyv, or a Map: the part that all of them share. */
export interface KeyvStorage {
  get(key: string): unknown;
  set(key: string, value: string, time?: number): unknown;
  delete(key: string): unknown;
  clear(): unknown;
}

/** A Keyv, of version 6 or 5: the part of it that is used. */
export interface KeyvLike extends KeyvStorage {
  readonly store: object;
  readonly stats: unknown;
  getMany(keys: string[]): Promise<unknown>;
  deleteMany(keys: string[]): Promise<unknown>;
}

/** What emits `error`: Keyv 5 and 6, and most adapters. */
export interface Emitter {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
}

export function isStorage(value: unknown): value is KeyvStorage {
  return hasMethods(value, ['get', 'set', 'delete', 'clear']);
}

/** Adapters that wrap another have a `store` too, but only a Keyv counts hits and misses. */
export function isKeyv(value: unknown): value is KeyvLike {
  return (
    isStorage(value) && hasMethods(value, ['getMany', 'deleteMany']) && 'store' in value && 'stats' in value
  );
}

export function isEmitter(value: unknown): value is Emitter {
  return hasMethods(value, ['on', 'off']);
}

export function hasMethods(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

/**
 * The same Keyv, in whose eyes `throwOnErrors` is set. Keyv 5 swallows what its store throws on reading, and tells
 * nobody, unless that option is on; but the option of the owner's Keyv is the owner's. Keyv 6 has no such option
 * and emits each error, so it stays as it is.
 */
export function throwing(keyv: KeyvLike): KeyvLike {
  if (!('throwOnErrors' in keyv)) return keyv;
  const { opts } = keyv as unknown as { opts: object };
  // The setter writes to `opts` as well: give it a layer of its own there, over the owner's.
  const view = Object.create(keyv, { opts: { value: Object.create(opts) } }) as KeyvLike;
  (view as unknown as { throwOnErrors: boolean }).throwOnErrors = true;
  return view;
}
