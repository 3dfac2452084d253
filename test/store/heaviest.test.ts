import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Origin } from '../../src/cog/origins.ts';
import { HittersSum } from '../../src/store/heaviest/hitters-sum.ts';
import { type Hitters, SpaceSaving } from '../../src/store/heaviest/space-saving.ts';
import { heaviestIn, heaviestOf } from '../../src/store/heaviest/summary.ts';
import { Row, type SealedRow } from '../../src/store/row.ts';

const idOf = (n: number) => String(10n ** 17n + BigInt(n));

/** What is really so. */
class Truth {
  readonly calls = new Map<string, { calls: number; errors: number; sumNs: number }>();
  /** Of all that was ever added. */
  sumNs = 0;

  add(id: string, calls: number, errors: number, sumNs: number): void {
    const before = this.calls.get(id) ?? { calls: 0, errors: 0, sumNs: 0 };
    this.calls.set(id, {
      calls: before.calls + calls,
      errors: before.errors + errors,
      sumNs: before.sumNs + sumNs,
    });
  }

  merge(other: Truth): void {
    for (const [id, { calls, errors, sumNs }] of other.calls) this.add(id, calls, errors, sumNs);
    this.sumNs += other.sumNs;
  }
}

function check(found: Hitters | undefined, truth: Truth): void {
  const { floorNs, hitters } = found ?? { floorNs: 0, hitters: [] };
  expect(hitters.length).toBeLessThanOrEqual(8);
  expect(new Set(hitters.map(({ id }) => id)).size).toBe(hitters.length);
  expect(hitters).toEqual(hitters.toSorted((a, b) => b.sumNs - a.sumNs));
  expect(floorNs).toBeLessThanOrEqual(truth.sumNs / 8);
  for (const { id, calls, errors, sumNs, overNs } of hitters) {
    const real = truth.calls.get(id) ?? { calls: 0, errors: 0, sumNs: 0 };
    expect(real.sumNs).toBeLessThanOrEqual(sumNs);
    expect(real.sumNs).toBeGreaterThanOrEqual(sumNs - overNs);
    expect(overNs).toBeGreaterThanOrEqual(0);
    expect(overNs).toBeLessThanOrEqual(truth.sumNs / 8);
    expect(calls).toBeLessThanOrEqual(real.calls);
    expect(errors).toBeLessThanOrEqual(real.errors);
    // Where nothing of it can be another's, it is the truth.
    if (overNs === 0) expect(sumNs).toBe(real.sumNs);
  }
  for (const [id, { sumNs }] of truth.calls) {
    if (hitters.some((hitter) => hitter.id === id)) continue;
    expect(sumNs).toBeLessThanOrEqual(floorNs);
  }
}

