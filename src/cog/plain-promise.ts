import { types } from 'node:util';

const { isPromise } = types;
const NativePromise = Promise;
const nativeThen = Promise.prototype.then;

/**
 * Not so for a subclass, nor for a promise with properties of its own, which the one derived from it would lack; nor
 * for a Proxy object, none of whose traps is run.
 */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== 'object' || !isPromise(value)) return false;
  try {
    return value.constructor === NativePromise && value.then === nativeThen && !hasOwnKeys(value);
  } catch {
    return false;
  }
}

function hasOwnKeys(value: object): boolean {
  // A third of the cost of `Object.keys`; what `async_hooks` puts on promises has symbols for keys.
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}
