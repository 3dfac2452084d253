import { describe, expect, test } from 'vitest';
import type { Bucket } from '../../src/store/bucket.ts';
import { addOrigins, bucketLines, headerLine, importLines } from '../../src/store/exchange.ts';
import { LiveHeaviest } from '../../src/store/heaviest/live-heaviest.ts';
import { LEVELS, type Span } from '../../src/store/levels.ts';
import { Row, type SealedRow } from '../../src/store/row.ts';

const [MINUTE] = LEVELS;
const SPAN: Span = { level: MINUTE, index: 29_000_000 };
const GUILD = '100000000000000001';
const USER = '100000000000000002';

function rowFrom(ids: readonly [guild: string, user: string] | undefined): SealedRow {
  const row = {
    ...new Row().seal(),
    sinceEpochMs: 1,
    count: 1,
    timed: 1,
    sumNs: 5e6,
    minNs: 5e6,
    maxNs: 5e6,
  };
  if (ids === undefined) return row;
  const found = new LiveHeaviest();
  found.add(0, { names: ['guild', 'user'], ids, erasures: 0 }, 5e6, true);
  return { ...row, heaviest: found.read(0)! };
}

const rows = new Map([
  ['a/command/b', rowFrom([GUILD, USER])],
  ['a/command/c', rowFrom(undefined)],
]);
const bucket = { span: SPAN, coveredMs: 60_000, rows };
const lines = () => [headerLine('1', 0, ['guild', 'user']), ...bucketLines(bucket, 0)];

async function imported(given: readonly string[]): Promise<Bucket[]> {
  const found: Bucket[] = [];
  await importLines(given, async (_, added) => void found.push(added));
  return found;
}

describe('lines', () => {
  test('say in the first of which origins there are ids, and else nothing of ids', () => {
    const origins = new Set<never>();
    addOrigins(bucket, origins);
    expect([...origins]).toEqual(['guild', 'user']);
    const [header, withIds, without] = lines().map((line) => JSON.parse(line));
    expect(header).toEqual({ cogscope: 1, application: '1', exportedAtEpochMs: 0, ids: ['guild', 'user'] });
    expect(withIds.heaviest).toEqual({
      guild: { floorNs: 0, hitters: [{ id: GUILD, calls: 1, errors: 1, sumNs: 5e6, overNs: 0 }] },
      user: { floorNs: 0, hitters: [{ id: USER, calls: 1, errors: 1, sumNs: 5e6, overNs: 0 }] },
    });
    expect(without).not.toHaveProperty('heaviest');
    expect(JSON.parse(headerLine('1', 0, []))).not.toHaveProperty('ids');
  });

  test('are taken in with their ids, and without', async () => {
    const [found] = await imported(lines());
    expect(found!.rows.get('a/command/b')!.heaviest).toEqual(rows.get('a/command/b')!.heaviest);
    expect(found!.rows.get('a/command/c')).not.toHaveProperty('heaviest');
  });

  const hitter = { id: GUILD, calls: 1, errors: 0, sumNs: 5, overNs: 0 };
  test.each([
    ['text', 'guild'],
    ['nothing', null],
    ['a list', []],
    ['no hitters', { guild: { floorNs: 0 } }],
    ['no floor', { guild: { hitters: [hitter] } }],
    ['a floor below nothing', { guild: { floorNs: -1, hitters: [hitter] } }],
    ['too many', { guild: { floorNs: 0, hitters: Array.from({ length: 9 }, () => hitter) } }],
    ['one twice', { guild: { floorNs: 0, hitters: [hitter, hitter] } }],
    ['no id', { guild: { floorNs: 0, hitters: [{ ...hitter, id: '../../etc' }] } }],
    ['half a call', { guild: { floorNs: 0, hitters: [{ ...hitter, calls: 0.5 }] } }],
    ['less than nothing', { guild: { floorNs: 0, hitters: [{ ...hitter, overNs: 6 }] } }],
    ['nine origins', Object.fromEntries([...'abcdefghi'].map((name) => [name, { floorNs: 0, hitters: [] }]))],
  ])('with %s in `heaviest` are refused', async (_, heaviest) => {
    const [header, line] = lines();
    const broken = JSON.stringify({ ...JSON.parse(line!), heaviest });
    await expect(imported([header!, broken])).rejects.toThrow('Line 2 of the data has a wrong `heaviest`');
  });
});
