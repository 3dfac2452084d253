import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bars, sparkline } from '../../src/render/sparkline.ts';

const HEIGHTS = '▁▂▃▄▅▆▇█';
const measured = fc.double({ min: 0, max: 1e9, noNaN: true });

describe('a sparkline', () => {
  test.each([
    [[0, 1, 2, 3, 4, 5, 6, 7, 8], 40, '▁▁▂▃▄▅▆▇█'],
    [[8, Number.NaN, 4], 40, '█ ▄'],
    [[0, 0, 0], 40, '▁▁▁'],
    [[Number.NaN, Number.NaN], 40, '  '],
    [[], 40, ''],
    // The peaks stay when there are more values than characters.
    [[1, 1, 1, 100, 1, 1, Number.NaN, Number.NaN], 4, '▁█▁ '],
  ])('of %j in %d characters', (values, width, text) => {
    expect(sparkline(values, width)).toBe(text);
  });

  test('is as wide as there are values, and never wider than it may be', () => {
    const values = fc.array(fc.oneof(measured, fc.constant(Number.NaN)), { maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 80 }), (given, width) => {
        const text = sparkline(given, width);
        expect(text).toHaveLength(Math.min(given.length, width));
        expect(text).toMatch(/^[▁▂▃▄▅▆▇█ ]*$/);
      }),
    );
  });

  test('is higher where values are greater, and reaches its top at the greatest', () => {
    fc.assert(
      fc.property(fc.array(measured, { minLength: 1, maxLength: 60 }), (values) => {
        const heights = [...sparkline(values, 60)].map((character) => HEIGHTS.indexOf(character));
        for (const [i, one] of values.entries()) {
          for (const [j, other] of values.entries()) {
            if (one < other) expect(heights[i]).toBeLessThanOrEqual(heights[j]!);
          }
        }
        if (values.some((value) => value > 0)) {
          expect(heights[values.indexOf(Math.max(...values))]).toBe(7);
        }
      }),
    );
  });
});

describe('bars', () => {
  test('of a distribution', () => {
    const classes = [
      { label: '≤ 1ms', count: 12 },
      { label: '≤ 10ms', count: 420 },
      { label: '≤ 100ms', count: 0 },
      { label: '> 100ms', count: 1 },
    ];
    expect(bars(classes, 40).split('\n')).toEqual([
      '  ≤ 1ms ▏▊ 12',
      ' ≤ 10ms ▏███████████████████████████ 420',
      '≤ 100ms ▏ 0',
      '> 100ms ▏▏ 1',
    ]);
    expect(bars([], 40)).toBe('');
  });

  const classes = fc.array(
    fc.record({ label: fc.string({ unit: 'grapheme', maxLength: 60 }), count: fc.nat({ max: 1e9 }) }),
    { minLength: 1, maxLength: 12 },
  );

  test('are never wider than they may be', () => {
    fc.assert(
      fc.property(classes, fc.integer({ min: 16, max: 60 }), (given, width) => {
        const lines = bars(given, width).split('\n');
        expect(lines).toHaveLength(given.length);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('are longer for greater counts, and none for none', () => {
    const eighths = (line: string) => {
      const bar = line.slice(line.indexOf('▏') + 1).split(' ')[0]!;
      return [...bar].reduce((sum, character) => sum + ' ▏▎▍▌▋▊▉█'.indexOf(character), 0);
    };
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1e9 }), { minLength: 1, maxLength: 12 }), (counts) => {
        const lines = bars(
          counts.map((count) => ({ label: 'a', count })),
          40,
        ).split('\n');
        for (const [i, one] of counts.entries()) {
          expect(eighths(lines[i]!) > 0).toBe(one > 0);
          for (const [j, other] of counts.entries()) {
            if (one < other) expect(eighths(lines[i]!)).toBeLessThanOrEqual(eighths(lines[j]!));
          }
        }
      }),
    );
  });
});
