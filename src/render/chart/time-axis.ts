import type { Tick } from './value-axis.ts';

const MOST_STEPS = 3;

/** The first unit counts up to the window that it names, in ms; the steps are those that people count in. */
const UNITS = [
  { name: 's', ms: 1_000, upToMs: 120_000, steps: [1, 2, 5, 10, 15, 20, 30, 60] },
  { name: 'min', ms: 60_000, upToMs: 2 * 3_600_000, steps: [1, 2, 5, 10, 15, 20, 30, 60] },
  { name: 'h', ms: 3_600_000, upToMs: 2 * 86_400_000, steps: [1, 2, 3, 4, 6, 8, 12, 24] },
  {
    name: 'd',
    ms: 86_400_000,
    upToMs: Number.POSITIVE_INFINITY,
    steps: [1, 2, 3, 5, 7, 10, 15, 20, 30, 60, 90, 180, 360, 720],
  },
] as const;

/**
 * Such as `60 min ago`, `40 min`, `20 min`, `now`: the time before now, since nobody knows in which time zone the
 * reader lives. Their values are in Unix ms.
 */
export function timeTicks(fromEpochMs: number, toEpochMs: number): Tick[] {
  const windowMs = toEpochMs - fromEpochMs;
  const unit = UNITS.find(({ upToMs }) => windowMs <= upToMs)!;
  const step = unit.steps.find((each) => windowMs / (each * unit.ms) <= MOST_STEPS) ?? unit.steps.at(-1)!;
  const count = Math.floor(windowMs / (step * unit.ms));
  return Array.from({ length: count + 1 }, (_, index) => {
    const stepsAgo = count - index;
    const ago = `${stepsAgo * step} ${unit.name}`;
    return {
      value: toEpochMs - stepsAgo * step * unit.ms,
      label: stepsAgo === 0 ? 'now' : index === 0 ? `${ago} ago` : ago,
    };
  });
}
