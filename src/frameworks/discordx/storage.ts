import type { Client } from 'discord.js';
import type { AnyFunction } from '../../cog/target.ts';
import { dataValue } from '../objects.ts';
import type { Surroundings } from '../surroundings.ts';

/** What all decorators of the process told discordx, in lists of entries. A reload makes a new one. */
export interface Storage {
  readonly _discords: readonly DecoratedClass[];
}

export interface DecoratedClass {
  readonly _sourceClass: AnyFunction;
  readonly _guards: readonly object[];
}

/** Asked as discordx' own class does: a class of the bot in between may have getters of its own. */
export function storageOf(client: Client): Storage | undefined {
  let holder: object | null = client;
  while (holder !== null && !Object.hasOwn(holder, 'executeInteraction')) {
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  const getter = holder && Object.getOwnPropertyDescriptor(holder, 'instance')?.get;
  const storage: unknown = getter?.call(client);
  return Array.isArray(dataValue(storage, '_discords')) ? (storage as Storage) : undefined;
}

/** What discordx imports its container by: in its ES module, and in the other. */
const CONTAINER = /^DIService\d*$/;
const CONTAINER_PACKAGE = /^import_di\d*$/;

/**
 * The instances of classes with decorators, by class. Only where discordx' own container has them: another may
 * create what it is asked for.
 */
export function instancesIn(
  { _discords }: Storage,
  surroundings: Surroundings,
): ReadonlyMap<unknown, object> {
  const { get } =
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(_discords[0] ?? {}), 'instance') ?? {};
  for (const [name, value] of get === undefined ? [] : surroundings.closureOf(get)) {
    const container = CONTAINER_PACKAGE.test(name) ? (value as { DIService?: unknown }).DIService : value;
    if (container === value && !CONTAINER.test(name)) continue;
    const services = dataValue(dataValue(container, '_engine'), '_services');
    if (services instanceof Map) return services;
  }
  return new Map();
}
