import { isDeepStrictEqual } from 'node:util';
import { keyOfState, type Shard } from './archive-keys.ts';
import { encodeState, isBegun, NOTHING, readState, type State } from './archive-state.ts';
import type { WriteBehind } from './write-behind.ts';

/** Another process writes the figures of this shard. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** The state of an archive as it is here, and as it is in the store, which follows. */
export class KnownState {
  readonly #values: WriteBehind;
  readonly #shard: Shard;
  #present: State;
  #written: State;

  /** @param found as it is in the store; undefined where nothing was archived */
  constructor(values: WriteBehind, shard: Shard, found: State | undefined) {
    this.#values = values;
    this.#shard = shard;
    // The clock may have been set back since.
    const run = Math.max(Date.now(), (found?.run ?? 0) + 1);
    this.#present = { ...NOTHING, ...found, run };
    // Whoever wrote before is to find out at once that this one goes on.
    this.#written = found ?? this.#present;
  }

  get present(): State {
    return this.#present;
  }

  /** As it is in the store. */
  get written(): State {
    return this.#written;
  }

  get isWritten(): boolean {
    return !isBegun(this.#present) || isDeepStrictEqual(this.#written, this.#present);
  }

  change(change: Partial<State>): void {
    this.#present = { ...this.#present, ...change };
  }

  /** Writes a state, the present one or one on the way there. Rejects with a StoreError. */
  async write(state: State): Promise<void> {
    if (isDeepStrictEqual(state, this.#written)) return;
    const key = keyOfState(this.#shard);
    // Of an archive that was erased, and has begun again.
    this.#values.leave(key);
    await this.#values.backing.set(key, encodeState(state));
    this.#written = state;
  }

  /** Nothing is archived from now on. */
  erase(): void {
    this.#present = { ...NOTHING, run: this.#present.run };
    this.#written = this.#present;
    this.#values.remove(keyOfState(this.#shard));
  }

  /**
   * Two processes that write the same would lose each other's figures: the one that began later goes on.
   * @throws SupersededError, StoreError
   */
  async mustBeLatest(): Promise<void> {
    const stored = await readState((keys) => this.#values.backing.getMany(keys), this.#shard);
    if (stored !== undefined && stored.run > this.#present.run) throw new SupersededError();
    // A file that was set aside, or a server that was emptied, is to hear all of it again.
    if (stored === undefined) this.#written = { ...NOTHING, run: this.#present.run };
  }
}
