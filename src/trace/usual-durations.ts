const MOST_KEYS = 256;
const LATEST = 15;

/** How long operations of one kind and place take as a rule: the median of the latest ones. */
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

  /** In ns; undefined where none was seen. */
  of(key: string): number | undefined {
    const sorted = this.#latest.get(key)?.toSorted((a, b) => a - b);
    return sorted?.[(sorted.length - 1) >> 1];
  }
}
