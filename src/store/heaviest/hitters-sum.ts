import { type Hitter, type Hitters, MOST_HITTERS } from './space-saving.ts';

/** While adding up there is room for more, so that less is guessed. */
const MOST_WHILE_ADDING = 2 * MOST_HITTERS;

type Known = { -readonly [Key in keyof Hitter]: Hitter[Key] };

/**
 * Adds up what was kept of several times, shards or targets, with the bounds of `SpaceSaving`. An id has what it has
 * where it is kept, and at most `floorNs` where it is not: as Cafaro, Pulimeno and Tempesta merge, in "A parallel space
 * saving algorithm for frequent items and the Hurwitz zeta distribution" (2016).
 */
export class HittersSum {
  /** Their durations are those beyond `#floorsNs`: so adding does not touch the ids that are not among what is added. */
  readonly #hitters: Known[] = [];
  /** The sum of all `floorNs`. */
  #floorsNs = 0;
  /** The most, beyond that, of those who had to go. */
  #goneNs = 0;

  merge({ floorNs, hitters }: Hitters): void {
    this.#floorsNs += floorNs;
    for (const { id, calls, errors, sumNs, overNs } of hitters) {
      const known = this.#find(id);
      if (known === undefined) {
        const beforeNs = this.#goneNs - floorNs;
        this.#hitters.push({ id, calls, errors, sumNs: sumNs + beforeNs, overNs: overNs + beforeNs });
        continue;
      }
      known.calls += calls;
      known.errors += errors;
      known.sumNs += sumNs - floorNs;
      known.overNs += overNs - floorNs;
    }
    this.#keep(MOST_WHILE_ADDING);
  }

  /** What it comes to, the heaviest first; undefined where that is nothing. */
  seal(): Hitters | undefined {
    this.#keep(MOST_HITTERS);
    const floorsNs = this.#floorsNs;
    const floorNs = floorsNs + this.#goneNs;
    if (this.#hitters.length === 0 && floorNs === 0) return undefined;
    const hitters = this.#hitters
      .map((hitter) => ({
        ...hitter,
        sumNs: hitter.sumNs + floorsNs,
        overNs: hitter.overNs + floorsNs,
      }))
      .sort((a, b) => b.sumNs - a.sumNs);
    return { floorNs, hitters };
  }

  #find(id: string): Known | undefined {
    for (const hitter of this.#hitters) if (hitter.id === id) return hitter;
    return undefined;
  }

  #keep(most: number): void {
    const hitters = this.#hitters;
    while (hitters.length > most) {
      let least = 0;
      for (let at = 1; at < hitters.length; at++) if (hitters[at]!.sumNs < hitters[least]!.sumNs) least = at;
      if (hitters[least]!.sumNs > this.#goneNs) this.#goneNs = hitters[least]!.sumNs;
      hitters[least] = hitters.at(-1)!;
      hitters.pop();
    }
  }
}
