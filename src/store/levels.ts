/**
 * How time is cut into buckets: every level but the first is made of buckets of the level before it, once those are
 * complete. The finer ones stay for a while, for windows that begin or end within a coarser one.
 */
export interface Level {
  readonly name: 'minute' | 'hour' | 'day';
  readonly ms: number;
  /** For how many complete buckets of the next level the buckets of this one are kept. */
  readonly keptFor: number;
}

export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From the finest to the coarsest. */
export const LEVELS = [
  { name: 'minute', ms: MINUTE_MS, keptFor: 2 },
  { name: 'hour', ms: HOUR_MS, keptFor: 1 },
  { name: 'day', ms: DAY_MS, keptFor: Number.POSITIVE_INFINITY },
] as const satisfies readonly Level[];

/** Those that are made of finer ones. */
export const COARSE_LEVELS: readonly Level[] = LEVELS.slice(1);

export type LevelName = Level['name'];

/** Up to which bucket, itself not included, each level is complete; of minutes, up to which there can be any. */
export type Complete = Readonly<Record<LevelName, number>>;

/** A bucket: its level, and the number of such spans since 1970 that end before it begins. */
export interface Span {
  readonly level: Level;
  readonly index: number;
}

export function startOf({ level, index }: Span): number {
  return index * level.ms;
}

export function endOf({ level, index }: Span): number {
  return (index + 1) * level.ms;
}

/** The first bucket of a level that is still kept. */
export function keptFrom(level: Level, complete: Complete): number {
  const coarser = LEVELS[LEVELS.findIndex(({ name }) => name === level.name) + 1];
  if (coarser === undefined) return 0;
  return ((complete[coarser.name] - level.keptFor) * coarser.ms) / level.ms;
}

/**
 * The fewest buckets that cover a window, each moment once. Where the finer buckets at an end of the window are
 * there no more, the coarser one counts whole.
 */
export function* cover(
  fromEpochMs: number,
  toEpochMs: number,
  complete: Complete,
  depth: number = LEVELS.length - 1,
): Iterable<Span> {
  const level: Level = LEVELS[depth]!;
  const finer = LEVELS[depth - 1];
  const first = Math.floor(fromEpochMs / level.ms);
  for (let index = first; index * level.ms <= toEpochMs; index++) {
    const span = { level, index };
    const start = startOf(span);
    const end = endOf(span);
    const isWhole = start >= fromEpochMs && end <= toEpochMs;
    if (finer === undefined) {
      if (index < complete[level.name]) yield span;
    } else if (index < complete[level.name] && (isWhole || start / finer.ms < keptFrom(finer, complete))) {
      yield span;
    } else {
      // The last moment of a span belongs to it.
      yield* cover(Math.max(start, fromEpochMs), Math.min(end - 1, toEpochMs), complete, depth - 1);
    }
  }
}

/**
 * The buckets that cover a window, each moment once, of the finest level whose buckets are there from its beginning on,
 * and finer ones at its end: for looking at one after the other, where `cover` is for adding up.
 */
export function coverEvenly(fromEpochMs: number, toEpochMs: number, complete: Complete): Iterable<Span> {
  const depth = LEVELS.findIndex((level) => Math.floor(fromEpochMs / level.ms) >= keptFrom(level, complete));
  return cover(fromEpochMs, toEpochMs, complete, depth);
}
