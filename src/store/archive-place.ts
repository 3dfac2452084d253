import { Archive } from './archive.ts';
import type { Shard } from './archive-keys.ts';
import { type Backing, memoryBacking } from './backing.ts';
import type { Keeper } from './keeper.ts';
import type { KeptSettings } from './kept-settings.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { StoreHealth } from './store-health.ts';

/** What the place of an archive follows from. */
interface Premises {
  readonly keeper: Keeper;
  readonly settings: KeptSettings;
  readonly health: StoreHealth;
  /** Opens the store that outlives the process. Rejects where it cannot be used. */
  readonly openLasting: (application: string) => Promise<Backing>;
}

/** Where the archive of this process is: in memory, or in the store that outlives it. Moves it when that changes. */
export class ArchivePlace {
  readonly #premises: Premises;
  #lasting: Backing | undefined;
  /** While it is being opened. */
  #opening: Promise<void> | undefined;
  #memory = memoryBacking();
  #memoryHasAll = false;
  #isClosed = false;
  /**
   * Flushes may overlap, and moves must not: the second of two would find in the store what the first has just taken
   * there, and add it once more.
   */
  readonly #move = oneAtATime();

  constructor(premises: Premises) {
    this.#premises = premises;
  }

  /** The store that outlives the process, once it is open. */
  get lasting(): Backing | undefined {
    return this.#lasting;
  }

  /** Opens the store that outlives the process, unless it is open. Rejects where it cannot be used. */
  async openLasting({ application }: Shard): Promise<void> {
    if (this.#lasting !== undefined) return;
    // A flush may outlast the time that it had at the end.
    if (this.#isClosed) throw new Error('It is closed.');
    // Two that ask at once are to find the same one.
    this.#opening ??= this.#premises
      .openLasting(application)
      .then((backing) => {
        this.#lasting = backing;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    await this.#opening;
  }

  /** Sees to it that the archive is where the settings want it. Rejects where that cannot be used. */
  settle(shard: Shard): Promise<void> {
    return this.#move(async () => {
      if (this.#isLastingWanted) await this.openLasting(shard);
      const wanted = this.#isLastingWanted ? this.#lasting! : this.#memory;
      if (this.#premises.keeper.archive?.backing !== wanted) await this.#switchTo(shard, wanted);
    });
  }

  /** Begins an archive in memory where there is none: a store that is not there yet must not keep figures unpacked. */
  settleForNow(shard: Shard): Promise<void> {
    return this.#move(async () => {
      if (this.#premises.keeper.archive === undefined) await this.#switchTo(shard, this.#memory);
    });
  }

  /** Removes what is in the store of these shards, and of this one where it does not write there. */
  eraseLasting(own: Shard, others: readonly number[]): Promise<void> {
    return this.#move(async () => {
      const lasting = this.#lasting;
      if (lasting === undefined) return;
      const { keeper, settings } = this.#premises;
      const { retentionMs, forgotten } = settings;
      const idle = keeper.archive?.backing === lasting ? [] : [own.shard];
      for (const shard of [...idle, ...others]) {
        const archive = await Archive.open(lasting, { ...own, shard }, { retentionMs, forgotten });
        archive.erase();
        await archive.drain();
      }
    });
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#lasting?.close().catch(() => undefined);
  }

  get #isLastingWanted(): boolean {
    const { settings, health } = this.#premises;
    return settings.isSaving && !health.isSuperseded;
  }

  async #switchTo(shard: Shard, backing: Backing): Promise<void> {
    const { keeper, settings, health } = this.#premises;
    const { retentionMs, forgotten } = settings;
    const former = keeper.archive?.backing;
    // What is new belongs there still. Where that fails, it stays in memory, and comes along.
    await keeper.flush().catch(() => undefined);
    const { skipped } = health;
    const archive = await Archive.open(backing, shard, { retentionMs, forgotten, skipped });
    await keeper.switchTo(archive, { replace: backing === this.#lasting && this.#memoryHasAll });
    // What was in the store is now in memory too, until the process ends.
    this.#memoryHasAll = former !== undefined && former === this.#lasting;
    // What memory held before has moved.
    if (backing !== this.#memory) this.#memory = memoryBacking();
  }
}
