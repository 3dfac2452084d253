import { Keyv } from 'keyv';
import { ProfilerError } from '../errors.ts';
import { ExpiringMap } from './expiring-map.ts';
import { KeyvBacking } from './keyv-backing.ts';
import { hasMethods, isKeyv, isStorage, type KeyvLike, type KeyvStorage } from './keyv-like.ts';
import { SCHEMES } from './schemes/index.ts';
import type { Scheme, SchemeHooks } from './schemes/scheme.ts';

/** How long a store may take for one call. */
const DEADLINE_MS = 5_000;

/**
 * What the rest of cogscope sees of any store. Values are base64-like ASCII strings. Every method rejects with a
 * `StoreError` when the store failed, answered with garbage, or did not answer in time; none throws.
 */
export interface Backing {
  /** Such as `SQLite ./cogscope/profile.sqlite`, `Redis` or `memory`: for people, and without credentials. */
  readonly label: string;
  /** Whether other processes can see what is written here. */
  readonly shared: boolean;
  /** In the order of the keys, `undefined` for what is not there or has expired. */
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** @param expiresAtEpochMs Kept for ever if it is left out; what is over already is deleted. */
  set(key: string, value: string, expiresAtEpochMs?: number): Promise<void>;
  deleteMany(keys: readonly string[]): Promise<void>;
  /** What the store takes on disk, where that is known. */
  sizeBytes?(): number | undefined;
  /** Closes what was opened for a URI; what the owner passed stays open. No call comes after it. */
  close(): Promise<void>;
}

/**
 * Where to keep things: a Keyv (6 or 5) as its owner set it up, a storage adapter for Keyv, a Map, or a URI such as
 * `sqlite:./cogscope/profile.sqlite` or `redis://localhost:6379`.
 */
export type StoreOption = KeyvStorage | string;

export interface BackingHooks extends SchemeHooks {
  /** How long the store may take for one call; 5,000 unless told. */
  readonly deadlineMs?: number;
}

/** A Keyv on a Map: the store of a bot whose owner wants nothing kept. */
export function memoryBacking(): Backing {
  const keyv = new Keyv({ store: new ExpiringMap(), serialization: false });
  return new KeyvBacking(keyv, { label: 'memory', shared: false, deadlineMs: DEADLINE_MS });
}

/**
 * Opens what the owner named. A server that is not there, or a file that is locked, is no error here: the calls say
 * so, until it is there.
 *
 * @throws ProfilerError `STORE_UNKNOWN_URI`, `STORE_UNAVAILABLE`, `STORE_FROM_THE_FUTURE`, or `INVALID_OPTION` for
 * what is no store at all.
 */
export async function openBacking(store: StoreOption, hooks: BackingHooks): Promise<Backing> {
  const { deadlineMs = DEADLINE_MS } = hooks;
  if (typeof store !== 'string') return new KeyvBacking(...ownersKeyv(store, deadlineMs));
  const [scheme, rest] = schemeOf(store);
  const { storage, ...about } = await scheme.open(store, rest, hooks);
  return new KeyvBacking(new Keyv({ store: storage }), { ...about, deadlineMs });
}

function schemeOf(uri: string): [scheme: Scheme, rest: string] {
  // Of a URI that has no scheme nothing is shown: it may be a password at the wrong place.
  const [, name = '', rest = ''] = /^([a-z][a-z\d+.-]*):(.*)$/is.exec(uri) ?? [];
  const scheme = SCHEMES.find(({ names }) => names.includes(name.toLowerCase()));
  if (scheme !== undefined) return [scheme, rest];
  const examples = SCHEMES.map(({ example }) => example);
  throw new ProfilerError('STORE_UNKNOWN_URI', name, examples);
}

function ownersKeyv(store: KeyvStorage, deadlineMs: number): ConstructorParameters<typeof KeyvBacking> {
  if (!isStorage(store))
    throw new ProfilerError(
      'INVALID_OPTION',
      'store',
      'must be a Keyv, a storage adapter for Keyv, or a URI',
    );
  const keyv = isKeyv(store) ? store : keyvOver(store);
  const storage = innermost(keyv);
  const inMemory = storage instanceof Map;
  return [
    keyv,
    {
      label: `Keyv on ${storage.constructor.name}`,
      shared: !inMemory,
      deadlineMs,
      sizeBytes: hasMethods(storage, ['sizeBytes']) ? () => (storage as Sized).sizeBytes() : undefined,
    },
  ];
}

function keyvOver(storage: KeyvStorage): KeyvLike {
  const keyv = new Keyv({ store: storage });
  // It passes on what the owner's adapter emits, also once nobody here listens; unheard, that would throw.
  keyv.on('error', () => {});
  return keyv;
}

interface Sized {
  sizeBytes(): number | undefined;
}

/** Keyv wraps what does not speak its newest language; the name of the wrapper would tell people nothing. */
function innermost(keyv: KeyvLike): object {
  let storage: object = keyv.store;
  while ('store' in storage && typeof storage.store === 'object' && storage.store !== null)
    storage = storage.store;
  return storage;
}
