import { setTimeout as sleep } from 'node:timers/promises';
import type { Origin } from '../cog/origins.ts';
import { ProfilerError } from '../errors.ts';
import type { LevelSize } from './archive.ts';
import type { Shard } from './archive-keys.ts';
import { ArchivePlace } from './archive-place.ts';
import { openBacking, type StoreOption } from './backing.ts';
import { type Answers, Eraser, type Premises } from './eraser.ts';
import { exportLines, importLines } from './exchange.ts';
import type { Figures } from './figures.ts';
import type { OriginId } from './heaviest/heaviest.ts';
import { Keeper, type Source } from './keeper.ts';
import { KeptSettings, type SettingsHooks } from './kept-settings.ts';
import { SupersededError } from './known-state.ts';
import { flushBeforeEnd, inTime } from './last-flush.ts';
import { endOf, startOf } from './levels.ts';
import { ALL, type Settings } from './settings.ts';
import { StoreError } from './store-error.ts';
import { StoreHealth } from './store-health.ts';
import { StoredShards } from './stored-shards.ts';
import type { Timeline } from './timeline.ts';

/** What is lost at most where the process is killed. */
const FLUSH_INTERVAL_MS = 10_000;
const RETRIES = 4;
const RETRY_AFTER_MS = 200;

export interface StorageOptions {
  /** The store that the owner passed, or the URI of the embedded one, for the id of the bot's application. */
  readonly storeOf: (application: string) => StoreOption;
  /** Whether there is a store that is to be used even if figures are not kept there: settings are. */
  readonly exists: (application: string) => boolean;
  /** Whether figures are kept there, unless the owner has said otherwise in Discord. */
  readonly save: boolean;
  readonly retentionMs: number;
  /** Of which origins ids are kept from now on. */
  readonly origins: readonly Origin[];
  readonly warn: (message: string) => void;
}

/** What is told of changes that come from a store, or from another shard. */
export interface StorageHooks extends Omit<SettingsHooks, 'warn'> {
  /** As `announce`, but at once, and with what they answer; undefined where they cannot be asked. */
  readonly tell: () => Promise<Answers | undefined>;
  /** The shards that other processes stand for. */
  readonly others: () => readonly number[];
}

/** How the store is, for people. */
export interface StorageState {
  /** Where figures are kept, such as `memory` or `SQLite cogscope/123.sqlite`. */
  readonly label: string;
  readonly isSaving: boolean;
  /** What is wrong with the store, as a sentence; undefined where nothing is. */
  readonly problem: string | undefined;
  /** Values that wait to be written. */
  readonly pending: number;
}

/** What is kept, in bytes. */
export interface StorageSize {
  /** The values of this shard, as they are packed. */
  readonly levels: readonly LevelSize[];
  /** What the store takes on disk with all that is in it; undefined where that is not known. */
  readonly storeBytes: number | undefined;
}

/**
 * Owns what is kept: figures in memory and in a store, and the settings. Nothing that a store does, or fails to do,
 * reaches the bot: what could not be written stays in memory, and is written when the store is back.
 */
export class Storage {
  readonly #source: Source;
  readonly #options: StorageOptions;
  readonly #hooks: StorageHooks;
  readonly #health: StoreHealth;
  readonly #settings: KeptSettings;
  readonly #keeper: Keeper;
  readonly #place: ArchivePlace;
  readonly #storedShards: StoredShards;
  readonly #eraser: Eraser;
  #shard: Shard | undefined;
  readonly #timer: NodeJS.Timeout;
  #lastFlush: Disposable | undefined;

