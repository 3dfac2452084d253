import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Erasure, Erasures } from '../../src/store/erasures.ts';

const NOW_EPOCH_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const idOf = (n: number) => String(10n ** 17n + BigInt(n));
const known = (erasures: Erasures) =>
  erasures.toJSON(NOW_EPOCH_MS).toSorted((a, b) => a.token.localeCompare(b.token));

describe('what is to be erased', () => {
  test('comes together in all copies, whatever the order; what one has closed says its id nowhere', () => {
    const COPIES = 4;
    const copy = fc.nat({ max: COPIES - 1 });
    const step = fc.oneof(
      fc.record({ at: copy, add: fc.nat({ max: 5 }) }),
      fc.record({ at: copy, close: fc.nat({ max: 5 }) }),
      fc.record({ at: copy, hear: copy }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const copies = Array.from({ length: COPIES }, () => new Erasures());
        const closed = new Set<string>();
        for (const step of steps) {
          const own = copies[step.at]!;
          if ('add' in step) own.add({ origin: 'guild', id: idOf(step.add) }, NOW_EPOCH_MS);
          if ('close' in step) {
            const wish = own.open[step.close];
            if (wish === undefined) continue;
            own.close(wish.token);
            closed.add(wish.token);
          }
          if ('hear' in step) own.include(known(copies[step.hear]!));
        }
        // Everybody hears everybody, and the first of all that the others have heard.
        for (const own of [...copies, ...copies]) for (const other of copies) own.include(known(other));
        const [first] = copies.map(known);
        for (const own of copies) {
          expect(known(own)).toEqual(first);
          expect(own.knowsMoreThan(first!, NOW_EPOCH_MS)).toBe(false);
          for (const { token } of own.open) expect(closed.has(token)).toBe(false);
        }
        for (const { token, id, origin } of first!) {
          if (closed.has(token)) expect([id, origin]).toEqual([undefined, undefined]);
        }
      }),
    );
  });

  test('is news where it was not known, or has been closed', () => {
    const [own, other] = [new Erasures(), new Erasures()];
    const wish = own.add({ origin: 'user', id: idOf(1) }, NOW_EPOCH_MS);
    const told = () => JSON.parse(JSON.stringify(own.toJSON(NOW_EPOCH_MS))) as Erasure[];
    expect(own.knowsMoreThan([], NOW_EPOCH_MS)).toBe(true);
    const early = told();
    expect(other.include(early)).toEqual([wish]);
    expect(other.include(early)).toEqual([]);
    own.close(wish.token);
    expect(own.knowsMoreThan(early, NOW_EPOCH_MS)).toBe(true);
    expect(JSON.stringify(told())).not.toContain(idOf(1));
    other.include(told());
    expect(other.open).toEqual([]);
    // Late, and not believed.
    expect(other.include(early)).toEqual([]);
    expect(other.open).toEqual([]);
  });

  test('leaves no trace an hour after it was closed, and stays for as long as it is open', () => {
    const erasures = new Erasures();
    const { token } = erasures.add({ origin: 'user', id: idOf(1) }, NOW_EPOCH_MS);
    expect(erasures.toJSON(NOW_EPOCH_MS + 1_000 * HOUR_MS)).toHaveLength(1);
    erasures.close(token);
    expect(erasures.toJSON(NOW_EPOCH_MS + HOUR_MS)).toHaveLength(1);
    expect(erasures.toJSON(NOW_EPOCH_MS + HOUR_MS + 1)).toEqual([]);
    expect(erasures.knowsMoreThan([], NOW_EPOCH_MS + HOUR_MS + 1)).toBe(false);
  });
});
