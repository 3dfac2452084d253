import fc from 'fast-check';
import type { AnyFunction } from '../../../src/cog/target.ts';
import { close, type Integrity, integrity } from './functions.ts';
import type { World } from './world.ts';

/** Where a function lives. */
export interface Holding {
  readonly owner: keyof typeof OWNERS;
  readonly key: keyof typeof KEYS;
  /** How many prototypes lie between the holder and the owner of the property. */
  readonly depth: number;
  readonly accessor: boolean;
  readonly writable: boolean;
  readonly enumerable: boolean;
  readonly configurable: boolean;
  readonly integrity: Integrity;
  readonly behindProxy: boolean;
}

const OWNERS = {
  object: () => ({}),
  'null-prototype object': () => Object.create(null),
  array: () => ['zeroth', 'first'],
  function: () => () => undefined,
  class: () =>
    class {
      static other = 1;
      other = 2;
    },
  'prototype of a class': () =>
    class {
      other() {
        return 1;
      }
    }.prototype,
} satisfies Record<string, () => object>;

const KEYS = {
  string: 'run',
  save: 'save',
  constructor: 'constructor',
  index: 1,
  'index beyond': 5,
  symbol: Symbol('run'),
  registered: Symbol.for('run'),
} satisfies Record<string, PropertyKey>;

export const holding: fc.Arbitrary<Holding> = fc.record({
  owner: fc.constantFrom(...(Object.keys(OWNERS) as (keyof typeof OWNERS)[])),
  key: fc.constantFrom(...(Object.keys(KEYS) as (keyof typeof KEYS)[])),
  depth: fc.integer({ min: 0, max: 3 }),
  accessor: usually(false),
  writable: usually(true),
  enumerable: fc.boolean(),
  configurable: usually(true),
  integrity,
  behindProxy: usually(false),
});

function usually(value: boolean): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.boolean() });
}

export interface Place {
  /** What the bot has in its hands, and what is handed to the slot. */
  readonly holder: Record<PropertyKey, AnyFunction>;
  readonly key: PropertyKey;
  /** The holder itself and its prototypes, without a Proxy. */
  readonly chain: readonly object[];
}

export function hold(shape: Holding, fn: AnyFunction, world: World): Place {
  const key = KEYS[shape.key];
  const { writable, enumerable, configurable } = shape;
  const owner: object = OWNERS[shape.owner]();
  Object.defineProperty(owner, key, {
    ...(shape.accessor ? { get: getter(fn, world) } : { value: fn, writable }),
    enumerable,
    configurable,
  });
  Object.assign(owner, { after: 1 });
  const chain = [owner];
  for (let depth = 0; depth < shape.depth; depth++) {
    chain.unshift(Object.assign(Object.create(chain[0]!), { [`level ${depth}`]: depth }));
  }
  const holder = chain[0]!;
  close(holder, shape.integrity);
  const seen = shape.behindProxy ? world.trapped(holder, 'holder') : world.name(holder, 'holder');
  return { holder: seen as Record<PropertyKey, AnyFunction>, key, chain };
}

function getter(fn: AnyFunction, world: World): () => AnyFunction {
  return () => {
    world.look('getter of the holder');
    return fn;
  };
}

/** Whether a proxy can be put there. */
export function isAttachable({ accessor, depth, integrity, writable, configurable }: Holding): boolean {
  if (accessor) return false;
  if (depth > 0) return integrity === 'open';
  if (integrity === 'frozen') return false;
  return writable || (configurable && integrity !== 'sealed');
}

/** All that can be seen of objects without a look at what accessors give. */
export class Snapshot {
  readonly #seen: readonly Seen[];

  constructor(...objects: readonly object[]) {
    this.#seen = objects.map(see);
  }

  /** What is not as it was, in words. */
  differences(): string[] {
    return this.#seen.flatMap((before, index) =>
      differences(before, see(before.object)).map((difference) => `object ${index}: ${difference}`),
    );
  }
}

interface Seen {
  readonly object: object;
  readonly prototype: object | null;
  readonly extensible: boolean;
  readonly keys: readonly PropertyKey[];
  readonly descriptors: ReadonlyMap<PropertyKey, PropertyDescriptor>;
}

/** How a function looks from outside. */
export function surface(fn: AnyFunction): Seen {
  const seen = see(fn);
  // The order of the hidden ones is not its own choice: V8 has given a constructor its `prototype` before. And a
  // proxy is not closed to changes, as a listener's carries the original.
  const keys = seen.keys.filter((key) => seen.descriptors.get(key)!.enumerable);
  return { ...seen, keys, extensible: true };
}

function see(object: object): Seen {
  const keys = Reflect.ownKeys(object);
  return {
    object,
    prototype: Object.getPrototypeOf(object),
    extensible: Object.isExtensible(object),
    keys,
    descriptors: new Map(keys.map((key) => [key, Object.getOwnPropertyDescriptor(object, key)!])),
  };
}

export function differences(before: Seen, after: Seen): string[] {
  const found: string[] = [];
  if (before.prototype !== after.prototype) found.push('prototype');
  if (before.extensible !== after.extensible) found.push('extensible');
  if (String(before.keys.map(String)) !== String(after.keys.map(String)))
    found.push(`keys ${before.keys.map(String)} → ${after.keys.map(String)}`);
  for (const key of new Set([...before.descriptors.keys(), ...after.descriptors.keys()])) {
    const [old, now] = [before.descriptors.get(key), after.descriptors.get(key)];
    for (const field of ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const) {
      if (!Object.is(old?.[field], now?.[field])) found.push(`${field} of ${String(key)}`);
    }
  }
  return found;
}
