import { types } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { World } from './world.ts';

/** What is passed, returned or thrown. Each world makes its own from the description. */
export type Thing =
  | { readonly kind: 'primitive'; readonly value: unknown }
  | { readonly kind: (typeof OBJECTS)[number] | (typeof ERRORS)[number] | 'this' | 'first argument' }
  | { readonly kind: 'thenable'; readonly gives: Thing; readonly fails: boolean }
  | Pledge;

/** A promise, of whatever make. */
interface Pledge {
  readonly kind: 'promise';
  readonly make: (typeof MAKES)[number];
  readonly pending: boolean;
  readonly fails: boolean;
  readonly of: Thing;
}

const OBJECTS = ['object', 'frozen', 'function', 'proxy', 'revoked proxy', 'looks like a thenable'] as const;
const ERRORS = ['error', 'frozen error', 'abort', 'getters', 'throwing getters'] as const;
/** Only `plain` ones are followed. */
const MAKES = [
  'plain',
  'subclass',
  'own property',
  'own then',
  'own constructor',
  'other realm',
  'hollow',
  'proxy',
] as const;

const PRIMITIVES = [undefined, null, false, 0, -0, Number.NaN, 1n, '', 'text', Symbol.iterator];

const primitive = fc.record({
  kind: fc.constant('primitive' as const),
  value: fc.constantFrom(...PRIMITIVES),
});
const object = fc.record({ kind: fc.constantFrom(...OBJECTS) });

export const argument: fc.Arbitrary<Thing> = fc.oneof(primitive, object);

export const failure: fc.Arbitrary<Thing> = fc.oneof(
  { weight: 1, arbitrary: argument },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom(...ERRORS) }) },
);

function pledge(makes: fc.Arbitrary<Pledge['make']>): fc.Arbitrary<Pledge> {
  const common = { kind: fc.constant('promise' as const), make: makes, pending: fc.boolean() };
  return fc.oneof(
    fc.record({ ...common, fails: fc.constant(false), of: argument }),
    fc.record({ ...common, fails: fc.constant(true), of: failure }),
  );
}

export const result: fc.Arbitrary<Thing> = fc.oneof(
  { weight: 2, arbitrary: argument },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('this' as const, 'first argument' as const) }) },
  { weight: 3, arbitrary: pledge(fc.constant('plain')) },
  { weight: 2, arbitrary: pledge(fc.constantFrom(...MAKES)) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('thenable' as const), gives: argument, fails: fc.boolean() }),
  },
);

class SpecialPromise<T> extends Promise<T> {}
const ForeignPromise: PromiseConstructor = runInNewContext('Promise');
const nativeThen = Promise.prototype.then;

export function make(world: World, thing: Thing, name: string): unknown {
  switch (thing.kind) {
    case 'primitive':
      return thing.value;
    case 'object':
      return world.name({}, name);
    case 'frozen':
      return world.name(Object.freeze({}), name);
    case 'function':
      return world.name(() => undefined, name);
    case 'proxy':
      return world.trapped({}, name);
    case 'revoked proxy': {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return world.name(proxy, name);
    }
    case 'looks like a thenable':
      return world.name(withGetters(world, {}, name, ['then'], undefined), name);
    case 'error':
      return world.name(new RangeError('no'), name);
    case 'frozen error':
      return world.name(Object.freeze(new Error('no')), name);
    case 'abort':
      return world.name(AbortSignal.abort().reason, name);
    case 'getters':
      return world.name(withGetters(world, new Error(), name, ERROR_GETTERS, 'E_NO'), name);
    case 'throwing getters': {
      const error = new TypeError('was looked at');
      return world.name(withGetters(world, new Error(), name, ERROR_GETTERS, undefined, error), name);
    }
    case 'thenable':
      return makeThenable(world, thing.gives, thing.fails, name);
    case 'promise':
      return makePromise(world, thing, name);
    default:
      throw new Error(`"${thing.kind}" is known to the call only.`);
  }
}

const ERROR_GETTERS = ['name', 'constructor', 'code', 'message', 'stack', 'cause', Symbol.toStringTag];

function withGetters(
  world: World,
  target: object,
  name: string,
  keys: readonly PropertyKey[],
  value: unknown,
  error?: Error,
): object {
  for (const key of keys) {
    const get = () => {
      world.look(`${name}: get ${String(key)}`);
      if (error !== undefined) throw error;
      return value;
    };
    Object.defineProperty(target, key, { get, configurable: true });
  }
  return target;
}

function makeThenable(world: World, gives: Thing, fails: boolean, name: string): unknown {
  const given = make(world, gives, `what ${name} gives`);
  return world.name(
    {
      get then() {
        world.look(`${name}: get then`);
        return (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => {
          world.note(name, 'then');
          (fails ? reject : resolve)(given);
        };
      },
    },
    name,
  );
}

function makePromise(world: World, { make: variety, pending, fails, of }: Pledge, name: string): unknown {
  const value = make(world, of, `what ${name} holds`);
  const Type = { subclass: SpecialPromise, 'other realm': ForeignPromise }[variety as string] ?? Promise;
  if (variety === 'hollow') return world.name(Object.create(Promise.prototype), name);
  const promise = new Type<unknown>((resolve, reject) => {
    const settle = () => (fails ? reject : resolve)(value);
    if (pending) world.later(settle);
    else settle();
  });
  if (variety === 'proxy') return world.trapped(promise, name);
  if (variety === 'own property') Object.assign(promise, { child: undefined });
  if (variety === 'own constructor') Object.assign(promise, { constructor: SpecialPromise });
  if (variety === 'own then') {
    promise.then = function (this: Promise<unknown>, ...reactions: Parameters<typeof promise.then>) {
      world.note(name, 'own then');
      return Reflect.apply(nativeThen, this, reactions);
    } as typeof promise.then;
  }
  return world.name(promise, name);
}

/** Whether a promise is followed: a native one, to which nothing was added that matters. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return (
    types.isPromise(value) &&
    Object.getPrototypeOf(value) === Promise.prototype &&
    Object.keys(value).length === 0
  );
}

/** What the documented difference amounts to. */
export function derived(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value,
    (reason) => {
      throw reason;
    },
  );
}
