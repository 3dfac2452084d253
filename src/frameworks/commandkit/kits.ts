import type { Client } from 'discord.js';
import type { AnyFunction } from '../../cog/target.ts';
import { privateField } from '../internals.ts';
import { dataValue } from '../objects.ts';
import { listenersOfPackage } from '../package-listeners.ts';
import type { Surroundings } from '../surroundings.ts';

/** What the bot gave to CommandKit, which keeps there what it has loaded. */
export interface KitOptions {
  readonly client: Client;
  readonly commandsPath?: string;
  readonly eventsPath?: string;
  readonly validationsPath?: string;
  readonly commandHandler?: { readonly commands: readonly object[] };
  readonly eventHandler?: { readonly events: readonly { name: string; functions: AnyFunction[] }[] };
  readonly validationHandler?: { readonly validations: AnyFunction[] };
}

interface Knowledge {
  readonly kits: Map<object, KitOptions>;
  /** Listeners whose variables were looked at. */
  readonly seen: WeakSet<AnyFunction>;
  /** How many listeners of kits there were when it was decided whether to search all of memory. */
  searchedWith: number;
}

const knowledge = new WeakMap<Client, Knowledge>();

/** The kits of a client that are known so far. */
export function knownKits(client: Client): ReadonlyMap<object, KitOptions> {
  return knowledge.get(client)?.kits ?? new Map();
}

/**
 * The kits of a client. Nothing on the client leads to them but the listeners that they have put there: those of
 * event files close over the kit. Those of commands only know it as `this`, which cannot be seen: for a bot without
 * event files all of memory is searched, once, where there is little.
 */
export function kitsOf(client: Client, surroundings: Surroundings): ReadonlyMap<object, KitOptions> {
  const listeners = listenersOfPackage(client, 'commandkit', surroundings);
  if (listeners.length === 0) return knownKits(client);
  let known = knowledge.get(client);
  if (known === undefined) {
    known = { kits: new Map(), seen: new WeakSet(), searchedWith: 0 };
    knowledge.set(client, known);
  }
  const { kits, seen } = known;
  for (const listener of listeners) {
    if (seen.has(listener)) continue;
    seen.add(listener);
    learn(surroundings.closureOf(listener).get('handler'), client, kits);
  }
  if (kits.size === 0 && known.searchedWith !== listeners.length) {
    known.searchedWith = listeners.length;
    if (surroundings.canSearch()) {
      for (const kit of allKits(listeners[0]!, surroundings)) learn(kit, client, kits);
    }
  }
  return kits;
}

function learn(kit: unknown, client: Client, kits: Map<object, KitOptions>): void {
  if (typeof kit !== 'object' || kit === null || kits.has(kit)) return;
  const options = privateField(kit, '#data');
  if (dataValue(options, 'client') === client) kits.set(kit, options as KitOptions);
}

function allKits(listener: AnyFunction, surroundings: Surroundings): object[] {
  const prototype = dataValue(surroundings.closureOf(listener).get('CommandKit'), 'prototype');
  return typeof prototype === 'object' && prototype !== null ? surroundings.instancesOf(prototype) : [];
}
