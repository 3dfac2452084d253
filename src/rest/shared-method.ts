import { type Replacement, replaceMethod } from '../cog/replacement.ts';
import type { AnyFunction } from '../cog/target.ts';

interface Shared {
  holders: number;
  readonly replaced: Disposable | undefined;
}

const shared = new WeakMap<object, Map<PropertyKey, Shared>>();

/**
 * Puts a function in the place of a method of a class, for all of its objects in the process, for as long as anybody
 * wants that.
 * @param from an object that has the method: it is replaced where that has it from
 * @param make as for `replaceMethod`; the same each time for one method
 * @returns what ends the want; undefined where there is no such method
 * @throws where the class cannot be written to; nothing is changed then
 */
export function shareMethod(
  from: object,
  key: PropertyKey,
  make: (fn: AnyFunction, replacement: Replacement) => AnyFunction,
): Disposable | undefined {
  const owner = ownerOf(from, key);
  if (owner === undefined) return undefined;
  let methods = shared.get(owner);
  if (methods === undefined) shared.set(owner, (methods = new Map()));
  let own = methods.get(key);
  if (own === undefined) methods.set(key, (own = { holders: 0, replaced: replaceMethod(owner, key, make) }));
  own.holders++;
  let isHeld = true;
  return {
    [Symbol.dispose]() {
      if (!isHeld) return;
      isHeld = false;
      if (--own.holders > 0) return;
      methods.delete(key);
      own.replaced?.[Symbol.dispose]();
    },
  };
}

function ownerOf(from: object, key: PropertyKey): object | undefined {
  let owner: object | null = from;
  while (owner !== null && !Object.hasOwn(owner, key)) owner = Object.getPrototypeOf(owner);
  return owner ?? undefined;
}
