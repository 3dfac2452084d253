import type { Books } from '../store/books.ts';

/** Who held it for less did not keep anybody waiting. */
export const LEAST_HOLD_NS = 5e6;
/** One after the other, they are at least two and a half seconds. */
const MOST_HOLDS = 512;

/** A stretch in which the code of a target, or what that called, was on the stack without a break. By `monotonicNs`. */
export interface LoopHold {
  readonly targetId: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * Which targets held the loop of late: the latest 512 times that one did so for 5 ms or more. Of a function that
 * returns a promise, that is its part up to the first `await`; what it does after that is not seen from here.
 */
export class LoopHolds {
  readonly #books: Books[] = [];
  readonly #timesNs = new Float64Array(MOST_HOLDS * 2);
  #next = 0;

  add(books: Books, fromNs: number, toNs: number): void {
    const at = this.#next;
    this.#books[at] = books;
    this.#timesNs[at * 2] = fromNs;
    this.#timesNs[at * 2 + 1] = toNs;
    this.#next = (at + 1) % MOST_HOLDS;
  }

  /** Those that reach into a stretch of time, in no particular order. */
  within(fromNs: number, toNs: number): LoopHold[] {
    const holds: LoopHold[] = [];
    for (const [at, { targetId, index }] of this.#books.entries()) {
      const beganNs = this.#timesNs[at * 2]!;
      const endedNs = this.#timesNs[at * 2 + 1]!;
      // What has been forgotten meanwhile is not named any more.
      if (index !== -1 && endedNs > fromNs && beganNs < toNs)
        holds.push({ targetId, fromNs: beganNs, toNs: endedNs });
    }
    return holds;
  }
}
