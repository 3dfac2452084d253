import { propertySlot } from './slots.ts';
import type { AnyFunction } from './target.ts';

/** Whether a replacement is in use. Where it had to stay in its place afterwards, it only passes calls on. */
export interface Replacement {
  readonly isActive: boolean;
}

/**
 * Puts a function in the place of a method, own or inherited, and makes it look like that.
 * @param make gives the function; it must pass on what it is called with
 * @returns what puts the method back, unless another tool has wrapped over ours; undefined where there is no method
 * @throws where the place cannot be written to; nothing is changed then
 */
export function replaceMethod(
  holder: object,
  key: PropertyKey,
  make: (fn: AnyFunction, replacement: Replacement) => AnyFunction,
): Disposable | undefined {
  const slot = propertySlot(holder, key);
  const fn = slot.get();
  if (fn === undefined) return undefined;
  const replacement = { isActive: true };
  const ours = disguise(make(fn, replacement), fn);
  slot.set(ours);
  return {
    [Symbol.dispose]() {
      replacement.isActive = false;
      try {
        if (slot.get() === ours) slot.restore(fn);
      } catch {
        // The object has been frozen: ours stays.
      }
    },
  };
}

/**
 * Gives a function the name, length and own properties of the one that it stands for.
 * @param wrapper without a `prototype` of its own, as methods are
 */
function disguise(wrapper: AnyFunction, fn: AnyFunction): AnyFunction {
  Object.setPrototypeOf(wrapper, Object.getPrototypeOf(fn));
  return Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(fn));
}
