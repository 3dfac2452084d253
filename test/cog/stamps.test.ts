import { describe, expect, test } from 'vitest';
import { createStamps } from '../../src/cog/stamps.ts';

describe('stamps', () => {
  test('are found by their objects, each kind for itself', () => {
    const numbers = createStamps<number>();
    const words = createStamps<string>();
    const object = {};
    numbers.set(object, 1);
    expect([numbers.get(object), words.get(object), numbers.get({})]).toEqual([1, undefined, undefined]);
    words.set(object, 'one');
    numbers.set(object, 2);
    expect([numbers.get(object), words.get(object)]).toEqual([2, 'one']);
    numbers.set(object, undefined);
    expect([numbers.get(object), words.get(object)]).toEqual([undefined, 'one']);
    for (const none of [undefined, null, 5, 'text', () => 1]) expect(numbers.get(none)).toBeUndefined();
  });

  test('are seen by nobody', () => {
    const stamps = createStamps<number>();
    const seen: PropertyKey[] = [];
    const object = { a: 1 };
    const watched = new Proxy(object, {
      defineProperty: (_, key) => !seen.push(key),
      set: (_, key) => !seen.push(key),
    });
    stamps.set(object, 1);
    stamps.set(watched, 2);
    expect([stamps.get(object), stamps.get(watched), seen]).toEqual([1, 2, []]);
    expect(Reflect.ownKeys(object)).toEqual(['a']);
    expect({ ...object }).toStrictEqual({ a: 1 });
    expect(stamps.get({ ...object })).toBeUndefined();
    expect(stamps.get(structuredClone(object))).toBeUndefined();
  });

  test('throw for no object, whether it can be extended or not', () => {
    const stamps = createStamps<number>();
    const frozen = Object.freeze({});
    stamps.set(frozen, 1);
    expect([1, undefined]).toContain(stamps.get(frozen));
  });
});
