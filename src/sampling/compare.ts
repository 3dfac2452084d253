import { functionWeights } from './functions.ts';
import { type GroupLevel, groupShares } from './groups.ts';
import { weightOf } from './nodes.ts';
import type { Frame, Profile } from './profile.ts';

/** What became of a share. */
export const CHANGES = ['new', 'gone', 'slower', 'faster', 'noise'] as const;
export type Change = (typeof CHANGES)[number];

/** One of two recordings, as far as one function or group is concerned. */
interface Side {
  readonly count: number;
  readonly us: number;
  /** Of all samples of that recording, from 0 to 1. */
  readonly share: number;
}

/** What a function or group took in two recordings. Recordings of different length compare by their shares. */
export interface Comparison {
  /** As people read it. */
  readonly name: string;
  readonly before: Side;
  readonly after: Side;
  /** After minus before, from -1 to 1. */
  readonly difference: number;
  /** After by before; infinite where there was nothing before. */
  readonly ratio: number;
  /** How likely samples differ as much where nothing has changed; corrected for how many are compared. */
  readonly probability: number;
  readonly change: Change;
}

/** Of a function. -1 where the recording does not have it. */
export interface FunctionComparison extends Comparison {
  readonly frame: Frame;
  readonly frameBefore: number;
  readonly frameAfter: number;
}

/** One in so many differences that are told is none. */
const FALSE_DISCOVERIES = 0.05;
/** A smaller change is not told, however sure it is: recordings of the same bot differ by as much. */
const LEAST_CHANGE = 0.02;

/** The shares of owners or other groups in two recordings, the largest differences first. */
export function compareGroups(before: Profile, after: Profile, level: GroupLevel): Comparison[] {
  const sides = [groupShares(before, level), groupShares(after, level)];
  const names = [...new Set(sides.flatMap((shares) => shares.map(({ name }) => name)))];
  const [was, is] = sides.map((shares) => new Map(shares.map((share) => [share.name, share])));
  const none = { count: 0, us: 0 };
  return judged(
    names.map((name) => ({ name, before: was!.get(name) ?? none, after: is!.get(name) ?? none })),
    before,
    after,
  );
}

/**
 * The shares of functions in two recordings, the largest differences first.
 * @param by what they ran themselves, or with what they called
 */
export function compareFunctions(
  before: Profile,
  after: Profile,
  by: 'self' | 'total',
): FunctionComparison[] {
  const keyOf = keysOf(before, after);
  const found = new Map<string, { frame: Frame; frameBefore: number; frameAfter: number }>();
  before.frames.forEach((frame, index) => {
    found.set(keyOf(frame), { frame, frameBefore: index, frameAfter: -1 });
  });
  after.frames.forEach((frame, index) => {
    const key = keyOf(frame);
    found.set(key, { frame, frameBefore: found.get(key)?.frameBefore ?? -1, frameAfter: index });
  });
  const [was, is] = [before, after].map((profile) => {
    const { selfCount, selfUs, totalCount, totalUs } = functionWeights(profile);
    return by === 'self' ? { count: selfCount, us: selfUs } : { count: totalCount, us: totalUs };
  });
  const sides = [...found.values()].map((one) => ({
    name: one.frame.name,
    ...one,
    before: { count: was!.count[one.frameBefore] ?? 0, us: was!.us[one.frameBefore] ?? 0 },
    after: { count: is!.count[one.frameAfter] ?? 0, us: is!.us[one.frameAfter] ?? 0 },
  }));
  return judged(
    sides.filter((one) => one.before.count + one.after.count > 0),
    before,
    after,
  );
}

/**
 * What a function is known by in both recordings: lines move when a file is edited, so they only tell apart functions
 * of the same name.
 */
function keysOf(...profiles: readonly Profile[]): (frame: Frame) => string {
  const nameOf = ({ name, file, kind }: Frame) => JSON.stringify([kind, file, name]);
  const ambiguous = new Set<string>();
  for (const { frames } of profiles) {
    const seen = new Set<string>();
    for (const frame of frames) {
      const name = nameOf(frame);
      if (seen.has(name)) ambiguous.add(name);
      seen.add(name);
    }
  }
  return (frame) => {
    const name = nameOf(frame);
    return ambiguous.has(name) ? `${name} ${frame.line}:${frame.column}` : name;
  };
}

interface Sides {
  readonly name: string;
  readonly before: Omit<Side, 'share'>;
  readonly after: Omit<Side, 'share'>;
}

function judged<Row extends Sides>(rows: readonly Row[], before: Profile, after: Profile) {
  const [all, allAfter] = [weightOf(before), weightOf(after)];
  const probabilities = corrected(
    rows.map((row) => differenceProbability(row.before.count, all.count, row.after.count, allAfter.count)),
  );
  const judgedRows = rows.map((row, index) => {
    const was = { ...row.before, share: shareOf(row.before.us, all.us) };
    const is = { ...row.after, share: shareOf(row.after.us, allAfter.us) };
    const probability = probabilities[index]!;
    const figures = { difference: is.share - was.share, ratio: is.share / was.share, probability };
    return { ...row, before: was, after: is, ...figures, change: changeOf(was, is, probability) };
  });
  return judgedRows.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

function shareOf(us: number, allUs: number): number {
  return allUs === 0 ? 0 : us / allUs;
}

function changeOf(before: Side, after: Side, probability: number): Change {
  const isSmall = Math.abs(after.share - before.share) < LEAST_CHANGE * Math.max(before.share, after.share);
  if (probability > FALSE_DISCOVERIES || isSmall) return 'noise';
  if (before.count === 0) return 'new';
  if (after.count === 0) return 'gone';
  return after.share > before.share ? 'slower' : 'faster';
}

/**
 * The two-proportion z-test: how likely two shares differ as much by chance, z = (p₁ − p₂) / √(p(1 − p)(1/n₁ + 1/n₂))
 * with p of both together (NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3). Under five expected samples on a
 * side the normal distribution does not hold, and nothing is said.
 */
export function differenceProbability(hits1: number, n1: number, hits2: number, n2: number): number {
  if (n1 === 0 || n2 === 0) return 1;
  const share = (hits1 + hits2) / (n1 + n2);
  const least = Math.min(n1, n2) * Math.min(share, 1 - share);
  if (least < 5) return 1;
  const z = (hits1 / n1 - hits2 / n2) / Math.sqrt(share * (1 - share) * (1 / n1 + 1 / n2));
  return twoSided(Math.abs(z));
}

/**
 * How likely a normally distributed value lies further than z from its mean: 26.2.17 of Abramowitz and Stegun, Handbook
 * of Mathematical Functions, off by 1.5e-7 at most.
 */
function twoSided(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(1, (2 * Math.exp((-z * z) / 2) * series) / Math.sqrt(2 * Math.PI));
}

/**
 * Probabilities corrected for their number, so that of the differences that are told the given share is none: Benjamini
 * and Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57 (1995).
 */
export function corrected(probabilities: readonly number[]): number[] {
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const adjusted: number[] = [];
  let least = 1;
  order.forEach((index, place) => {
    const rank = probabilities.length - place;
    least = Math.min(least, (probabilities[index]! * probabilities.length) / rank);
    adjusted[index] = least;
  });
  return adjusted;
}
