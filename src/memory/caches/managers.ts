import { types } from 'node:util';
import type { Client } from 'discord.js';
import type { Slices } from '../slices.ts';
import type { WatchedCaches } from './watched.ts';

/** Where discord.js keeps what a manager has; the getter `cache` of some makes a new collection each time. */
const CACHE = '_cache';
/** How discord.js calls the property by which a manager goes by the settings of another. */
const MANAGER_SETTING = 'djs.managers.makeCacheOverride';

type Cache = ReadonlyMap<unknown, unknown>;

/** One cache of discord.js. */
export interface ManagerCache {
  /** What it belongs to, and the property there: such as `guild.members`. The same for all guilds. */
  readonly name: string;
  readonly manager: object;
  readonly cache: Cache;
}

type Holder = 'client' | 'application' | 'guild' | 'channel' | 'message' | 'reaction';

/** How far to look: messages are by far the most numerous. */
export type Depth = 'channels' | 'messages';

/** Waited for where it takes long. */
type Visit = (found: ManagerCache) => void | Promise<void>;

/** A property of a class of objects that holds a manager. */
interface Place {
  readonly key: string;
  /** Such as `guild.members`. */
  readonly name: string;
}

/** Looks for the caches of a client, in slices. */
export class ManagerCaches {
  readonly #client: Client;
  /** By the prototype of the objects that have the managers. */
  readonly #places = new WeakMap<object, readonly Place[]>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The caches that belong to the client itself, which hold what others may refer to. */
  ofClient(): ManagerCache[] {
    const { application } = this.#client;
    return [
      ...this.#of(this.#client, 'client'),
      ...(application ? this.#of(application, 'application') : []),
    ];
  }

  /** Some of all, at once: those of the client, and of its guilds and channels in turn. */
  *some(): Generator<ManagerCache> {
    const own = this.ofClient();
    yield* own;
    for (const { name, cache } of own) {
      const holder = HOLDERS[name];
      if (holder === undefined) continue;
      for (const entry of cache.values()) if (isObject(entry)) yield* this.#of(entry, holder);
    }
  }

  async visit(depth: Depth, slices: Slices, visit: Visit): Promise<void> {
    const own = this.ofClient();
    for (const found of own) await visit(found);
    for (const { name, cache } of own) {
      const holder = HOLDERS[name];
      if (holder === undefined) continue;
      for (const entry of cache.values()) {
        if (slices.isOver) await slices.pause();
        if (!isObject(entry)) continue;
        for (const found of this.#of(entry, holder)) {
          // There are as many as channels: to wait for nothing would take longer than all the rest.
          const visited = visit(found);
          if (visited !== undefined) await visited;
          if (depth === 'messages' && found.name === 'channel.messages')
            await this.#visitMessages(found, slices, visit);
        }
      }
    }
  }

  async #visitMessages({ cache }: ManagerCache, slices: Slices, visit: Visit): Promise<void> {
    for (const message of cache.values()) {
      if (slices.isOver) await slices.pause();
      if (!isObject(message)) continue;
      for (const reactions of this.#of(message, 'message')) {
        // Each message has a manager of reactions; hardly any has reactions.
        if (reactions.cache.size === 0) continue;
        await visit(reactions);
        for (const reaction of reactions.cache.values())
          if (isObject(reaction)) for (const users of this.#of(reaction, 'reaction')) await visit(users);
      }
    }
  }

  #of(owner: object, holder: Holder): ManagerCache[] {
    if (types.isProxy(owner)) return [];
    const found: ManagerCache[] = [];
    for (const { key, name } of this.#placesIn(owner, holder)) {
      // Of the first of its class it was no getter: to look at each would take three times as long.
      const manager = (owner as Readonly<Record<string, unknown>>)[key];
      const cache = cacheOf(manager);
      if (cache !== undefined) found.push({ name, manager: manager as object, cache });
    }
    return found;
  }

  /** Objects of one class have the same properties: what the first of them has is looked for in all. */
  #placesIn(owner: object, holder: Holder): readonly Place[] {
    const prototype = Object.getPrototypeOf(owner) as object;
    let places = this.#places.get(prototype);
    if (places === undefined) {
      places = Object.keys(owner)
        .filter((key) => cacheOf(valueAt(owner, key)) !== undefined)
        .map((key) => ({ key, name: `${holder}.${key}` }));
      this.#places.set(prototype, places);
    }
    return places;
  }
}

/** Whose entries have caches of their own. */
const HOLDERS: Readonly<Record<string, Holder>> = { 'client.guilds': 'guild', 'client.channels': 'channel' };

/** The setting of `makeCache` that a manager goes by. */
export function settingOf(manager: object): string {
  const own = manager.constructor;
  for (let at: unknown = own; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const symbol = Object.getOwnPropertySymbols(at).find(
      ({ description }) => description === MANAGER_SETTING,
    );
    const override: unknown = symbol && valueAt(at, symbol);
    if (typeof override === 'function') return override.name;
  }
  return own.name;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function cacheOf(manager: unknown): Cache | undefined {
  if (!isObject(manager) || types.isProxy(manager)) return undefined;
  const { [CACHE]: cache } = manager as { [CACHE]?: unknown };
  return types.isMap(cache) ? cache : undefined;
}

function valueAt(owner: object, key: string | symbol): unknown {
  return Object.getOwnPropertyDescriptor(owner, key)?.value;
}

/** How much is in all of them, by name. */
export async function countCaches(
  managers: ManagerCaches,
  watched: WatchedCaches,
  slices: Slices,
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  await managers.visit('channels', slices, ({ name, cache }) => {
    sizes.set(name, (sizes.get(name) ?? 0) + cache.size);
  });
  for (const { name, size } of watched.read()) if (size !== undefined) sizes.set(name, size);
  return sizes;
}
