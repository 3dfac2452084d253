import type { Client } from 'discord.js';
import type { ManagerCaches } from '../caches/managers.ts';
import { apartFrom } from '../caches/report.ts';
import type { WatchedCaches } from '../caches/watched.ts';
import { ClassNames } from '../classes/class-name.ts';
import { Slices } from '../slices.ts';

/** How much of the caches is looked at for the classes that may be in them. */
const MOST_CACHES_LOOKED_AT = 400;

/**
 * Looks for the objects of a class in what discord.js caches, and in the owner's own caches: not in the heap, so that
 * the bot is not held up.
 * @param use what is wanted of each object, of the first `most`
 */
export async function findInCaches<T>(
  name: string,
  most: number,
  use: (object: object) => T,
  { client, managers, watched }: Places,
): Promise<{ count: number; found: T[] }> {
  const slices = new Slices();
  const names = new ClassNames();
  const found: T[] = [];
  let count = 0;
  const look = (entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || names.of(entry) !== name) return;
    if (count++ < most) found.push(use(entry));
  };
  const { isElsewhere } = apartFrom(client, managers.ofClient());
  const own = new Set(managers.ofClient().map(({ cache }) => cache));
  await managers.visit('messages', slices, async (cached) => {
    for (const [key, entry] of cached.cache) {
      if (slices.isOver) await slices.pause();
      // Channels are in the cache of their guild as well.
      if (own.has(cached.cache) || !isElsewhere(cached, key, entry)) look(entry);
    }
  });
  for (const [, cache] of watched.living()) {
    for (const entry of entriesOf(cache)) {
      if (slices.isOver) await slices.pause();
      look(entry);
    }
  }
  return { count, found };
}

export interface Places {
  readonly client: Client;
  readonly managers: ManagerCaches;
  readonly watched: WatchedCaches;
}

/** Names of classes that are in caches now, as far as a first look tells. */
export function cachedClasses({ managers, watched }: Places): string[] {
  const names = new ClassNames();
  const classes = new Set<string>();
  const look = (entry: unknown) => {
    if (typeof entry === 'object' && entry !== null) classes.add(names.of(entry));
  };
  let looked = 0;
  for (const { cache } of managers.some()) {
    for (const entry of cache.values()) {
      look(entry);
      if (++looked % 4 === 0) break;
    }
    if (looked > MOST_CACHES_LOOKED_AT) break;
  }
  for (const [, cache] of watched.living()) {
    for (const entry of entriesOf(cache)) {
      look(entry);
      break;
    }
  }
  return [...classes].sort();
}

function entriesOf(cache: object): Iterable<unknown> {
  if (cache instanceof Map) return Map.prototype.values.call(cache);
  return cache instanceof Set ? Set.prototype.values.call(cache) : [];
}
