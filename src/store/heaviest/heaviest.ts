import type { Origin } from '../../cog/origins.ts';
import type { SealedRow } from '../row.ts';
import { HittersSum } from './hitters-sum.ts';
import type { Hitters } from './space-saving.ts';

/** Of the list of one origin, and of each id in it. */
const ORIGIN_BYTES = 200;
const HITTER_BYTES = 120;

/** Where one call came from. */
export interface CallOrigins {
  readonly names: readonly Origin[];
  /** One for each name; undefined where the call has none. */
  readonly ids: readonly (string | undefined)[];
  /** What was erased when the call began, as a number: where more has been since, its ids may be among that. */
  readonly erasures: number;
}

/** Whose calls took the most time, by origin. */
export type SealedHeaviest = ReadonlyMap<Origin, Hitters>;

/** An id that is to be found nowhere any more. */
export interface OriginId {
  readonly origin: Origin;
  readonly id: string;
}

/** Adds up whose calls took the most time. */
export class HeaviestSum {
  readonly #byOrigin = new Map<Origin, HittersSum>();

  merge(sealed: SealedHeaviest): void {
    for (const [origin, hitters] of sealed) {
      let sum = this.#byOrigin.get(origin);
      if (sum === undefined) this.#byOrigin.set(origin, (sum = new HittersSum()));
      sum.merge(hitters);
    }
  }

  /** What it comes to; undefined where that is nothing. */
  seal(): SealedHeaviest | undefined {
    return sealEach(this.#byOrigin, (sum) => sum.seal());
  }
}

/** What of each origin is known; undefined where that is nothing. */
export function sealEach<Found>(
  byOrigin: ReadonlyMap<Origin, Found>,
  seal: (found: Found) => Hitters | undefined,
): SealedHeaviest | undefined {
  const sealed = new Map<Origin, Hitters>();
  for (const [origin, found] of byOrigin) {
    const hitters = seal(found);
    if (hitters !== undefined) sealed.set(origin, hitters);
  }
  return sealed.size === 0 ? undefined : sealed;
}

/** Whether something is one of these ids; undefined where there are none. */
export function matching(wishes: readonly OriginId[]): ((origin: Origin, id: string) => boolean) | undefined {
  if (wishes.length === 0) return undefined;
  const keys = new Set(wishes.map(({ origin, id }) => `${origin} ${id}`));
  return (origin, id) => keys.has(`${origin} ${id}`);
}

/** The same without some ids; the same object where none of them is there. */
export function without(row: SealedRow, isErased: (origin: Origin, id: string) => boolean): SealedRow {
  const { heaviest, ...rest } = row;
  const isThere = [...(heaviest ?? [])].some(([origin, { hitters }]) =>
    hitters.some(({ id }) => isErased(origin, id)),
  );
  if (heaviest === undefined || !isThere) return row;
  const left = new Map<Origin, Hitters>();
  for (const [origin, { floorNs, hitters }] of heaviest) {
    const others = hitters.filter(({ id }) => !isErased(origin, id));
    if (others.length > 0 || floorNs > 0) left.set(origin, { floorNs, hitters: others });
  }
  return left.size === 0 ? rest : { ...rest, heaviest: left };
}

/** Estimated bytes of what is kept in memory. */
export function sizeBytesOf(heaviest: SealedHeaviest | undefined): number {
  let bytes = 0;
  for (const { hitters } of heaviest?.values() ?? []) bytes += ORIGIN_BYTES + hitters.length * HITTER_BYTES;
  return bytes;
}
