import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lanesOf, type Stretch } from '../../../src/trace/formats/lanes.ts';

const stretches = fc
  .array(fc.tuple(fc.nat(50), fc.nat(20), fc.nat(30)), { minLength: 1, maxLength: 40 })
  .map((drawn) =>
    drawn.map(
      ([from, length, parent], index): Stretch => ({
        from,
        to: from + length,
        parent: index === 0 ? undefined : parent % index,
      }),
    ),
  );

test('on each lane, a stretch stands on its parent, which holds all of it, or on nothing', () => {
  fc.assert(
    fc.property(stretches, (all) => {
      const lanes = lanesOf(all);
      const ancestors = (index: number): number[] => {
        const { parent } = all[index]!;
        return parent === undefined ? [] : [parent, ...ancestors(parent)];
      };
      for (const [one, a] of all.entries()) {
        for (const [other, b] of all.entries()) {
          if (one === other || lanes[one] !== lanes[other]) continue;
          const overlaps = Math.max(a.from, b.from) < Math.min(a.to, b.to);
          if (!overlaps) continue;
          const [inner, outer] = ancestors(one).includes(other) ? [a, b] : [b, a];
          expect(ancestors(one).includes(other) || ancestors(other).includes(one)).toBe(true);
          expect(inner.from >= outer.from && inner.to <= outer.to).toBe(true);
        }
      }
    }),
  );
});

test('what follows each other within its parent stays on one lane, and what goes on beside it does not', () => {
  const lanes = lanesOf([
    { from: 0, to: 10, parent: undefined },
    { from: 1, to: 3, parent: 0 },
    { from: 3, to: 9, parent: 0 },
    { from: 4, to: 6, parent: 0 },
    { from: 8, to: 12, parent: 0 },
  ]);
  expect(lanes).toEqual([0, 0, 0, 1, 1]);
});
