import { expect, test } from 'vitest';
import { growthRows } from '../../../src/memory/growth/report.ts';
import { SeriesTable } from '../../../src/memory/growth/series.ts';

const STEP_MS = 30_000;
const START = 1_700_000_000_000;

/** A table of counters that go as the functions of the sample say. */
function tableOf(counters: Record<string, (at: number) => number>, samples: number): SeriesTable {
  const table = new SeriesTable(0);
  for (let at = 0; at < samples; at++) {
    const counted = Object.entries(counters).map(([name, of]) => ({
      name,
      unit: 'count' as const,
      value: of(at),
    }));
    table.add(START + at * STEP_MS, counted);
  }
  return table;
}

test('only what exceeds its former peak is listed, what grows for sure first', () => {
  const table = tableOf(
    {
      still: () => 7,
      sawtooth: (at) => at % 10,
      filled: (at) => Math.min(at, 5),
      shrinking: (at) => 100 - at,
      'music queue': (at) => 100 + Math.floor(at / 3),
      jumped: (at) => (at === 39 ? 50 : at % 3),
    },
    40,
  );
  const rows = growthRows([table], []);
  expect(rows.map(({ name }) => name)).toEqual(['music queue', 'jumped']);
  expect(rows[0]).toMatchObject({ value: 113, formerPeak: 106, peak: 113, isGrowing: true });
  // A third of one each 30 s.
  expect(rows[0]!.slope!.perHour).toBeCloseTo(40, 0);
  expect(rows[0]!.slope!.uncertaintyPerHour).toBeLessThan(5);
  expect(rows[1]!.isGrowing).toBe(false);
});

test('the slope is that since the reload, with the one before: a leak that was fixed covers zero', () => {
  const wobble = (at: number) => [0, 1, 1, 0, 1, 0, 0][at % 7]!;
  const table = tableOf({ leak: (at) => (at < 60 ? at * 2 : 122) + wobble(at) }, 100);
  const reload = { cog: 'music', atEpochMs: START + 60 * STEP_MS - 1 };
  const [row] = growthRows([table], [reload]);
  expect(row).toMatchObject({ name: 'leak', since: reload, isGrowing: false });
  expect(Math.abs(row!.slope!.perHour)).toBeLessThanOrEqual(row!.slope!.uncertaintyPerHour);
  expect(row!.before!.perHour).toBeCloseTo(240, -1);
  expect(row!.before!.perHour).toBeGreaterThan(row!.before!.uncertaintyPerHour);
});

test('a leak that came with a reload grows since that', () => {
  const table = tableOf({ leak: (at) => Math.max(5, at - 30) }, 60);
  const reloads = [
    { cog: 'shop', atEpochMs: START + 10 * STEP_MS },
    { cog: 'music', atEpochMs: START + 34 * STEP_MS },
    // Too late to say anything of.
    { cog: 'late', atEpochMs: START + 57 * STEP_MS },
  ];
  const [row] = growthRows([table], reloads);
  expect(row).toMatchObject({ since: { cog: 'music' }, isGrowing: true });
  expect(row!.slope!.perHour).toBeCloseTo(120, -1);
  expect(row!.before!.perHour).toBeCloseTo(0, 5);
});

test('what appears later was not there before, and what goes is not there any more', () => {
  const table = new SeriesTable(0);
  const count = (name: string, value: number) => ({ name, unit: 'count' as const, value });
  for (let at = 0; at < 10; at++)
    table.add(START + at, at < 5 ? [count('old', 3)] : [count('new', 2), count('new', 2)]);
  const rows = growthRows([table], []);
  expect(rows.map(({ name, value, formerPeak }) => [name, value, formerPeak])).toEqual([['new', 4, 0]]);
});

test('classes that were counted twice are compared', () => {
  const table = new SeriesTable(Number.NaN);
  table.add(START, [{ name: 'class Song', unit: 'count', value: 10 }]);
  expect(growthRows([table], [])).toEqual([]);
  table.add(START + 1, [
    { name: 'class Song', unit: 'count', value: 30 },
    { name: 'class Rare', unit: 'count', value: 1 },
  ]);
  expect(growthRows([table], [])).toMatchObject([
    { name: 'class Song', value: 30, formerPeak: 10, slope: undefined, isGrowing: false },
  ]);
});

test('a table holds as much of a month as of an hour: true values, the first and the latest among them', () => {
  const table = tableOf({ leak: (at) => at * 3 }, 90_001);
  const [series] = table.all;
  expect(table.samples).toBe(90_001);
  expect(table.timesEpochMs.length).toBeLessThanOrEqual(289);
  expect(table.timesEpochMs.length).toBeGreaterThan(140);
  expect(series!.values).toHaveLength(table.timesEpochMs.length);
  series!.values.forEach((value, at) => {
    expect(table.timesEpochMs[at]).toBe(START + (value / 3) * STEP_MS);
  });
  expect(series!.values[0]).toBe(0);
  expect(series!.values.at(-1)).toBe(270_000);
});

test('there is an end to names', () => {
  const table = new SeriesTable(0);
  const many = Array.from({ length: 5_000 }, (_, at) => ({
    name: `client made-up-${at} listeners`,
    unit: 'count' as const,
    value: 1,
  }));
  table.add(START, many);
  expect([...table.all]).toHaveLength(1_000);
});

test('what grew until a reload is still told where it is no more than it was', () => {
  const table = tableOf({ leak: (at) => Math.min(at, 10), still: () => 7 }, 40);
  const [row, ...others] = growthRows([table], [{ cog: 'music', atEpochMs: START + 10 * STEP_MS + 1 }]);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ name: 'leak', isGrowing: false, value: 10, since: { cog: 'music' } });
  expect(row!.slope!.perHour).toBeCloseTo(0, 5);
  expect(row!.before!.perHour).toBeCloseTo(120, -1);
});
