import type { Books } from './books.ts';

const MOST_KNOWN = 8;

/** Which tracked targets called one target, and how often. */
export class Callers {
  readonly #known: Books[] = [];
  readonly #counts: number[] = [];
  #others = 0;

  /** On the hot path, of calls that have a caller. */
  count(caller: Books): void {
    const known = this.#known;
    for (let at = 0; at < known.length; at++) {
      if (known[at] === caller) {
        this.#counts[at]!++;
        return;
      }
    }
    this.#add(caller);
  }

  /** Calls by the id of the caller, and those of all callers that are not told apart. */
  read(): { known: Map<string, number>; others: number } {
    const known = new Map<string, number>();
    let others = this.#others;
    for (const [at, { targetId, index }] of this.#known.entries()) {
      // One that has been forgotten is not named any more.
      if (index === -1) others += this.#counts[at]!;
      else known.set(targetId, (known.get(targetId) ?? 0) + this.#counts[at]!);
    }
    return { known, others };
  }

  #add(caller: Books): void {
    const place =
      this.#known.length < MOST_KNOWN
        ? this.#known.length
        : this.#known.findIndex(({ index }) => index === -1);
    if (place === -1) {
      this.#others++;
      return;
    }
    this.#others += this.#counts[place] ?? 0;
    this.#known[place] = caller;
    this.#counts[place] = 1;
  }
}
