import type { Marker } from '../profile.ts';
import type { Took } from './finish.ts';
import { keepLongest } from './longest.ts';

/** Of these kinds the longest are marked, as many; beside it, what they are called. */
const MOST_OF_A_KIND = 2_000;
const BOUNDED: Partial<Record<Marker['kind'], string>> = {
  call: 'calls',
  request: 'requests',
  wait: 'waits of requests',
  event: 'events from Discord',
};

/** What took a while in a recording, as far as it was told. */
export class Marks {
  readonly #took = new Map<Marker['kind'], Took[]>();
  readonly #lost = new Map<Marker['kind'], number>();

  add(some: readonly Took[]): void {
    for (const one of some) {
      const known = this.#took.get(one.kind);
      if (known === undefined) this.#took.set(one.kind, [one]);
      else known.push(one);
    }
    this.#keepLongest(2 * MOST_OF_A_KIND);
  }

  /** All that is kept, in no order. */
  get all(): Took[] {
    this.#keepLongest(MOST_OF_A_KIND);
    return [...this.#took.values()].flat();
  }

  /** What is missing, as sentences. */
  notes(): string[] {
    return [...this.#lost].map(([kind, count]) => `${count} shorter ${BOUNDED[kind]} are not marked.`);
  }

  /** @param most of a kind that there may be before it is done */
  #keepLongest(most: number): void {
    for (const [kind, took] of this.#took) {
      if (BOUNDED[kind] === undefined || took.length <= most) continue;
      this.#lost.set(kind, (this.#lost.get(kind) ?? 0) + keepLongest(took, MOST_OF_A_KIND));
    }
  }
}
