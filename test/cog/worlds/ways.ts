import type { AnyFunction } from '../../../src/cog/target.ts';
import type { Place } from './holders.ts';
import type { World } from './world.ts';

/** What a caller has in his hands. */
interface Hands extends Place {
  readonly world: World;
  /** What he took from the holder before anything was attached, and what was there afterwards. */
  readonly early: AnyFunction;
  readonly proxied: AnyFunction;
}

type Way = (hands: Hands, args: unknown[], self: unknown) => unknown;

/** How a bot calls a function. Not with the methods of the function, as it may have no prototype. */
export const WAYS = {
  'as a method': ({ holder, key }, args) => holder[key]!(...args),
  call: ({ holder, key }, args, self) =>
    Reflect.apply(Function.prototype.call, holder[key]!, [self, ...args]),
  apply: ({ holder, key }, args, self) => Reflect.apply(Function.prototype.apply, holder[key]!, [self, args]),
  'Reflect.apply': ({ holder, key }, args, self) => Reflect.apply(holder[key]!, self, args),
  'as a callback': ({ holder, key }, args) => {
    const { [key]: callback } = holder;
    return callback!(...args);
  },
  'as what it inherits': ({ holder, key, world }, args) => {
    const heir = {
      call(...given: unknown[]): unknown {
        return super[key](...given);
      },
    };
    world.name(Object.setPrototypeOf(heir, holder), 'heir');
    return heir.call(...args);
  },
  new: ({ holder, key }, args) => new (holder[key] as unknown as Constructor)(...args),
  'Reflect.construct': ({ holder, key, world }, args) => {
    const target = world.name(function other() {}, 'another constructor');
    return Reflect.construct(holder[key]!, args, target);
  },
  extends: ({ holder, key, world }, args) => {
    class Heir extends (holder[key] as unknown as Constructor) {}
    return new (world.name(Heir, 'heir'))(...args);
  },
  'taken early': ({ early }, args, self) => Reflect.apply(early, self, args),
  'taken while attached': ({ proxied }, args, self) => Reflect.apply(proxied, self, args),
} satisfies Record<string, Way>;

type Constructor = new (...args: unknown[]) => object;

export type WayName = keyof typeof WAYS;
export const WAY_NAMES = Object.keys(WAYS) as WayName[];

/** Ways that are passed on and not timed. */
export const CONSTRUCTING: readonly WayName[] = ['new', 'Reflect.construct', 'extends'];
