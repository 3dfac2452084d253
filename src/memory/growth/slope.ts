/** 97.5 % of a normal distribution lie below this many deviations: with the other side, 95 % are within. */
const NORMAL_975 = 1.959_963_984_540_054;
/** Of Student's distribution with one and two degrees of freedom, where the series below is too coarse. */
const STUDENT_975_OF_1 = 12.706;
const STUDENT_975_OF_2 = 4.303;
const MS_PER_HOUR = 3_600_000;
const LEAST_POINTS = 3;

/** How fast something grows. */
export interface Slope {
  readonly perHour: number;
  /**
   * The true slope is within so much of `perHour` with a probability of 95 %, as far as the growth is a straight line
   * with noise; infinite where too little is known.
   */
  readonly uncertaintyPerHour: number;
  readonly points: number;
}

/**
 * The line through points that leaves the least squares, b = Σ(t−t̄)(y−ȳ) / Σ(t−t̄)², with the standard error
 * s_b = √(Σe² / (n_e−2) / Σ(t−t̄)²) (Draper and Smith, Applied Regression Analysis, chapter 1).
 *
 * Counters remember: what is left, e, is alike from one sample to the next, so that n samples say less than n
 * independent ones would. n_e = n (1−r) / (1+r), with the correlation r of each e with the next, takes account of
 * that (Santer et al., Journal of Geophysical Research 105, 2000, equations 3 to 6). It does so for noise that fades;
 * of what wanders without coming back, the uncertainty is still greater than it says.
 *
 * @param points time in ms and value, in order; NaN is left out
 * @returns undefined of fewer than three points, or where they are of one time
 */
export function slopeOf(points: Iterable<readonly [atMs: number, value: number]>): Slope | undefined {
  const measured = [...points].filter(([, value]) => Number.isFinite(value));
  const n = measured.length;
  if (n < LEAST_POINTS) return undefined;
  const meanMs = meanOf(measured.map(([atMs]) => atMs));
  const mean = meanOf(measured.map(([, value]) => value));
  let squares = 0;
  let products = 0;
  for (const [atMs, value] of measured) {
    squares += (atMs - meanMs) ** 2;
    products += (atMs - meanMs) * (value - mean);
  }
  if (squares === 0) return undefined;
  const perMs = products / squares;
  const rest = measured.map(([atMs, value]) => value - mean - perMs * (atMs - meanMs));
  const sumOfSquares = rest.reduce((sum, error) => sum + error ** 2, 0);
  const freedom = effectiveCount(rest, sumOfSquares) - 2;
  // A line without any noise is known whatever its points say of each other.
  const isExact = sumOfSquares <= Number.EPSILON * (1 + mean ** 2) * n;
  const error = isExact ? 0 : Math.sqrt(sumOfSquares / freedom / squares) * student975(freedom);
  return {
    perHour: perMs * MS_PER_HOUR,
    uncertaintyPerHour: isExact || freedom > 0 ? error * MS_PER_HOUR : Number.POSITIVE_INFINITY,
    points: n,
  };
}

/** How many independent samples would say as much. */
function effectiveCount(rest: readonly number[], sumOfSquares: number): number {
  let products = 0;
  for (let at = 1; at < rest.length; at++) products += rest[at]! * rest[at - 1]!;
  const correlation = sumOfSquares === 0 ? 0 : Math.max(0, products / sumOfSquares);
  return (rest.length * (1 - correlation)) / (1 + correlation);
}

/**
 * Below which 97.5 % of Student's distribution lie (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5;
 * within 1 % from three degrees of freedom on).
 */
export function student975(freedom: number): number {
  if (freedom < 2) return STUDENT_975_OF_1;
  if (freedom < 3) return STUDENT_975_OF_2;
  const z = NORMAL_975;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), z);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
