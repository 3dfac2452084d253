import { formatBytes, formatDuration, formatNumber } from '../units.ts';
import type { Panel, Unit } from './timeline.ts';

export interface ValueAxis {
  readonly type: 'linear' | 'logarithmic';
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly Tick[];
}

/** A place on an axis that is named. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** How values are written, the steps that can be written so, and how much an axis shows where all values are 0. */
const UNITS = {
  duration: { format: formatDuration, steps: durationSteps(), least: 1 },
  // The axis is narrow: `12.5k` instead of all five digits.
  count: { format: formatNumber, steps: decimalSteps(-2, 15), least: 1 },
  bytes: { format: formatBytes, steps: Array.from({ length: 51 }, (_, index) => 2 ** index), least: 1_024 },
  percent: { format: (value: number) => `${formatNumber(value)}%`, steps: decimalSteps(-2, 15), least: 1 },
} as const satisfies Record<
  Unit,
  { format: (value: number) => string; steps: readonly number[]; least: number }
>;

/** Where two ticks are nearer than this part of a logarithmic axis, one of them goes. */
const NEAREST = 0.17;
/** One, ten or a hundred of something, as it is written. */
const ROUND = /^10*\D*$/;

/** What a step of a linear axis takes at least, in logical pixels. */
const STEP_HEIGHT = 18;
/** Where the greatest value is so many times the usual one, a linear axis would press the usual ones flat. */
const WIDE = 50;

/** The axis that shows all of a panel. */
export function axisOf(panel: Panel, plotHeight: number): ValueAxis {
  const { unit, series, scale = isWide(panel) ? 'log' : 'linear' } = panel;
  const values = valuesOf(panel);
  const canBeLog = series.every(({ style }) => style === 'line') && values.some((value) => value > 0);
  return scale === 'log' && canBeLog
    ? logAxis(unit, values)
    : linearAxis(unit, values, Math.floor(plotHeight / STEP_HEIGHT));
}

function isWide({ unit, series }: Panel): boolean {
  if (unit !== 'duration') return false;
  const all = series.flatMap(({ points }) => points.map(([, value]) => value));
  const typical = series
    .filter(({ role }) => role === 'typical')
    .flatMap(({ points }) => points.map(([, value]) => value));
  const usual = (typical.length > 0 ? typical : all).filter((value) => value > 0).sort((a, b) => a - b);
  if (usual.length === 0) return false;
  return all.some((value) => value > WIDE * usual[usual.length >> 1]!);
}

/** Of lines each value, of bars how high they stand on each other. */
function valuesOf({ series }: Panel): number[] {
  const values: number[] = [];
  const heights = new Map<number, number>();
  for (const { style, points } of series) {
    for (const [epochMs, value] of points) {
      if (style === 'line') values.push(value);
      else heights.set(epochMs, (heights.get(epochMs) ?? 0) + value);
    }
  }
  return [...values, ...heights.values()];
}

/**
 * Round durations from 0 on, none after the end.
 * @param most how many steps there is room for
 */
export function durationTicks(endMs: number, most: number): Tick[] {
  const { steps } = UNITS.duration;
  const step = steps.find((each) => endMs / each <= most) ?? steps.at(-1)!;
  const count = Math.min(most, Math.floor(endMs / step));
  return Array.from({ length: count + 1 }, (_, index) => tick('duration', index * step));
}

/**
 * From 0 to a round value above the greatest.
 * @param most how many steps there is room for
 */
function linearAxis(unit: Unit, values: readonly number[], most: number): ValueAxis {
  const { steps, least } = UNITS[unit];
  const greatest = values.reduce((a, b) => Math.max(a, b), 0) || least;
  const isWhole = unit === 'count' && values.every(Number.isInteger);
  const step = steps.find((each) => greatest / each <= most && !(isWhole && each < 1)) ?? greatest / most;
  const count = Math.ceil(greatest / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => tick(unit, index * step));
  return { type: 'linear', min: 0, max: count * step, ticks };
}

/** From a round value below the least that is greater than 0 to one above the greatest. One must be greater than 0. */
function logAxis(unit: Unit, values: readonly number[]): ValueAxis {
  const { steps, format } = UNITS[unit];
  const positive = values.filter((value) => value > 0);
  const least = positive.reduce((a, b) => Math.min(a, b));
  const greatest = positive.reduce((a, b) => Math.max(a, b));
  const min = steps.findLast((step) => step <= least) ?? steps[0]!;
  const max = steps.find((step) => step >= greatest && step > min) ?? greatest;
  const distance = (a: number, b: number) => Math.abs(Math.log(a / b)) / Math.log(max / min);
  // The ends say how far the axis goes; of the rounder values between them, as many as there is room for.
  const kept = [min, max];
  for (const step of steps) {
    if (step <= min || step >= max || !ROUND.test(format(step))) continue;
    if (kept.every((other) => distance(step, other) >= NEAREST)) kept.push(step);
  }
  return {
    type: 'logarithmic',
    min,
    max,
    ticks: kept.sort((a, b) => a - b).map((value) => tick(unit, value)),
  };
}

function tick(unit: Unit, value: number): Tick {
  return { value, label: value === 0 ? '0' : UNITS[unit].format(value) };
}

/** 1, 2, 5, 10, 20, 50 and so on, from 10 to the one power to 10 to the other. */
function decimalSteps(fromPower: number, toPower: number): number[] {
  return Array.from({ length: toPower - fromPower }, (_, index) => fromPower + index).flatMap((power) =>
    [1, 2, 5].map((digit) => digit * 10 ** power),
  );
}

/** In ms. Decimal up to seconds; minutes and hours as clocks divide them. */
function durationSteps(): number[] {
  const [second, minute, hour] = [1_000, 60_000, 3_600_000];
  return [
    ...decimalSteps(-5, 3),
    ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * second),
    ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
    ...decimalSteps(0, 9).map((hours) => hours * hour),
  ];
}
