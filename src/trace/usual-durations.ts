const MOST_KEYS = 256;
const LATEST = 31;

/** How long operations of one kind and place take as a rule: the median of the latest ones that say something. */
export class UsualDurations {
  readonly #latest = new Map<string, number[]>();

  add(key: string, durationNs: number): void {
    const known = this.#latest.get(key) ?? [];
    // Those that were not seen for longest go first.
    this.#latest.delete(key);
    this.#latest.set(key, [...known.slice(1 - LATEST), durationNs]);
    if (this.#latest.size <= MOST_KEYS) return;
    for (const oldest of this.#latest.keys()) {
      this.#latest.delete(oldest);
      break;
    }
  }

  /**
   * How long one takes that is not over after `longerThanNs`, in ns; undefined where none took so long. For some take
   * longer than others, and those that are still under way are not the short ones.
   */
  of(key: string, longerThanNs: number): number | undefined {
    const longer = this.#latest.get(key)?.filter((durationNs) => durationNs > longerThanNs);
    return longer?.sort((a, b) => a - b)[(longer.length - 1) >> 1];
  }
}
