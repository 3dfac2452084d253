import { getHeapStatistics } from 'node:v8';

/** A heap that is larger than this is not searched: it would hold the bot for more than a second. */
const LARGEST_HEAP_BYTES = 100 * 2 ** 20;
const LEAST_REST_MS = 60_000;
const LONGEST_REST_MS = 3_600_000;
/** A rest is at least this many times as long as the search before it. */
const REST_PER_SEARCH = 200;

interface Rest {
  readonly lengthMs: number;
  readonly untilMs: number;
}

/**
 * Finds objects by their prototype, all over the heap. That collects garbage and holds the bot for some 6 to 15 ms a
 * megabyte: so a search is followed by a rest of a minute or more, which doubles with each search for the same that
 * was not worth it.
 */
export class HeapSearch {
  readonly #instancesOf: (prototype: object) => object[];
  readonly #rests = new WeakMap<object, Rest>();

  constructor(instancesOf: (prototype: object) => object[]) {
    this.#instancesOf = instancesOf;
  }

  /**
   * @param use takes what was found, and says whether it was worth the search
   * @returns false where it is not the time to search
   */
  search(prototype: object, use: (found: object[]) => boolean): boolean {
    const startedAtMs = performance.now();
    const former = this.#rests.get(prototype);
    if (former !== undefined && startedAtMs < former.untilMs) return false;
    if (getHeapStatistics().used_heap_size > LARGEST_HEAP_BYTES) return false;
    const found = this.#instancesOf(prototype);
    const endedAtMs = performance.now();
    const wantedMs = use(found) || former === undefined ? LEAST_REST_MS : former.lengthMs * 2;
    const leastMs = (endedAtMs - startedAtMs) * REST_PER_SEARCH;
    const lengthMs = Math.max(Math.min(wantedMs, LONGEST_REST_MS), leastMs);
    this.#rests.set(prototype, { lengthMs, untilMs: endedAtMs + lengthMs });
    return true;
  }
}
