/** How many ids are kept of each origin: whoever has more than an eighth of the time is among them. */
export const MOST_HITTERS = 8;

/** Such as Discord gives. */
const ID = /^[1-9]\d{14,21}$/;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** What is known of the calls of one id. */
export interface Hitter {
  readonly id: string;
  /** Calls since it was kept: there may have been more before. */
  readonly calls: number;
  readonly errors: number;
  /** The most that its calls have taken, in ns. */
  readonly sumNs: number;
  /** How much of that may be others': it was not kept from the start. */
  readonly overNs: number;
}

/** Whose calls took the most time, of one origin, as it is kept. */
export interface Hitters {
  /** The most that the calls of an id have taken that is not among them, in ns. */
  readonly floorNs: number;
  /** At most `MOST_HITTERS`. */
  readonly hitters: readonly Hitter[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Finds the ids whose calls take the most time, in a space that does not grow: an id that comes when all places are
 * taken gets that of the least, and what that had, as an overestimate. That is Space-Saving, by Metwally, Agrawal and
 * El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams" (ICDT 2005), with durations in the
 * place of counts. Here the most that an id can have that is not kept is written down on its own: it is nothing until a
 * place is taken over, and stays true when an id is erased.
 *
 * Of all that was added, N ns:
 * - what an id has taken lies between `sumNs - overNs` and `sumNs`;
 * - what an id has taken that is not kept is at most `floorNs`, which is at most N / 8.
 */
export class SpaceSaving {
  readonly #hitters: Mutable<Hitter>[] = [];
  #floorNs = 0;

  /** Counts a call; nothing where the id is none. On the path of each call where this is switched on. */
  add(id: string, durationNs: number, isError: boolean): void {
    let hitter = this.#find(id);
    if (hitter === undefined) {
      if (!isId(id)) return;
      hitter = this.#admit(id);
    }
    hitter.calls++;
    if (isError) hitter.errors++;
    hitter.sumNs += durationNs;
  }

  erase(id: string): void {
    const at = this.#hitters.findIndex((hitter) => hitter.id === id);
    if (at !== -1) this.#hitters.splice(at, 1);
  }

  /**
   * What is known so far, the heaviest first; undefined where that is nothing.
   * @param weight how many calls each of those that were added stands for, itself included
   */
  seal(weight: number): Hitters | undefined {
    if (this.#hitters.length === 0 && this.#floorNs === 0) return undefined;
    const times = (number: number) => Math.round(number * weight);
    const hitters = this.#hitters
      .map(({ id, calls, errors, sumNs, overNs }) => ({
        id,
        calls: times(calls),
        errors: times(errors),
        sumNs: times(sumNs),
        overNs: times(overNs),
      }))
      .sort((a, b) => b.sumNs - a.sumNs);
    return { floorNs: times(this.#floorNs), hitters };
  }

  #find(id: string): Mutable<Hitter> | undefined {
    for (const hitter of this.#hitters) if (hitter.id === id) return hitter;
    return undefined;
  }

  #admit(id: string): Mutable<Hitter> {
    const { length } = this.#hitters;
    if (length < MOST_HITTERS) {
      this.#hitters.push({ id, calls: 0, errors: 0, sumNs: this.#floorNs, overNs: this.#floorNs });
      return this.#hitters[length]!;
    }
    const least = this.#hitters[this.#leastAt()]!;
    this.#floorNs = least.sumNs;
    least.id = id;
    least.calls = 0;
    least.errors = 0;
    least.overNs = least.sumNs;
    return least;
  }

  #leastAt(): number {
    let least = 0;
    for (let at = 1; at < this.#hitters.length; at++) {
      if (this.#hitters[at]!.sumNs < this.#hitters[least]!.sumNs) least = at;
    }
    return least;
  }
}