describe('the heaviest', () => {
  const PARTS = 4;
  const part = fc.nat({ max: PARTS - 1 });
  // Few ids that have much, and many that have little, as in a bot.
  const id = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 60 })).map(idOf);
  const call = fc.record({
    add: id,
    ns: fc.oneof(fc.nat({ max: 10 }), fc.nat({ max: 1e9 })),
    isError: fc.boolean(),
  });

  test('are told with the most and the least that each has, and none is missed that has much', () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: call },
      { weight: 1, arbitrary: fc.record({ erase: id }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const found = new SpaceSaving();
        const truth = new Truth();
        for (const step of steps) {
          if ('add' in step) {
            found.add(step.add, step.ns, step.isError);
            truth.add(step.add, 1, step.isError ? 1 : 0, step.ns);
            truth.sumNs += step.ns;
          } else {
            found.erase(step.erase);
            truth.calls.delete(step.erase);
          }
          check(found.seal(1), truth);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('are so too when they are added up, in whatever parts and order', () => {
    // Parts that have been sealed are added to sums, and sums, once sealed, to others.
    const step = fc.oneof(
      { weight: 10, arbitrary: fc.record({ part, calls: fc.array(call, { maxLength: 40 }) }) },
      { weight: 4, arbitrary: fc.record({ part, mergeInto: part }) },
      { weight: 1, arbitrary: fc.record({ part, erase: id }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const parts = Array.from({ length: PARTS }, () => ({ sum: new HittersSum(), truth: new Truth() }));
        for (const step of steps) {
          const { sum, truth } = parts[step.part]!;
          if ('calls' in step) {
            const found = new SpaceSaving();
            for (const { add, ns, isError } of step.calls) {
              found.add(add, ns, isError);
              truth.add(add, 1, isError ? 1 : 0, ns);
              truth.sumNs += ns;
            }
            const sealed = found.seal(1);
            if (sealed !== undefined) sum.merge(sealed);
          } else if ('erase' in step) {
            const sealed = sum.seal();
            parts[step.part] = { sum: new HittersSum(), truth };
            truth.calls.delete(step.erase);
            const left = sealed?.hitters.filter(({ id }) => id !== step.erase);
            if (sealed !== undefined) parts[step.part]!.sum.merge({ ...sealed, hitters: left! });
          } else {
            const into = parts[step.mergeInto]!;
            const sealed = sum.seal();
            // Into itself, too: then all counts twice.
            const copy = new Truth();
            copy.merge(truth);
            if (sealed !== undefined) into.sum.merge(sealed);
            into.truth.merge(copy);
          }
        }
        for (const { sum, truth } of parts) check(sum.seal(), truth);
      }),
      { numRuns: 500 },
    );
  });

  test('are exact where no more than 16 come together, but for those that are not among eight', () => {
    const sum = new HittersSum();
    for (let n = 0; n < 16; n++) {
      const found = new SpaceSaving();
      found.add(idOf(n), n, false);
      sum.merge(found.seal(1)!);
    }
    const { floorNs, hitters } = sum.seal()!;
    expect(floorNs).toBe(7);
    expect(hitters.map(({ id, sumNs, overNs }) => [id, sumNs, overNs])).toEqual(
      [15, 14, 13, 12, 11, 10, 9, 8].map((n) => [idOf(n), n, 0]),
    );
  });

  test('are exact for eight ids', () => {
    const found = new SpaceSaving();
    for (let round = 0; round < 100; round++) for (let n = 0; n < 8; n++) found.add(idOf(n), n, n === 7);
    const { floorNs, hitters } = found.seal(1)!;
    expect(floorNs).toBe(0);
    expect(hitters.map(({ id }) => id)).toEqual([7, 6, 5, 4, 3, 2, 1, 0].map(idOf));
    expect(hitters[0]).toEqual({ id: idOf(7), calls: 100, errors: 100, sumNs: 700, overNs: 0 });
  });

  test.each(['', 'abc', '1'.repeat(14), '1'.repeat(23), '0'.repeat(18), '1234567890123456x'])(
    '%j is no id',
    (text) => {
      const found = new SpaceSaving();
      found.add(text, 1, false);
      expect(found.seal(1)).toBeUndefined();
    },
  );

  test('what was timed of a part of the calls stands for all of them', () => {
    const found = new SpaceSaving();
    for (let n = 0; n < 9; n++) found.add(idOf(n), 100, true);
    const { floorNs, hitters } = found.seal(8)!;
    expect(floorNs).toBe(800);
    expect(hitters[0]).toEqual({ id: idOf(8), calls: 8, errors: 8, sumNs: 1_600, overNs: 800 });
  });
});

/** A target that some guilds called, each so many times for so long. */
function rowOf(guilds: Readonly<Record<string, readonly [calls: number, ms: number]>>, others = 0): Row {
  const found = new SpaceSaving();
  let sumNs = 0;
  let count = 0;
  for (const [id, [calls, ms]] of Object.entries(guilds)) {
    for (let call = 0; call < calls; call++) found.add(id, ms * 1e6, false);
    sumNs += calls * ms * 1e6;
    count += calls;
  }
  const row = new Row();
  const heaviest = new Map<Origin, Hitters>();
  const sealed = found.seal(1);
  if (sealed !== undefined) heaviest.set('guild', sealed);
  row.merge({ ...new Row().seal(), count, sumNs: sumNs + others * 1e6, heaviest } satisfies SealedRow);
  return row;
}

describe('in a summary', () => {
  test('an id has its share of all the time, that of calls without an id too', () => {
    const row = rowOf({ [idOf(1)]: [61, 10], [idOf(2)]: [10, 9] }, 300);
    expect(heaviestIn(row)).toEqual({
      guild: [
        { id: idOf(1), calls: 61, errors: 0, totalMs: 610, atLeastMs: 610, share: 0.61 },
        { id: idOf(2), calls: 10, errors: 0, totalMs: 90, atLeastMs: 90, share: 0.09 },
      ],
    });
    expect(heaviestIn(new Row())).toEqual({});
  });

  test('nobody of many alike is said to have more than is known', () => {
    const row = rowOf(Object.fromEntries(Array.from({ length: 80 }, (_, n) => [idOf(n), [1, 10]])));
    const { guild = [] } = heaviestIn(row);
    expect(guild).toHaveLength(8);
    for (const { share, totalMs, atLeastMs } of guild) {
      expect(share).toBe(10 / 800);
      expect(atLeastMs).toBe(10);
      expect(totalMs).toBeLessThanOrEqual(10 + 800 / 8);
    }
  });

  test('over all targets an id has what it may have where it is not named, and the targets it weighs on', () => {
    const full = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [idOf(n + 10), [1, 1]] as const));
    const rows = new Map([
      ['a', rowOf({ [idOf(1)]: [2, 20], [idOf(2)]: [1, 5] })],
      ['b', rowOf({ [idOf(1)]: [1, 50] })],
      ['c', rowOf({ [idOf(1)]: [1, 1] })],
      ['d', rowOf({ [idOf(1)]: [1, 2] })],
      ['e', rowOf(full)],
    ]);
    const [first, ...others] = heaviestOf('guild', rows);
    expect(first).toEqual({
      id: idOf(1),
      calls: 5,
      errors: 0,
      totalMs: 94,
      atLeastMs: 93,
      share: 93 / 107,
      targets: ['b', 'a', 'd'],
    });
    expect(others.map(({ id }) => id)).toContain(idOf(2));
    expect(heaviestOf('user', rows)).toEqual([]);
  });

  test('over all targets, bounds hold; whoever has more than an eighth is named; at most 50 are', () => {
    const call = fc.record({
      target: fc.nat({ max: 9 }),
      id: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 200 })).map(idOf),
      ms: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 400 }), (calls) => {
        const byTarget = Map.groupBy(calls, ({ target }) => String(target));
        const rows = new Map(
          [...byTarget].map(([target, own]) => {
            const guilds = Map.groupBy(own, ({ id }) => id);
            const each = [...guilds].map(([id, theirs]) => {
              const ms = theirs.reduce((sum, call) => sum + call.ms, 0);
              return [id, [1, ms]] as const;
            });
            return [target, rowOf(Object.fromEntries(each))] as const;
          }),
        );
        const totalMs = calls.reduce((sum, { ms }) => sum + ms, 0);
        const found = heaviestOf('guild', rows);
        expect(found.length).toBeLessThanOrEqual(50);
        expect(found).toEqual(found.toSorted((a, b) => b.atLeastMs - a.atLeastMs || b.totalMs - a.totalMs));
        for (const [id, theirs] of Map.groupBy(calls, ({ id }) => id)) {
          const ms = theirs.reduce((sum, call) => sum + call.ms, 0);
          const hitter = found.find((candidate) => candidate.id === id);
          if (hitter === undefined) {
            if (found.length < 50) expect(ms).toBeLessThanOrEqual(totalMs / 8);
            continue;
          }
          expect(hitter.atLeastMs).toBeLessThanOrEqual(ms + 1e-6);
          expect(hitter.totalMs).toBeGreaterThanOrEqual(ms - 1e-6);
          expect(hitter.totalMs - hitter.atLeastMs).toBeLessThanOrEqual(totalMs / 8 + 1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });
});