  constructor(source: Source, options: StorageOptions, hooks: StorageHooks) {
    const { warn } = options;
    this.#source = source;
    this.#options = options;
    this.#hooks = hooks;
    this.#health = new StoreHealth(warn);
    this.#settings = new KeptSettings({ ...hooks, warn }, options);
    this.#keeper = new Keeper(source);
    this.#place = new ArchivePlace({
      keeper: this.#keeper,
      settings: this.#settings,
      health: this.#health,
      openLasting: (application) =>
        openBacking(options.storeOf(application), {
          onSetAside: (path, reason) =>
            warn(`The store could not be read (${reason}): it is now ${path}, and a new one begins.`),
        }),
    });
    this.#storedShards = new StoredShards(this.#keeper, this.#settings.forgotten, this.#health);
    this.#eraser = new Eraser(this.#premises());
    this.#timer = setInterval(() => {
      void this.flush();
      // Who did not answer may have hung.
      void this.#tellErasures();
    }, FLUSH_INTERVAL_MS).unref();
  }

  /** How long figures are kept, in ms. */
  get retentionMs(): number {
    return this.#settings.retentionMs;
  }

  get settings(): Settings {
    return this.#settings.toJSON();
  }

  get state(): StorageState {
    const archive = this.#keeper.archive;
    return {
      label: archive?.backing.label ?? 'memory',
      isSaving: archive?.backing.shared ?? false,
      problem: this.#health.problem,
      pending: archive?.pending ?? 0,
    };
  }

  /** Whether there may be settings that the owner has made before. */
  mayHaveSettings({ application }: Shard): boolean {
    return this.#options.save || this.#options.exists(application);
  }

  /**
   * Opens the store, once it is known whose it is, and takes on the settings that are kept there. Never rejects.
   * @returns whether there were rules among them
   */
  async open(shard: Shard): Promise<boolean> {
    this.#shard = shard;
    this.takeRulesAsGiven();
    try {
      if (this.mayHaveSettings(shard)) await this.#place.openLasting(shard);
    } catch (error) {
      this.#health.failed(error);
    }
    await this.flush();
    return this.#settings.hasRules;
  }

  /** Archives what is new, and learns what other shards have set. Never rejects. */
  async flush(): Promise<void> {
    this.#source.store.held.dropBefore(Date.now() - this.retentionMs);
    const shard = this.#shard;
    if (shard === undefined) return;
    let problem: unknown;
    const attempt = (act: () => Promise<void>) => again(act).catch((error) => (problem ??= error));
    await attempt(() => this.#syncSettings(shard));
    await attempt(() => this.#place.settle(shard));
    await attempt(() => this.#place.settleForNow(shard));
    this.#flushBeforeEnd();
    await attempt(() => this.#keeper.flush());
    await attempt(async () => void (await this.#eraser.pass()));
    if (problem === undefined) this.#health.worked();
    else if (problem instanceof SupersededError) {
      this.#health.superseded();
      await this.flush();
    } else this.#health.failed(problem);
  }

  /**
   * The figures of this shard.
   * @param fromOf from when on the calls of a target count, in Unix ms
   * @param fromEpochMs the earliest of these moments
   */
  collect(fromOf: (targetId: string) => number, fromEpochMs: number): Promise<Figures> {
    return this.#keeper.collect(fromOf, fromEpochMs, (error) => this.#health.failed(error));
  }

  /** The figures of other shards, as far as they write to the same store. Never rejects. */
  collectOthers(
    shards: readonly number[],
    fromOf: (targetId: string) => number,
    fromEpochMs: number,
  ): Promise<Map<number, Figures>> {
    return this.#storedShards.figures(shards, fromOf, fromEpochMs);
  }

  /**
   * What one target did on this shard, bucket by bucket.
   * @param fromEpochMs from when on its calls count, in Unix ms
   */
  timeline(targetId: string, fromEpochMs: number): Promise<Timeline> {
    return this.#keeper.timeline(targetId, fromEpochMs, (error) => this.#health.failed(error));
  }

  /** What one target did on other shards, as far as they write to the same store. Never rejects. */
  othersTimelines(
    shards: readonly number[],
    targetId: string,
    fromEpochMs: number,
  ): Promise<Map<number, Timeline>> {
    return this.#storedShards.timelines(shards, targetId, fromEpochMs);
  }

  /** Takes the rules as they are for those of the code: they are kept once the owner changes them. */
  takeRulesAsGiven(): void {
    this.#settings.takeRulesAsGiven();
  }

  /** Says that the owner may have changed the rules. */
  changed(): void {
    this.#settings.rulesChanged();
  }

  /**
   * Keeps figures in the store, or does so no more. Rejects where the store cannot be used; nothing has changed then.
   * @param isErased where saving ends: whether what was saved is removed
   * @param others the other shards
   */
  async setSaving(save: boolean, isErased: boolean, others: readonly number[]): Promise<void> {
    if (save) await this.#place.openLasting(this.#shard!);
    this.#settings.change({ save, isErased });
    await this.flush();
    // Those that run do so as well, once they hear of it; others may never.
    if (!save && isErased) await this.#place.eraseLasting(this.#shard!, others);
  }

  /** Keeps figures for so long: what is older is removed at once, what is there stays for longer. */
  async setRetention(retentionMs: number): Promise<void> {
    this.#settings.change({ retentionMs });
    await this.#applyRetention();
    await this.flush();
  }

  /** Forgets what was recorded of a target, on all shards. */
  forget(targetId: string): void {
    const nowEpochMs = Date.now();
    this.#settings.forgotten.add(targetId, nowEpochMs);
    this.#source.store.clear(nowEpochMs, targetId);
    this.#settings.change({});
  }

  /** Forgets all that was recorded, on all shards, in memory and in the store. Rejects with a StoreError. */
  async forgetAll(others: readonly number[]): Promise<void> {
    const nowEpochMs = Date.now();
    this.#settings.forgotten.add(ALL, nowEpochMs);
    this.#source.store.clear(nowEpochMs);
    this.#keeper.archive?.erase();
    this.#settings.change({});
    await this.flush();
    await this.#place.eraseLasting(this.#shard!, others);
  }

  /**
   * Takes an id out of all that is kept, of all shards: here at once, and in the store. What targets did stays.
   * @throws ProfilerError NOT_ERASED, StoreError; the rest is then done later
   */
  async erase(wish: OriginId): Promise<void> {
    this.#settings.forgotten.erasures.add(wish, Date.now());
    this.#eraseHere([wish]);
    // Once the bot is known, what has been kept before is gone through.
    if (this.#shard === undefined) return;
    await Promise.all([this.#tellErasures(), this.flush()]);
    if (this.#keeper.archive?.isPurged !== true)
      throw new ProfilerError('NOT_ERASED', this.#health.problem ?? 'the store has not taken it yet');
    await this.#eraser.finish();
    // That it is done, and the id no more.
    this.#hooks.announce();
    await this.flush();
  }

  /**
   * The values of this shard, level by level, and what the whole store takes where that is known.
   * @param untilEpochMs only of the buckets that end by then
   */
  async measure(untilEpochMs: number = Number.POSITIVE_INFINITY): Promise<StorageSize> {
    const archive = this.#keeper.archive;
    const levels = (await this.#keeper.exclusively(async () => archive?.measure(untilEpochMs))) ?? [];
    return { levels, storeBytes: archive?.backing.sizeBytes?.() };
  }

  /** All figures as lines of JSON, with those of the other shards that write to the same store. */
  async *export(others: readonly number[]): AsyncIterable<string> {
    await this.flush();
    const archive = this.#keeper.archive;
    if (archive === undefined) return;
    await this.#keeper.flushAll();
    const { application, shard } = archive.shard;
    const readers = [[shard, archive] as const, ...this.#storedShards.readers(others)];
    yield* exportLines(application, readers, this.#options.origins);
  }

  /**
   * Adds what `export` gave, but for what is older than figures are kept, or ahead of the clock. Rejects with a
   * ProfilerError INVALID_DATA or a StoreError.
   * @returns how many rows there were
   */
  async import(lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
    await this.flush();
    if (this.#keeper.archive === undefined) return 0;
    const nowEpochMs = Date.now();
    const oldestEpochMs = nowEpochMs - this.retentionMs;
    const rows = await this.#keeper.exclusively(() =>
      importLines(lines, async (span, bucket) => {
        if (endOf(span) > oldestEpochMs && startOf(span) <= nowEpochMs) await this.#keeper.add(span, bucket);
      }),
    );
    await this.flush();
    return rows;
  }

  /**
   * Takes on what another shard says, and erases what it wants erased.
   * @returns the tokens of the erasures that are carried out here
   */
  async hear(settings: Settings): Promise<string[]> {
    const { erasures = [] } = settings;
    const wishes = this.#settings.forgotten.erasures.include(erasures);
    this.#eraseHere(wishes);
    await this.#apply(settings);
    if (wishes.length > 0) await this.flush();
    return this.#eraser.doneAmong(erasures.map(({ token }) => token));
  }

  /** Takes on the settings that another shard has, where they are newer, and what it wants erased in any case. */
  async #apply(settings: Settings): Promise<void> {
    this.#eraseHere(this.#settings.forgotten.erasures.include(settings.erasures ?? []));
    const erasedEpochMs = this.#settings.forgotten.untilEpochMs(ALL);
    const { retentionMs } = this;
    if (!this.#settings.take(settings)) return;
    if (this.#settings.forgotten.untilEpochMs(ALL) > erasedEpochMs) {
      this.#source.store.clear(Date.now());
      this.#keeper.archive?.erase();
    }
    for (const [id] of settings.forgotten)
      this.#source.store.forgetBefore(id, this.#settings.forgotten.untilEpochMs(id));
    this.#settings.restoreRules();
    if (this.retentionMs !== retentionMs) await this.#applyRetention();
  }

  /** Writes what is left, and lets go of the store. Never rejects; takes no longer than some seconds. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#shard === undefined) return;
    await inTime(async () => {
      await this.flush();
      if (this.#keeper.archive?.backing.shared) await this.#keeper.flushAll({ isLast: true });
    });
    this.#lastFlush?.[Symbol.dispose]();
    this.#shard = undefined;
    await this.#place.close();
  }

  #eraseHere(wishes: readonly OriginId[]): void {
    if (wishes.length === 0) return;
    // What has ended is counted; of what is running, it is not kept whose it is.
    this.#source.fold();
    this.#source.store.beginErasure();
    this.#source.store.erase(wishes);
  }

  async #tellErasures(): Promise<void> {
    if (this.#settings.forgotten.erasures.open.length === 0) return;
    const answers = await this.#hooks.tell();
    if (answers !== undefined) this.#eraser.heard(answers);
  }

  #premises(): Premises {
    const storage = this;
    return {
      forgotten: this.#settings.forgotten,
      get retentionMs() {
        return storage.retentionMs;
      },
      get shard() {
        return storage.#shard;
      },
      get archive() {
        return storage.#keeper.archive;
      },
      get others() {
        const others = storage.#hooks.others();
        return storage.#health.isSuperseded ? [...others, storage.#shard!.shard] : others;
      },
      async lasting() {
        const own = storage.#shard!;
        const isWanted = storage.#settings.isSaving || storage.mayHaveSettings(own);
        if (isWanted) await storage.#place.openLasting(own);
        return storage.#place.lasting;
      },
    };
  }

  /** Where figures are kept in a store, the last ones are to get there too, whatever ends the process. */
  #flushBeforeEnd(): void {
    // A flush may outlast the time that it had at the end.
    if (this.#shard === undefined) return;
    if (this.#keeper.archive?.backing.shared) {
      this.#lastFlush ??= flushBeforeEnd(() => inTime(() => this.flush()));
    } else {
      this.#lastFlush?.[Symbol.dispose]();
      this.#lastFlush = undefined;
    }
  }

  async #applyRetention(): Promise<void> {
    const archive = this.#keeper.archive;
    const nowEpochMs = Date.now();
    this.#source.store.held.dropBefore(nowEpochMs - this.retentionMs);
    await this.#keeper.exclusively(async () => archive?.setRetention(this.retentionMs, nowEpochMs));
  }

  async #syncSettings(shard: Shard): Promise<void> {
    const { lasting } = this.#place;
    if (lasting === undefined) return;
    await this.#settings.sync(lasting, shard.application, (stored) => this.#apply(stored));
  }
}

/** Several processes may write to one file: it is free again after a moment. */
async function again(act: () => Promise<void>): Promise<void> {
  for (let left = RETRIES; ; left--) {
    try {
      return await act();
    } catch (error) {
      if (left === 0 || !(error instanceof StoreError) || error.kind !== 'failed') throw error;
      await sleep(Math.random() * RETRY_AFTER_MS, undefined, { ref: false });
    }
  }
}
