import type { Origin } from '../../cog/origins.ts';
import type { Figures } from '../figures.ts';
import { NS_PER_MS, type Row } from '../row.ts';
import { inSlices } from '../slices.ts';
import type { Hitter } from './space-saving.ts';

/** A guild, channel or user whose calls took much of the time. */
export interface HeavyHitter {
  /** As Discord gives it. */
  readonly id: string;
  /** Calls that are known to be its own, failed ones included: there may have been more. */
  readonly calls: number;
  readonly errors: number;
  /** The most that its calls have taken, in ms. */
  readonly totalMs: number;
  /** The least that its calls have taken, in ms. The two differ where there were more than eight such ids. */
  readonly atLeastMs: number;
  /** Its share of the time of all calls, 0 to 1: `atLeastMs` over that. What cannot be told for sure is left out. */
  readonly share: number;
}

/** The same over all targets. */
export interface HeavyHitterOfAll extends HeavyHitter {
  /** Ids of the targets that most of its time went to, at most three, the heaviest first. */
  readonly targets: readonly string[];
}

export type HeaviestByOrigin = Readonly<Partial<Record<Origin, readonly HeavyHitter[]>>>;

const MOST_OF_ALL = 50;
const MOST_TARGETS = 3;

/** Whose calls took the most of the time of a row, the heaviest first; empty where that is not kept. */
export function heaviestIn({ heaviest, sumNs }: Row): HeaviestByOrigin {
  const byOrigin: Partial<Record<Origin, readonly HeavyHitter[]>> = {};
  for (const [origin, { hitters }] of heaviest ?? []) {
    const found = hitters.map((hitter) => shown(hitter, sumNs)).sort(byWeight);
    if (found.length > 0) byOrigin[origin] = found;
  }
  return byOrigin;
}

/** What each target did on all shards. */
export async function totalsOf(shards: Iterable<Figures>): Promise<Map<string, Row>> {
  const breathe = inSlices();
  const totals = new Map<string, Row>();
  for (const { rows } of shards) {
    for (const [id, row] of rows) {
      const pause = breathe();
      if (pause !== undefined) await pause;
      const total = totals.get(id);
      if (total === undefined) totals.set(id, row);
      else total.add(row);
    }
  }
  return totals;
}

/**
 * Whose calls took the most of the time of all rows, at most 50, the heaviest first.
 * @param rows by target
 */
export function heaviestOf(origin: Origin, rows: ReadonlyMap<string, Row>): HeavyHitterOfAll[] {
  let sumNs = 0;
  let floorNs = 0;
  const found: (Hitter & { readonly target: string; readonly floorNs: number })[] = [];
  for (const [target, row] of rows) {
    sumNs += row.sumNs;
    const kept = row.heaviest?.get(origin);
    floorNs += kept?.floorNs ?? 0;
    for (const hitter of kept?.hitters ?? []) found.push({ ...hitter, target, floorNs: kept!.floorNs });
  }
  return [...Map.groupBy(found, ({ id }) => id)]
    .map(([id, parts]) => {
      const sumOf = (numberOf: (part: (typeof parts)[number]) => number) =>
        parts.reduce((sum, part) => sum + numberOf(part), 0);
      // At each target that does not name it, it may have had as much as those who are not named.
      const elsewhereNs = floorNs - sumOf((part) => part.floorNs);
      const total = {
        id,
        calls: sumOf(({ calls }) => calls),
        errors: sumOf(({ errors }) => errors),
        sumNs: elsewhereNs + sumOf((part) => part.sumNs),
        overNs: elsewhereNs + sumOf(({ overNs }) => overNs),
      };
      return { ...shown(total, sumNs), targets: heaviestTargets(parts) };
    })
    .sort(byWeight)
    .slice(0, MOST_OF_ALL);
}

function heaviestTargets(parts: readonly (Hitter & { readonly target: string })[]): string[] {
  return [...parts]
    .sort((a, b) => b.sumNs - b.overNs - (a.sumNs - a.overNs))
    .slice(0, MOST_TARGETS)
    .map(({ target }) => target);
}

function shown({ id, calls, errors, sumNs, overNs }: Hitter, ofNs: number): HeavyHitter {
  const atLeastNs = sumNs - overNs;
  return {
    id,
    calls,
    errors,
    totalMs: sumNs / NS_PER_MS,
    atLeastMs: atLeastNs / NS_PER_MS,
    // Where calls are estimated, both may be rounded.
    share: ofNs === 0 ? 0 : Math.min(1, atLeastNs / ofNs),
  };
}

function byWeight(a: HeavyHitter, b: HeavyHitter): number {
  return b.atLeastMs - a.atLeastMs || b.totalMs - a.totalMs || a.id.localeCompare(b.id);
}
