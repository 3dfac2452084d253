import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBucket, encodeBucket, UnreadableValueError } from '../../src/store/bucket.ts';
import { LiveRows } from '../../src/store/live-rows.ts';
import { OUTCOMES, Row, type SealedRow } from '../../src/store/row.ts';
import { inSlices } from '../../src/store/slices.ts';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });

/** Rows as the recorder makes them. */
const row = fc
  .record({
    sinceEpochMs: fc.integer({ min: 0, max: 2 ** 42 }),
    calls: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 0, max: OUTCOMES.length - 1 })),
      { maxLength: 40 },
    ),
    kinds: fc.dictionary(text, fc.integer({ min: 1, max: 1e9 }), { maxKeys: 3 }),
    weight: fc.constantFrom(1, 8, 63.5),
  })
  .map(({ sinceEpochMs, calls, kinds, weight }): SealedRow => {
    const rows = new LiveRows();
    rows.reserve(1);
    rows.clear(0, 0);
    for (const [durationNs, outcome] of calls) rows.add(0, durationNs, outcome);
    const errorKinds = new Map(Object.entries(kinds));
    if (calls.length > 0) return rows.read(0, sinceEpochMs, errorKinds, weight);
    // Not called: a row that travels between shards.
    return { ...new Row().seal(), sinceEpochMs, errorKinds };
  });

const bucket = fc.record({
  coveredMs: fc.integer({ min: 0, max: 86_400_000 }),
  rows: fc.array(fc.tuple(text, row), { maxLength: 20 }).map((entries) => new Map(entries)),
});

async function decoded(value: unknown) {
  const { coveredMs, rows } = await decodeBucket(value);
  return { coveredMs, rows: new Map(rows) };
}

test('what is encoded is decoded, whatever the names', async () => {
  await fc.assert(
    fc.asyncProperty(bucket, async (given) => {
      const { coveredMs, rows } = await decoded(await encodeBucket(given, inSlices()));
      expect(coveredMs).toBe(given.coveredMs);
      expect([...rows.keys()].sort()).toEqual([...given.rows.keys()].sort());
      for (const [id, { histogram, ...figures }] of rows) {
        const { histogram: expected, ...others } = given.rows.get(id)!;
        expect(figures).toEqual(others);
        expect([...histogram]).toEqual([...expected]);
      }
    }),
    { numRuns: 200 },
  );
});

test('buckets that are read one after the other, and alternately, have each their own names', async () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 4 });
  const names = fc.uniqueArray(name, { maxLength: 8 });
  const [{ histogram, ...others }] = [new Row().seal()];
  await fc.assert(
    fc.asyncProperty(fc.array(names, { minLength: 2, maxLength: 4 }), async (given) => {
      const rows = (ids: readonly string[]) =>
        new Map(ids.map((id) => [id, { ...others, histogram, sinceEpochMs: 0 }]));
      const values = await Promise.all(
        given.map((ids) => encodeBucket({ coveredMs: 0, rows: rows(ids) }, inSlices())),
      );
      const opened = await Promise.all(values.map((value) => decodeBucket(value)));
      const iterators = opened.map(({ rows }) => rows[Symbol.iterator]());
      const found = given.map((): string[] => []);
      for (let left = true; left; ) {
        left = false;
        for (const [at, iterator] of iterators.entries()) {
          const next = iterator.next();
          if (!next.done) found[at]!.push(next.value[0]);
          left ||= !next.done;
        }
      }
      expect(found).toEqual(given.map((ids) => [...ids].sort()));
    }),
    { numRuns: 500 },
  );
});

describe('what cannot be read is refused by name:', () => {
  test.each([
    ['something else', 42],
    ['text', 'hello'],
    ['no text', ''],
    ['a later version', '2:AAAA'],
    ['no deflated bytes', '1:0:AAAA'],
    ['nothing after the version', '1:'],
  ])('%s', async (_, value) => {
    await expect(decoded(value)).rejects.toThrow(UnreadableValueError);
  });

  test('the version is in the message', async () => {
    await expect(decoded('7:AAAA')).rejects.toThrow('version 7');
  });

  test('damage, wherever it is', async () => {
    await fc.assert(
      fc.asyncProperty(bucket, fc.nat(), fc.nat({ max: 63 }), async (given, place, digit) => {
        const value = await encodeBucket(given, inSlices());
        const at = 2 + (place % (value.length - 2));
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
        const damaged = value.slice(0, at) + alphabet[digit] + value.slice(at + 1);
        // The last digit of base64 has bits that mean nothing.
        fc.pre(damaged !== value && at !== value.replace(/=*$/, '').length - 1);
        await expect(decoded(damaged)).rejects.toThrow(UnreadableValueError);
      }),
      { numRuns: 300 },
    );
  });
});
