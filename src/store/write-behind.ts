import { batches } from './archive-keys.ts';
import type { Backing } from './backing.ts';
import { StoreError } from './store-error.ts';

/** What a key is to hold; undefined where it is to be removed. */
interface Pending {
  readonly value: string | undefined;
  readonly expiresAtEpochMs: number | undefined;
}
const REMOVED: Pending = { value: undefined, expiresAtEpochMs: undefined };

/** The values of a store that are written behind: what it has not taken yet is read from memory. */
export class WriteBehind {
  readonly backing: Backing;
  /** What the store has not taken yet, by key. */
  readonly #pending = new Map<string, Pending>();

  constructor(backing: Backing) {
    this.backing = backing;
  }

  /** How many values wait to be written or removed. */
  get size(): number {
    return this.#pending.size;
  }

  set(key: string, value: string, expiresAtEpochMs: number): void {
    this.#pending.set(key, { value, expiresAtEpochMs });
  }

  remove(key: string): void {
    this.#pending.set(key, REMOVED);
  }

  /** Leaves a key as the store has it. */
  leave(key: string): void {
    this.#pending.delete(key);
  }

  /** What is pending counts, not what it will take the place of. Rejects with a StoreError. */
  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const stored = keys.filter((key) => !this.#pending.has(key));
    const values = stored.length === 0 ? [] : await this.backing.getMany(stored);
    const found = new Map(stored.map((key, at) => [key, values[at]]));
    return keys.map((key) => (found.has(key) ? found.get(key) : this.#pending.get(key)?.value));
  }

  /**
   * Writes what is to be written, and removes nothing yet. Rejects with a StoreError; the rest stays pending.
   * @param mustBeLatest rejects where the store is another's by now
   * @returns the keys of what is to be removed, which is still pending
   */
  async write(mustBeLatest: () => Promise<void>): Promise<string[]> {
    const removed: string[] = [];
    const written: [key: string, entry: Pending][] = [];
    for (const [key, entry] of [...this.#pending]) {
      if (entry.value === undefined) {
        removed.push(key);
        continue;
      }
      await this.backing.set(key, entry.value, entry.expiresAtEpochMs);
      written.push([key, entry]);
    }
    for (const entries of batches(written)) {
      if (this.backing.shared) await this.#mustBeThere(entries, mustBeLatest);
      for (const [key, entry] of entries) if (this.#pending.get(key) === entry) this.#pending.delete(key);
    }
    return removed;
  }

  /** Removes what is at these keys, unless something has been set there meanwhile. Rejects with a StoreError. */
  async removeAll(keys: readonly string[]): Promise<void> {
    for (const some of batches(keys)) {
      await this.backing.deleteMany(some);
      for (const key of some) if (this.#pending.get(key)?.value === undefined) this.#pending.delete(key);
    }
  }

  /** What is let go of here must be there: a store may say that it has written, and be wrong. */
  async #mustBeThere(
    entries: readonly (readonly [key: string, entry: Pending])[],
    mustBeLatest: () => Promise<void>,
  ): Promise<void> {
    const values = await this.backing.getMany(entries.map(([key]) => key));
    const isLost = ([, { value, expiresAtEpochMs = Infinity }]: (typeof entries)[number], at: number) =>
      values[at] !== value && expiresAtEpochMs > Date.now();
    const lost = entries.filter(isLost).length;
    if (lost === 0) return;
    await mustBeLatest();
    throw new StoreError('lost', this.backing.label, `${lost} of ${entries.length} values are not there`);
  }
}
