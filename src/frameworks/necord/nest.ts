import type { Client } from 'discord.js';
import type { AnyFunction } from '../../cog/target.ts';
import { keysOf } from '../internals.ts';
import { dataValue } from '../objects.ts';
import type { Surroundings } from '../surroundings.ts';

/** What Nest knows of one thing that it can inject. */
interface InstanceWrapper {
  readonly instance: unknown;
  /** Of what Nest puts around handlers: `guard`, `interceptor`, `pipe` or `filter`. */
  readonly subtype?: string;
  /** Whether it stands for another. */
  readonly isAlias?: boolean;
  /** False where each request gets an instance of its own. */
  readonly isTreeStatic?: boolean;
  readonly isTransient?: boolean;
}

interface NestModule {
  readonly providers: ReadonlyMap<unknown, InstanceWrapper>;
  readonly injectables: ReadonlyMap<unknown, InstanceWrapper>;
}

type NestModules = ReadonlyMap<unknown, NestModule>;

/** An instance of a class in a Nest application. */
export interface Provider {
  readonly object: object;
  readonly type: AnyFunction;
  readonly subtype: string | undefined;
}

const known = new WeakMap<Client, NestModules>();

/**
 * All that lives as long as the application of a client. Nest keeps its applications to itself, and Necord's
 * listeners only know theirs as `this`, which cannot be seen. But they see the decorator of Necord's own listeners,
 * and that sees a class of Nest's which has a WeakMap by application.
 * @param listeners Necord's on the client
 */
export function providersOf(
  client: Client,
  listeners: readonly AnyFunction[],
  surroundings: Surroundings,
): Provider[] {
  const modules = known.get(client) ?? findModules(client, listeners, surroundings);
  if (modules === undefined) return [];
  known.set(client, modules);
  const providers = new Map<unknown, Provider>();
  for (const { object, wrapper } of instancesIn(modules)) {
    const type = dataValue(object, 'constructor');
    const lives = wrapper.isTreeStatic === true && wrapper.isTransient !== true && wrapper.isAlias !== true;
    if (!lives || typeof type !== 'function' || type === Object || object === client) continue;
    providers.set(object, { object, type: type as AnyFunction, subtype: wrapper.subtype });
  }
  return [...providers.values()];
}

function findModules(
  client: Client,
  listeners: readonly AnyFunction[],
  surroundings: Surroundings,
): NestModules | undefined {
  for (const listener of listeners) {
    const decorators = surroundings.closureOf(listener).get('decorators_1') as Decorators | undefined;
    if (typeof decorators?.CustomListener !== 'function') continue;
    const nest = surroundings.closureOf(decorators.CustomListener).get('discoverable_meta_host_collection_1');
    const byApplication = (nest as MetaHosts | undefined)?.DiscoverableMetaHostCollection?.providersByMetaKey;
    const applications = byApplication instanceof WeakMap ? keysOf(byApplication) : [];
    return (applications as NestModules[]).find((modules) =>
      instancesIn(modules).some(({ object }) => object === client),
    );
  }
  return undefined;
}

interface Decorators {
  readonly CustomListener?: AnyFunction;
}

interface MetaHosts {
  readonly DiscoverableMetaHostCollection?: { readonly providersByMetaKey?: unknown };
}

function instancesIn(modules: NestModules): { object: object; wrapper: InstanceWrapper }[] {
  return [...modules.values()]
    .flatMap(({ providers, injectables }) => [...providers.values(), ...injectables.values()])
    .flatMap((wrapper) => {
      const object = wrapper.instance;
      return typeof object === 'object' && object !== null ? [{ object, wrapper }] : [];
    });
}
