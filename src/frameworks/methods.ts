import { propertySlot } from '../cog/slots.ts';
import type { AnyFunction, Discovery } from '../cog/target.ts';
import type { Surroundings } from './surroundings.ts';

interface Details {
  /** The cog of all methods. Default: each method's by where it was written. */
  cog?: string;
  /** Keys that are targets of another kind already. */
  except?: readonly PropertyKey[];
}

/**
 * The methods of an object of the bot: its own functions, and those that it inherits from classes of the bot; of a
 * class those of its instances and its static ones. What a framework's or a package's class gives to it is passed
 * over. What looks like a method and is none is listed with the reason: accessors, whose getters are not run, and
 * classes.
 * @param owner what its methods are named after, as `owner.method`; empty for the method's name alone
 */
export function* discoverMethods(
  object: object,
  owner: string,
  surroundings: Surroundings,
  { cog, except = [] }: Details = {},
): Iterable<Discovery> {
  const seen = new Set<PropertyKey>([...except, 'constructor', 'prototype']);
  for (const holder of isClass(object) ? [object, object.prototype as object] : [object]) {
    const members = membersOf(holder, seen);
    surroundings.prepare(members.map(({ written }) => written));
    for (const { key, written, obstacle } of members) {
      const place = surroundings.describe(written);
      // A native function, such as a bound one of a library, says nothing about where it came from.
      if (place.location === undefined || surroundings.packageOf(place.location) !== undefined) continue;
      yield {
        ...place,
        cog: cog ?? place.cog,
        kind: 'method',
        name: owner === '' ? String(key) : `${owner}.${String(key)}`,
        slot: propertySlot(holder, key),
        ...(obstacle !== undefined && { obstacle }),
      };
    }
  }
}

interface Member {
  readonly key: PropertyKey;
  /** The function, or of an accessor its getter or setter. */
  readonly written: AnyFunction;
  readonly obstacle: string | undefined;
}

/** Functions and accessors of the object and of its prototypes, but for those that every object has. */
function membersOf(object: object, seen: Set<PropertyKey>): Member[] {
  const members: Member[] = [];
  try {
    for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
      if (holder === Object.prototype || holder === Function.prototype) break;
      for (const key of Reflect.ownKeys(holder)) {
        const descriptor = Object.getOwnPropertyDescriptor(holder, key);
        if (descriptor === undefined || seen.has(key)) continue;
        seen.add(key);
        const written = descriptor.get ?? descriptor.set ?? descriptor.value;
        if (typeof written !== 'function') continue;
        members.push({ key, written, obstacle: obstacleOf(object, key, descriptor) });
      }
    }
  } catch {
    // A Proxy object that does not let itself be looked at: what was seen so far is what there is to see.
  }
  return members;
}

function obstacleOf(
  object: object,
  key: PropertyKey,
  { configurable, writable, value }: PropertyDescriptor,
): string | undefined {
  if (typeof value !== 'function') return 'it is an accessor';
  if (isClass(value)) return 'it is a class';
  const isFrozen = Object.hasOwn(object, key) ? !configurable && !writable : !Object.isExtensible(object);
  return isFrozen ? 'its object is frozen' : undefined;
}

function isClass(value: object): value is AnyFunction {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}
