import { propertySlot } from '../cog/slots.ts';
import type { AnyFunction, Discovery } from '../cog/target.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The methods of an object of the bot: its own functions, and those that it inherits from classes of the bot. What
 * a framework's or a package's class gives to it is passed over, and so is what is no method: accessors, whose
 * getters are not run, classes, and `constructor`.
 * @param owner what its methods are named after: `owner.method`
 * @param except keys that are targets of another kind already
 */
export function* discoverMethods(
  object: object,
  owner: string,
  surroundings: Surroundings,
  { cog, except = [] }: { cog?: string; except?: readonly PropertyKey[] } = {},
): Iterable<Discovery> {
  const methods = new Map<PropertyKey, AnyFunction>();
  for (const holder of holdersOf(object)) {
    for (const key of Reflect.ownKeys(holder)) {
      const value: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value;
      if (typeof value !== 'function' || key === 'constructor' || methods.has(key)) continue;
      methods.set(key, value as AnyFunction);
    }
  }
  surroundings.prepare([...methods.values()]);
  for (const [key, fn] of methods) {
    if (except.includes(key) || isClass(fn)) continue;
    const place = surroundings.describe(fn);
    // A native function, such as a bound one of a library, says nothing about where it came from.
    if (place.location === undefined || surroundings.packageOf(place.location) !== undefined) continue;
    const name = `${owner}.${String(key)}`;
    yield { ...place, cog: cog ?? place.cog, kind: 'method', name, slot: propertySlot(object, key) };
  }
}

/** The object and its prototypes, up to those that every object or function has. */
function holdersOf(object: object): object[] {
  const holders: object[] = [];
  try {
    for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
      if (holder === Object.prototype || holder === Function.prototype) break;
      holders.push(holder);
    }
  } catch {
    // A Proxy object that forbids it: what was seen so far is what there is to see.
  }
  return holders;
}

export function isClass(fn: AnyFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn));
}
