import { types } from 'node:util';
import { ProfilerError } from '../../errors.ts';

/**
 * What can be watched as a cache: a `Map`, a `Set`, or what says its `size` as lru-cache does. Its limit is what it has
 * as `max` or `maxSize`, and how often it was asked for what it had or not in its `stats`, as Keyv has them.
 */
export interface WatchableCache {
  readonly size?: number | undefined;
}

/** A cache of the bot's own, as it is now. */
export interface WatchedCache {
  readonly name: string;
  /** Undefined where it does not say. */
  readonly size: number | undefined;
  readonly limit?: number;
  readonly hits?: number;
  readonly misses?: number;
}

const MOST_WATCHED = 100;

/** The caches that the owner has named. They are not kept alive by it. */
export class WatchedCaches {
  readonly #caches = new Map<string, WeakRef<object>>();

  /**
   * @returns what ends the watch
   * @throws ProfilerError INVALID_CACHE
   */
  watch(name: string, cache: WatchableCache): Disposable {
    if (typeof name !== 'string' || name.trim() === '')
      throw new ProfilerError('INVALID_CACHE', 'has no name');
    if (typeof cache !== 'object' || cache === null) {
      throw new ProfilerError('INVALID_CACHE', 'must be a Map, a Set or an object with a size');
    }
    this.#forgetThoseGone();
    if (this.#caches.size >= MOST_WATCHED && !this.#caches.has(name)) {
      throw new ProfilerError('INVALID_CACHE', `is one too many: there are ${MOST_WATCHED}`);
    }
    const reference = new WeakRef<object>(cache);
    this.#caches.set(name, reference);
    return {
      [Symbol.dispose]: () => {
        if (this.#caches.get(name) === reference) this.#caches.delete(name);
      },
    };
  }

  /** The caches that are still there, by name. */
  *living(): Iterable<[name: string, cache: object]> {
    for (const [name, reference] of this.#caches) {
      const cache = reference.deref();
      if (cache !== undefined) yield [name, cache];
    }
  }

  read(): WatchedCache[] {
    return [...this.living()].map(([name, cache]) => {
      const stats = read(cache, 'stats');
      return {
        name,
        size: sizeOf(cache),
        ...said('limit', numberOf(read(cache, 'max')) || numberOf(read(cache, 'maxSize'))),
        ...(typeof stats === 'object' &&
          stats !== null && {
            ...said('hits', numberOf(read(stats, 'hits'))),
            ...said('misses', numberOf(read(stats, 'misses'))),
          }),
      };
    });
  }

  #forgetThoseGone(): void {
    for (const [name, reference] of this.#caches)
      if (reference.deref() === undefined) this.#caches.delete(name);
  }
}

function sizeOf(cache: object): number | undefined {
  if (types.isMap(cache) || types.isSet(cache)) return cache.size;
  return numberOf(read(cache, 'size')) ?? numberOf(read(cache, 'length'));
}

/** The owner has handed it to us to be asked; what it throws is not ours to throw. */
function read(owner: object, key: string): unknown {
  try {
    return (owner as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function said<Key extends string>(key: Key, value: number | undefined): { readonly [key in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in Key]?: number });
}
