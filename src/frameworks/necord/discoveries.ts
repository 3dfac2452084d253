import type { AnyFunction, TargetKindName } from '../../cog/target.ts';
import { dataValue } from '../objects.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Provider } from './nest.ts';

/** What Necord made of a decorator on a method. It looks `contextCallback` up on each call. */
interface NecordDiscovery {
  readonly contextCallback?: AnyFunction;
  readonly discovery?: { readonly class: AnyFunction; readonly handler: AnyFunction };
  readonly meta: { readonly name?: string; readonly customId?: string; readonly event?: string | symbol };
  /** Of a command that has some; then its own callback is not called. */
  readonly subcommands?: ReadonlyMap<string, NecordDiscovery>;
}

export interface NamedDiscovery {
  readonly object: NecordDiscovery;
  readonly kind: TargetKindName;
  readonly name: string;
}

/** The services of Necord that have what the bot's methods are called for, in `cache`. */
const SERVICES: Readonly<Record<string, TargetKindName>> = {
  SlashCommandsService: 'command',
  ContextMenusService: 'context',
  MessageComponentsService: 'component',
  ModalsService: 'modal',
  TextCommandsService: 'message',
};

export function* discoveriesOf(providers: readonly Provider[]): Iterable<NamedDiscovery> {
  for (const { object: service, type } of providers) {
    const kind = SERVICES[type.name];
    const cache = dataValue(service, 'cache');
    if (kind === undefined || !(cache instanceof Map)) continue;
    // A text command is there under each of its names.
    for (const object of new Set(cache.values())) yield* namedDiscoveries(object, kind);
  }
}

function* namedDiscoveries(
  object: NecordDiscovery,
  kind: TargetKindName,
  parent = '',
): Iterable<NamedDiscovery> {
  const name = `${parent}${object.meta?.name ?? object.meta?.customId}`;
  if (object.subcommands === undefined || object.subcommands.size === 0) yield { object, kind, name };
  for (const subcommand of object.subcommands?.values() ?? []) {
    yield* namedDiscoveries(subcommand, kind, `${name} `);
  }
}

/** What a listener calls does not change. */
const heard = new WeakMap<AnyFunction, NecordDiscovery | undefined>();

/** What Necord's listeners on the client call; one that the application provides under two names, once. */
export function* heardBy(
  listeners: readonly AnyFunction[],
  surroundings: Surroundings,
): Iterable<NamedDiscovery> {
  for (const listener of listeners) {
    if (heard.has(listener)) continue;
    heard.set(listener, surroundings.closureOf(listener).get('listener') as NecordDiscovery | undefined);
  }
  for (const object of new Set(listeners.map((listener) => heard.get(listener)))) {
    if (object?.meta?.event !== undefined)
      yield { object, kind: 'listener', name: String(object.meta.event) };
  }
}
