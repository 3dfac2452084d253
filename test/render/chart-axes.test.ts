import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barsOf, extentOf, lineOf } from '../../src/render/chart/steps.ts';
import { timeTicks } from '../../src/render/chart/time-axis.ts';
import type { Panel, Point, Unit } from '../../src/render/chart/timeline.ts';
import { axisOf } from '../../src/render/chart/value-axis.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Room for five steps. */
const HEIGHT = 96;

function pointsOf(values: readonly number[]): Point[] {
  return values.map((value, index) => [index * MINUTE_MS, value]);
}

function panelOf(unit: Unit, series: { [role in 'typical' | 'worst']?: readonly number[] }): Panel {
  return {
    label: 'a panel',
    unit,
    series: Object.entries(series).map(([role, values]) => ({
      label: role,
      role: role as 'typical',
      style: 'line',
      points: pointsOf(values),
    })),
  };
}

function labelsOf(panel: Panel, height = HEIGHT): string[] {
  return axisOf(panel, height).ticks.map(({ label }) => label);
}

describe('the axis of values', () => {
  test.each([
    ['duration', [42, 190], ['0', '50ms', '100ms', '150ms', '200ms']],
    ['duration', [0.012], ['0', '5µs', '10µs', '15µs']],
    ['duration', [2.2 * MINUTE_MS], ['0', '30s', '1min', '1.5min', '2min', '2.5min']],
    ['duration', [70 * MINUTE_MS], ['0', '15min', '30min', '45min', '1h', '1.25h']],
    ['duration', [0, 0], ['0', '200µs', '400µs', '600µs', '800µs', '1ms']],
    ['count', [1], ['0', '1']],
    ['count', [0.3], ['0', '0.1', '0.2', '0.3']],
    ['count', [7_300], ['0', '2k', '4k', '6k', '8k']],
    ['bytes', [5_000_000], ['0', '1 MiB', '2 MiB', '3 MiB', '4 MiB', '5 MiB']],
    ['percent', [93], ['0', '20%', '40%', '60%', '80%', '100%']],
  ] as const)('of %s counts %j in round numbers', (unit, typical, labels) => {
    expect(labelsOf(panelOf(unit, { typical }))).toEqual(labels);
  });

  test('has fewer steps where there is less room', () => {
    expect(labelsOf(panelOf('count', { typical: [52] }), 54)).toEqual(['0', '20', '40', '60']);
  });

  test('is logarithmic where the worst duration is far from the usual one, or where that is asked for', () => {
    const typical = [4, 5, 3, 4];
    expect(axisOf(panelOf('duration', { typical, worst: [9, 9, 199, 9] }), HEIGHT).type).toBe('linear');
    const far = panelOf('duration', { typical, worst: [9, 9, 2_100, 9] });
    expect(axisOf(far, HEIGHT).type).toBe('logarithmic');
    expect(labelsOf(far)).toEqual(['2ms', '10ms', '100ms', '1s', '5s']);
    expect(axisOf({ ...far, scale: 'linear' }, HEIGHT).type).toBe('linear');
    expect(axisOf({ ...panelOf('count', { typical }), scale: 'log' }, HEIGHT).type).toBe('logarithmic');
    expect(axisOf(panelOf('count', { typical, worst: [9e9] }), HEIGHT).type).toBe('linear');
  });

  test('is never logarithmic where there is no length to compare', () => {
    const zeros = panelOf('duration', { typical: [0, 0] });
    expect(axisOf({ ...zeros, scale: 'log' }, HEIGHT).type).toBe('linear');
    const { series, ...rest } = panelOf('count', { typical: [1, 5_000] });
    const standing = { ...rest, series: series.map((each) => ({ ...each, style: 'bars' as const })) };
    expect(axisOf({ ...standing, scale: 'log' }, HEIGHT).type).toBe('linear');
  });

  test('is as high as bars stand on each other', () => {
    const bars = (values: readonly number[]) => ({
      label: 'calls',
      role: 'amount' as const,
      style: 'bars' as const,
      points: pointsOf(values),
    });
    const panel: Panel = { label: 'calls', unit: 'count', series: [bars([10, 30]), bars([40, 1])] };
    expect(axisOf(panel, HEIGHT).max).toBe(50);
  });

  const values = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 20 });
  const units = fc.constantFrom<Unit>('duration', 'count', 'bytes', 'percent');
  const scales = fc.constantFrom('linear', 'log', undefined);

  test('shows every value, in a few different labels that are not long', () => {
    fc.assert(
      fc.property(units, values, values, scales, (unit, typical, worst, scale) => {
        const panel = panelOf(unit, { typical, worst });
        const { type, min, max, ticks } = axisOf({ ...panel, ...(scale && { scale }) }, HEIGHT);
        // Less than a hundredth of the least unit is not written; it stands at the end of a logarithmic axis.
        const least = type === 'linear' ? 0 : 1;
        for (const value of [...typical, ...worst]) {
          expect(Math.max(value, least)).toBeGreaterThanOrEqual(min);
          expect(value).toBeLessThanOrEqual(max);
        }
        expect(max).toBeGreaterThan(min);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(7);
        for (const { value } of ticks) {
          expect(value).toBeGreaterThanOrEqual(min);
          expect(value).toBeLessThanOrEqual(max);
        }
        const labels = ticks.map(({ label }) => label);
        expect(new Set(labels).size, labels.join()).toBe(labels.length);
        for (const label of labels) expect(label.length).toBeLessThanOrEqual(9);
      }),
    );
  });
});

