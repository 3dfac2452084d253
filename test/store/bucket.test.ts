import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Origin } from '../../src/cog/origins.ts';
import { decodeBucket, encodeBucket, UnreadableValueError } from '../../src/store/bucket.ts';
import { LiveHeaviest } from '../../src/store/heaviest/live-heaviest.ts';
import { decodeBins } from '../../src/store/histogram.ts';
import { LiveRows } from '../../src/store/live-rows.ts';
import { OUTCOMES, Row, type SealedRow } from '../../src/store/row.ts';
import { inSlices } from '../../src/store/slices.ts';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });

/** Whose calls took the most time, of no origin, of one, or of one that only a later cogscope knows too. */
const heaviest = fc
  .array(
    fc.tuple(
      fc.constantFrom<Origin>('guild', 'user', 'thread' as Origin),
      fc.array(fc.tuple(fc.bigInt({ min: 10n ** 14n, max: 10n ** 22n - 1n }), fc.nat(), fc.boolean()), {
        minLength: 1,
        maxLength: 20,
      }),
    ),
    { maxLength: 3 },
  )
  .map((origins) => {
    const found = new LiveHeaviest();
    for (const [name, calls] of origins) {
      for (const [id, ns, isError] of calls)
        found.add(0, { names: [name], ids: [String(id)], erasures: 0 }, ns, isError);
    }
    return found.read(0);
  });

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
    heaviest: fc.option(heaviest, { nil: undefined }),
  })
  .map(({ sinceEpochMs, calls, kinds, weight, heaviest }): SealedRow => {
    const rows = new LiveRows();
    rows.reserve(1);
    rows.clear(0, 0);
    for (const [durationNs, outcome] of calls) rows.add(0, durationNs, outcome);
    const errorKinds = new Map(Object.entries(kinds));
    const ids = heaviest && { heaviest };
    if (calls.length > 0) return { ...rows.read(0, sinceEpochMs, errorKinds, weight), ...ids };
    // Not called: a row that travels between shards.
    return { ...new Row().seal(), sinceEpochMs, errorKinds, ...ids };
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

test('what was written before ids were kept is decoded as it was, and so is it written today', async () => {
  const value =
    '1:56e2053:K2ViEM0tLc5M1k/Oz81NzEvRL8hJzFM4vHLWn9Nv5puwMTEyMjAwMOz7XOi4724v4/djb8F8BoUQB9Y2DkZuZgZBxkqIWlZGQmoZuYIS89JTXYuK8osYAQ==';
  const figures = {
    sinceEpochMs: 1_795_255_631_386,
    count: 5,
    timed: 4,
    errors: 1,
    aborted: 1,
    sumNs: 18_824_160,
    minNs: 2_322_110,
    maxNs: 6_214_197,
    sumOfSquaresMs2: 80.5,
    errorKinds: new Map([['RangeError', 1]]),
  };
  const { coveredMs, rows } = await decoded(value);
  const found = [...rows].map(([id, { histogram, ...others }]) => [id, decodeBins(histogram), others]);
  const bins = [
    [1030, 1],
    [1041, 3],
  ];
  expect(coveredMs).toBe(117);
  expect(found).toEqual([
    ['music/command/plan é', bins, { ...figures, count: 6, errorKinds: new Map() }],
    ['music/command/play', bins, figures],
  ]);
  expect(await encodeBucket({ coveredMs, rows }, inSlices())).toBe(value);
});

test('eight ids of three origins in each of 500 rows take less than 300 characters more a row', async () => {
  const names = ['guild', 'channel', 'user'] as const;
  const random = () => Math.floor(Math.random() * 1_000);
  const rows = (isKept: boolean) =>
    new Map(
      Array.from({ length: 500 }, (_, at): [string, SealedRow] => {
        const found = new LiveHeaviest();
        for (let call = 0; call < 200; call++) {
          const ids = names.map((_, kind) => String(10n ** 17n * BigInt(kind + 1) + BigInt(random())));
          found.add(0, { names, ids, erasures: 0 }, random() * 1e6, false);
        }
        const row = { ...new Row().seal(), sinceEpochMs: 0 };
        return [`cog/command/${at}`, isKept ? { ...row, heaviest: found.read(0)! } : row];
      }),
    );
  const [less, more] = await Promise.all(
    [rows(false), rows(true)].map((rows) => encodeBucket({ coveredMs: 0, rows }, inSlices())),
  );
  expect((more!.length - less!.length) / 500).toBeLessThan(300);
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
    ['a later version', '3:AAAA'],
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
