import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bag } from '../../src/cog/bag.ts';

test('a bag has what was put into it and not taken out', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
      const items = Array.from({ length: 10 }, () => ({ place: 0 }));
      const bag = new Bag<{ place: number }>();
      const expected = new Set<object>();
      for (const [isIn, at] of steps) {
        const item = items[at]!;
        if (isIn && !expected.has(item)) {
          bag.add(item);
          expected.add(item);
        } else if (!isIn) {
          bag.delete(item);
          expected.delete(item);
        }
        expect(new Set(bag)).toEqual(expected);
        expect(items.filter((own) => bag.has(own))).toEqual(items.filter((own) => expected.has(own)));
      }
    }),
  );
});
