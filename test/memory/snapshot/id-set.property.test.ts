import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdSet } from '../../../src/memory/snapshot/id-set.ts';

const near = fc.nat(300);
const far = fc.nat(2 ** 32 - 1);

test('has what it was given, and nothing else, whether the ids are near or far apart', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.array(near, { minLength: 10 }), fc.array(far), fc.constant([])),
      fc.array(fc.oneof(near, far)),
      (ids, others) => {
        const set = new IdSet(Uint32Array.from(ids));
        const truth = new Set(ids);
        for (const id of [...ids, ...others, ...ids.map((id) => id + 1)])
          expect(set.has(id)).toBe(truth.has(id));
      },
    ),
    { seed: 496, numRuns: 1_000 },
  );
});
