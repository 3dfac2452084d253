import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Id, IdTable, readId } from '../../src/deadline/id-table.ts';

describe('an id in a text', () => {
  test.each([
    ['1573640915195527168', 0, '1573640915', '195527168'],
    ['/interactions/1573640915195527168/aW50/callback', 14, '1573640915', '195527168'],
    ['18446744073709551615', 0, '1844674407', '3709551615'],
    ['42', 0, '42', ''],
  ])('in "%s", from %i on, is %s and %s', (text, at, high, rest) => {
    const whole = Number(high + rest);
    expect(readId(text, at)).toEqual({ high: Number(high), low: Number(`1${rest}`), value: whole });
  });

  test.each(['', 'abc', '-1', '/1', ' 1', '1'.repeat(25)])('is none in "%s"', (text) => {
    expect(readId(text)).toBeUndefined();
  });

  test('differs from each other id by its numbers alone', () => {
    const id = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.bigInt({ min: -3n, max: 3n }));
    fc.assert(
      fc.property(id, ([one, by]) => {
        const other = one + by < 0n ? 0n : one + by;
        const [a, b] = [readId(String(one))!, readId(String(other))!];
        expect(a.high === b.high && a.low === b.low).toBe(one === other);
      }),
    );
  });
});

interface Entry extends Id {
  readonly name: string;
}

/** Few, so that they are added and deleted again, and meet in the table. */
const someId = fc
  .tuple(fc.constantFrom(0n, 157_364_091_519_552n, 2n ** 63n), fc.integer({ min: 0, max: 1_500 }))
  .map(([base, by]) => String(base + BigInt(by)));
/** Of the same hash. */
const TWINS = ['1573640914195527169', '1573640915195527168', '1573640914195527168', '1573640915195527169'];
const act = fc.tuple(fc.constantFrom('add', 'add', 'delete'), fc.oneof(someId, fc.constantFrom(...TWINS)));

test('what is in the table is found, whatever came and went before', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 4_000, size: 'max' }), (acts) => {
      const table = new IdTable<Entry>();
      const truth = new Map<string, Entry>();
      for (const [what, text] of acts) {
        const { high, low } = readId(text)!;
        if (what === 'add') {
          const entry = { high, low, name: text };
          table.add(entry);
          truth.set(text, entry);
        } else {
          table.delete({ high, low });
          truth.delete(text);
        }
      }
      for (const [, text] of acts) expect(table.get(readId(text)!)).toBe(truth.get(text));
      expect(new Set(table.values())).toEqual(new Set(truth.values()));
    }),
    { numRuns: 60 },
  );
});

test('a table grows with what is in it', () => {
  const table = new IdTable<Entry>();
  const entries = Array.from({ length: 5_000 }, (_, at) => {
    const name = String(1_573_640_915_195_527_168n + (BigInt(at) << 22n));
    const { high, low } = readId(name)!;
    return { high, low, name };
  });
  for (const entry of entries) table.add(entry);
  expect(entries.filter((entry) => table.get(entry) !== entry)).toEqual([]);
  for (const entry of entries) table.delete(entry);
  expect(table.values()).toEqual([]);
});
