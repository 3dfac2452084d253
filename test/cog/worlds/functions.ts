import fc from 'fast-check';
import type { AnyFunction } from '../../../src/cog/target.ts';
import type { World } from './world.ts';

/** What each of the functions does, however it is written. */
export interface Body {
  /** Up to the first `await` or `yield`, or to the end. @returns who this run is, in the events */
  begin(self: unknown, args: ArrayLike<unknown>, target?: unknown): string;
  /** What an asynchronous function waits for. */
  pause(who: string): Promise<void>;
  /** A generator was sent this. */
  got(who: string, value: unknown): void;
  closed(who: string): void;
  /** Returns or throws. */
  end(who: string): unknown;
}

type Writer = (body: Body, world: World) => AnyFunction;

const strict: Writer = (body) =>
  function strict(this: unknown, first, second = 2, ...rest) {
    return body.end(body.begin(this, [first, second, ...rest], new.target));
  };

const method: Writer = (body) =>
  ({
    run(...args: unknown[]) {
      return body.end(body.begin(this, args));
    },
  }).run;

/** How a function is written that takes its arguments to a body. */
const WRITTEN = {
  arrow: (body) => (first, second) => body.end(body.begin(undefined, [first, second])),
  method,
  strict,
  // Sloppy functions box their `this`, tie their arguments to `arguments`, and own `caller` and `arguments`.
  sloppy: (body) =>
    new Function(
      'body',
      'return function sloppy(first, second, third) { return body.end(body.begin(this, arguments, new.target)) }',
    )(body),
  class: (body) =>
    class Cog {
      static cooldown = 5;
      constructor(first: unknown, ...rest: unknown[]) {
        // biome-ignore lint/correctness/noConstructorReturn: a constructor may, and some do.
        return body.end(body.begin(this, [first, ...rest], new.target)) as Cog;
      }
    } as unknown as AnyFunction,
  async: (body) =>
    async function run(this: unknown, ...args: unknown[]) {
      const who = body.begin(this, args);
      await body.pause(who);
      return body.end(who);
    },
  'async arrow': (body) => async (first) => body.end(body.begin(undefined, [first])),
  generator: (body) =>
    function* run(this: unknown, first) {
      const who = body.begin(this, [first]);
      try {
        body.got(who, yield 1);
        body.got(who, yield 2);
        return body.end(who);
      } finally {
        body.closed(who);
      }
    },
  'async generator': (body) =>
    async function* run(this: unknown, first) {
      const who = body.begin(this, [first]);
      try {
        await body.pause(who);
        body.got(who, yield 1);
        return body.end(who);
      } finally {
        body.closed(who);
      }
    },
  'bound function': (body, world) =>
    strict(body, world).bind(world.name({}, 'what it is bound to'), 'bound argument'),
  'bound method': (body, world) => method(body, world).bind(null),
  'Proxy of a function': (body, world) => world.trapped(strict(body, world), 'fn'),
  'Proxy of a method': (body, world) => world.trapped(method(body, world), 'fn'),
} satisfies Record<string, Writer>;

/** Functions of the engine: what they do is their own. */
const NATIVE = {
  'Math.max': () => Math.max,
  'Array.prototype.concat': () => Array.prototype.concat,
  Map: () => Map as unknown as AnyFunction,
  Error: () => Error,
  Symbol: () => Symbol,
  'bound Promise.reject': () => Promise.reject.bind(Promise),
  'bound Promise.prototype.then': () => Promise.prototype.then.bind(Promise.resolve('kept')),
} satisfies Record<string, Writer>;

const WRITERS: Record<Writing, Writer> = { ...WRITTEN, ...NATIVE };
type Writing = keyof typeof WRITTEN | keyof typeof NATIVE;

/** How a function looks from outside. */
interface Looks {
  readonly name: 'as written' | 'renamed' | 'deleted';
  readonly length: 'as written' | 'changed' | 'deleted';
  readonly own: readonly (keyof typeof OWN)[];
  readonly prototype: 'usual' | 'null' | 'odd';
  readonly integrity: Integrity;
}

const OWN = {
  data: (fn) => Object.assign(fn, { cooldown: 5, data: { name: 'run' } }),
  hidden: (fn) => Object.defineProperty(fn, 'hidden', { value: 1 }),
  symbol: (fn) => Object.assign(fn, { [Symbol.for('mark')]: true }),
  accessor: (fn, world) =>
    Object.defineProperty(fn, 'lazy', {
      get: () => world.look('getter of the function'),
      enumerable: true,
    }),
  index: (fn) => Object.assign(fn, { 7: 'seven' }),
} satisfies Record<string, (fn: AnyFunction, world: World) => unknown>;

/** How far an object is closed to changes. */
const INTEGRITIES = ['open', 'not extensible', 'sealed', 'frozen'] as const;
export type Integrity = (typeof INTEGRITIES)[number];
export const integrity: fc.Arbitrary<Integrity> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('open' as const) },
  { weight: 2, arbitrary: fc.constantFrom(...INTEGRITIES) },
);

export function close(object: object, how: Integrity): void {
  if (how === 'not extensible') Object.preventExtensions(object);
  if (how === 'sealed') Object.seal(object);
  if (how === 'frozen') Object.freeze(object);
}

export interface Written {
  readonly writing: Writing;
  readonly looks: Looks;
}

export const written: fc.Arbitrary<Written> = fc.record({
  writing: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...(Object.keys(WRITTEN) as Writing[])) },
    { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(NATIVE) as Writing[])) },
  ),
  looks: fc.record({
    name: fc.constantFrom('as written', 'renamed', 'deleted'),
    length: fc.constantFrom('as written', 'changed', 'deleted'),
    own: fc.uniqueArray(fc.constantFrom(...(Object.keys(OWN) as (keyof typeof OWN)[]))),
    prototype: fc.constantFrom('usual', 'null', 'odd'),
    integrity,
  }),
});

export function write({ writing, looks }: Written, body: Body, world: World): AnyFunction {
  const fn = world.name(WRITERS[writing](body, world), 'fn');
  // Functions of the engine belong to everybody, and stay as they are.
  if (!(writing in NATIVE)) world.control(() => dress(fn, looks, world));
  return fn;
}

function dress(fn: AnyFunction, { name, length, own, prototype, integrity }: Looks, world: World): void {
  if (name === 'renamed') Object.defineProperty(fn, 'name', { value: 'something else' });
  if (name === 'deleted') Reflect.deleteProperty(fn, 'name');
  if (length === 'changed') Object.defineProperty(fn, 'length', { value: 9, enumerable: true });
  if (length === 'deleted') Reflect.deleteProperty(fn, 'length');
  for (const kind of own) OWN[kind](fn, world);
  if (prototype === 'null') Object.setPrototypeOf(fn, null);
  if (prototype === 'odd') Object.setPrototypeOf(fn, Object.create(Function.prototype));
  close(fn, integrity);
  world.looksOfControl.clear();
}
