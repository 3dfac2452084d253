import { types } from 'node:util';

/** How large things are in V8 on 64 bits without compressed pointers, as Node is built. */
const WORD = 8;
/** Its map, its properties and its elements. */
const OBJECT = 3 * WORD;
const ARRAY = 4 * WORD;
const STRING = 2 * WORD;
const HEAP_NUMBER = 2 * WORD;
const BIGINT = 3 * WORD;
const DATE = 12 * WORD;
/** A hash table has its entries, of key, value and chain, and half as many buckets, and is filled by some two thirds. */
const TABLE = 5 * WORD;
const TABLE_ENTRY = 5 * WORD;
const MOST_SMALL = 2 ** 31;

const MOST_DEPTH = 4;
const MOST_OBJECTS = 200;
const MOST_ENTRIES = 50;
const LATIN = /^[\0-\xff]*$/;

/** What an entry of a cache takes in the cache itself: its share of the hash table. */
export const ENTRY_BYTES = TABLE_ENTRY;

/**
 * Estimates what an object takes with what only it has: texts, numbers, lists and plain parts, a few levels deep. What
 * `isApart` says of counts elsewhere. What is private to a class, and what natives hold, is not seen; no getter of the
 * bot is called. A text that several objects share counts for each.
 */
export function estimateBytes(value: object, isApart: (part: object) => boolean): number {
  const seen = new Set<object>();

  const sizeOf = (part: unknown, depth: number): number => {
    switch (typeof part) {
      case 'string':
        return textBytes(part);
      case 'number':
        return Number.isInteger(part) && Math.abs(part) < MOST_SMALL ? 0 : HEAP_NUMBER;
      case 'bigint':
        return BIGINT;
      case 'object':
        return part === null || (depth > 0 && isApart(part)) ? 0 : sizeOfObject(part, depth);
      default:
        // Functions, symbols and classes are shared.
        return 0;
    }
  };

  const sizeOfObject = (part: object, depth: number): number => {
    if (types.isProxy(part) || seen.has(part) || seen.size >= MOST_OBJECTS || depth > MOST_DEPTH) return 0;
    seen.add(part);
    if (types.isDate(part)) return DATE;
    if (ArrayBuffer.isView(part)) return ARRAY + viewBytes(part);
    const keys = Object.getOwnPropertyNames(part);
    let bytes = Array.isArray(part) ? ARRAY : OBJECT;
    if (types.isMap(part)) bytes += mapBytes(part, depth);
    else if (types.isSet(part)) bytes += setBytes(part, depth);
    const shown = keys.slice(0, MOST_ENTRIES);
    let own = 0;
    for (const key of shown)
      own += WORD + sizeOf(Object.getOwnPropertyDescriptor(part, key)?.value, depth + 1);
    return bytes + scaled(own, shown.length, keys.length);
  };

  const mapBytes = (map: ReadonlyMap<unknown, unknown>, depth: number): number => {
    let bytes = 0;
    let looked = 0;
    for (const [key, entry] of Map.prototype.entries.call(map)) {
      if (looked++ >= MOST_ENTRIES) break;
      bytes += sizeOf(key, depth + 1) + sizeOf(entry, depth + 1);
    }
    return TABLE + map.size * TABLE_ENTRY + scaled(bytes, Math.min(looked, MOST_ENTRIES), map.size);
  };

  const setBytes = (set: ReadonlySet<unknown>, depth: number): number => {
    let bytes = 0;
    let looked = 0;
    for (const entry of Set.prototype.values.call(set)) {
      if (looked++ >= MOST_ENTRIES) break;
      bytes += sizeOf(entry, depth + 1);
    }
    return TABLE + set.size * TABLE_ENTRY + scaled(bytes, Math.min(looked, MOST_ENTRIES), set.size);
  };

  return sizeOf(value, 0);
}

const { get: lengthOf } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  'byteLength',
)!;

/** Read as V8 has it, whatever the object itself says of it. */
function viewBytes(view: ArrayBufferView): number {
  return types.isTypedArray(view) ? (lengthOf!.call(view) as number) : 0;
}

/** Of many alike some were looked at. */
function scaled(bytes: number, looked: number, all: number): number {
  return looked === 0 ? 0 : (bytes * all) / looked;
}

/** The beginning tells whether a text has two bytes a character. */
function textBytes(text: string): number {
  const width = LATIN.test(text.slice(0, 1_000)) ? 1 : 2;
  return STRING + Math.ceil((text.length * width) / WORD) * WORD;
}
