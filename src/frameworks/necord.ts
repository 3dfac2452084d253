import { original } from '../cog/attach.ts';
import { propertySlot } from '../cog/slots.ts';
import type { AnyFunction, Discovery, TargetKindName } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { completionBranches } from './completions.ts';
import { discoverMethods } from './methods.ts';
import { discoveriesOf, heardBy, type NamedDiscovery } from './necord/discoveries.ts';
import { type Provider, providersOf } from './necord/nest.ts';
import { listenersOfPackage } from './package-listeners.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Necord, on Nest: providers with decorated methods. What is called for these has all guards, interceptors and pipes
 * in it, and so has its time. It is made while the application starts.
 */
export const necord = {
  name: 'Necord',
  packages: ['necord', '@nestjs/'],
  // Only where the client's listeners were written tells.
  detect: () => true,
  *discover(client, surroundings) {
    const listeners = listenersOfPackage(client, 'necord', surroundings);
    if (listeners.length === 0) return;
    const providers = providersOf(client, listeners, surroundings);
    surroundings.prepare(providers.map(({ type }) => type));
    const services = providers.filter(({ type }) => packageOf(type, surroundings) === 'necord');
    for (const found of [...discoveriesOf(services), ...heardBy(listeners, surroundings)]) {
      yield* discoverHandler(found, surroundings);
    }
    for (const provider of providers) {
      if (packageOf(provider.type, surroundings) === NONE) yield* discoverProvider(provider, surroundings);
    }
  },
} as const satisfies FrameworkAdapter;

/** The bot's own code is of no package. */
const NONE = '';

function packageOf(type: AnyFunction, surroundings: Surroundings): string | undefined {
  const location = surroundings.locationOf(type);
  return location && (surroundings.packageOf(location) ?? NONE);
}

/** Called with `[interaction], discovery`, also to complete the options of a command. */
const { command: RUN } = completionBranches(([context]) => (context as readonly unknown[])[0]);

function* discoverHandler(
  { object, kind, name }: NamedDiscovery,
  surroundings: Surroundings,
): Iterable<Discovery> {
  const { discovery, contextCallback } = object;
  if (discovery === undefined || contextCallback === undefined) return;
  const { location } = surroundings.describe(discovery.handler);
  yield {
    cog: surroundings.describe(discovery.class).cog,
    kind,
    name,
    slot: propertySlot(object, 'contextCallback'),
    ...(kind === 'command' && { branch: RUN }),
    ...(location && { location }),
  };
}

/** What Nest, or Necord's `AutocompleteInterceptor`, looks up on an instance of each subtype; the first there is. */
const AROUND_HANDLERS: readonly { subtype: string; key: string; kind: TargetKindName }[] = [
  { subtype: 'guard', key: 'canActivate', kind: 'precondition' },
  { subtype: 'interceptor', key: 'transformOptions', kind: 'autocomplete' },
  { subtype: 'interceptor', key: 'intercept', kind: 'precondition' },
];

/** What Nest calls once, at the start or the end. */
const LIFECYCLE = [
  'configure',
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
];

function* discoverProvider(
  { object, type, subtype }: Provider,
  surroundings: Surroundings,
): Iterable<Discovery> {
  const { cog } = surroundings.describe(type);
  const around = AROUND_HANDLERS.find(
    (candidate) => candidate.subtype === subtype && propertySlot(object, candidate.key).get() !== undefined,
  );
  if (around !== undefined) {
    const slot = propertySlot(object, around.key);
    const { location } = surroundings.describe(slot.get()!);
    yield { cog, kind: around.kind, name: type.name, slot, ...(location && { location }) };
  }
  const except = [...LIFECYCLE, ...(around ? [around.key] : [])];
  for (const method of discoverMethods(object, type.name, surroundings, { cog, except })) {
    if (!isDecorated(method)) yield method;
  }
}

interface ReflectMetadata {
  getOwnMetadataKeys?(target: object): readonly unknown[];
}

/** Who reads what decorators left on a method has taken the method from there, too, to call it. */
function isDecorated({ slot }: Discovery): boolean {
  const fn = slot.get();
  const { getOwnMetadataKeys } = Reflect as ReflectMetadata;
  return fn !== undefined && (getOwnMetadataKeys?.(original(fn)).length ?? 0) > 0;
}
