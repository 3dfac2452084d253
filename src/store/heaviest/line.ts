import type { Origin } from '../../cog/origins.ts';
import type { SealedHeaviest } from './heaviest.ts';
import { type Hitter, type Hitters, isId, MOST_HITTERS } from './space-saving.ts';

/** Whose calls took the most time, as it is in a line of an export; `docs/data.md` describes it. */
export type HeaviestOnLine = Readonly<Record<string, Hitters>>;

/** More than there are: a file may be of a later cogscope. */
const MOST_ORIGINS = 8;

export function heaviestOnLine(heaviest: SealedHeaviest): HeaviestOnLine {
  return Object.fromEntries(heaviest);
}

/** Undefined where the line says nothing. */
export function heaviestFrom(found: unknown): SealedHeaviest | undefined | 'wrong' {
  if (found === undefined) return undefined;
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return 'wrong';
  const entries = Object.entries(found);
  if (entries.length === 0) return undefined;
  if (entries.length > MOST_ORIGINS || !entries.every(([, hitters]) => isHitters(hitters))) return 'wrong';
  return new Map(entries.map(([origin, hitters]) => [origin as Origin, hitters]));
}

function isHitters(value: unknown): value is Hitters {
  const { floorNs, hitters } = Object(value) as Partial<Hitters>;
  if (!isDuration(floorNs) || !Array.isArray(hitters) || hitters.length > MOST_HITTERS) return false;
  return hitters.every(isHitter) && new Set(hitters.map(({ id }) => id)).size === hitters.length;
}

function isHitter(value: unknown): value is Hitter {
  const { id, calls, errors, sumNs, overNs } = Object(value) as Partial<Hitter>;
  return (
    isId(id) &&
    isCount(calls) &&
    isCount(errors) &&
    isDuration(sumNs) &&
    isDuration(overNs) &&
    overNs <= sumNs
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isDuration(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