describe('the axis of time', () => {
  test.each([
    [90_000, ['90 s ago', '60 s', '30 s', 'now']],
    [HOUR_MS, ['60 min ago', '40 min', '20 min', 'now']],
    [6 * HOUR_MS, ['6 h ago', '4 h', '2 h', 'now']],
    [DAY_MS, ['24 h ago', '16 h', '8 h', 'now']],
    [7 * DAY_MS, ['6 d ago', '3 d', 'now']],
    [30 * DAY_MS, ['30 d ago', '20 d', '10 d', 'now']],
    [90 * DAY_MS, ['90 d ago', '60 d', '30 d', 'now']],
  ])('of %d ms is %j', (windowMs, labels) => {
    expect(timeTicks(5, 5 + windowMs).map(({ label }) => label)).toEqual(labels);
  });

  test('has at most four labels, all in the window, the last now', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 365 * DAY_MS }), (windowMs) => {
        const ticks = timeTicks(1_000, 1_000 + windowMs);
        expect(ticks.length).toBeLessThanOrEqual(4);
        for (const { value } of ticks) expect(value).toBeGreaterThanOrEqual(1_000);
        expect(ticks.at(-1)).toEqual({ value: 1_000 + windowMs, label: 'now' });
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      }),
    );
  });
});

describe('the steps', () => {
  test('are joined to a line where they follow each other, in whatever order they come', () => {
    const marks = lineOf(
      [
        [3 * MINUTE_MS, 3],
        [0, 0],
        [MINUTE_MS, 1],
        [7 * MINUTE_MS, 7],
      ],
      MINUTE_MS,
    );
    expect(marks.map(({ y }) => y)).toEqual([0, 1, Number.NaN, 3, Number.NaN, 7]);
    expect(marks.filter(({ isAlone }) => isAlone).map(({ y }) => y)).toEqual([3, 7]);
    expect(marks[0]!.x).toBe(MINUTE_MS / 2);
  });

  test('have no bar where there was nothing', () => {
    expect(barsOf(pointsOf([0, 4]), MINUTE_MS).map(({ y }) => y)).toEqual([4]);
  });

  test('are shown as a whole, where one began before the window or has not ended', () => {
    const { series } = panelOf('count', { typical: [1, 1, 1] });
    const timeline = {
      fromEpochMs: 20_000,
      toEpochMs: 2 * MINUTE_MS + 5_000,
      stepMs: MINUTE_MS,
      panels: [{ label: 'a panel', unit: 'count', series } as const],
    };
    expect(extentOf(timeline)).toEqual([0, 3 * MINUTE_MS]);
  });
});
