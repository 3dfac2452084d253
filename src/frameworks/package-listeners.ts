import type { Client } from 'discord.js';
import type { AnyFunction } from '../cog/target.ts';
import type { Surroundings } from './surroundings.ts';

/** The listeners that a package has put on a client; those of `once` themselves, without what Node wraps them in. */
export function listenersOfPackage(client: Client, name: string, surroundings: Surroundings): AnyFunction[] {
  const listeners = client
    .eventNames()
    .flatMap((event) => client.listeners(event as 'debug')) as AnyFunction[];
  surroundings.prepare(listeners);
  return listeners.filter((fn) => surroundings.packageOf(surroundings.locationOf(fn)) === name);
}
