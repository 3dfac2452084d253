import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Origin } from '../cog/origins.ts';
import type { RulesData } from '../cog/rules.ts';
import { ProfilerError } from '../errors.ts';
import { Archive, type LevelSize } from './archive.ts';
import type { Shard } from './archive-keys.ts';
import { ArchiveReader, type FoundBucket } from './archive-reader.ts';
import { type Backing, memoryBacking, openBacking, type StoreOption } from './backing.ts';
import { type Answers, Eraser, type Premises } from './eraser.ts';
import { addOrigins, bucketLines, headerLine, importLines } from './exchange.ts';
import { Figures } from './figures.ts';
import type { OriginId } from './heaviest/heaviest.ts';
import { Keeper, type Source } from './keeper.ts';
import { SupersededError } from './known-state.ts';
import { flushBeforeEnd } from './last-flush.ts';
import { coverEvenly, endOf, startOf } from './levels.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { ALL, decodeSettings, encodeSettings, Forgotten, type Settings } from './settings.ts';
import { StoreError } from './store-error.ts';
import { Timeline } from './timeline.ts';

/** What is lost at most where the process is killed. */
const FLUSH_INTERVAL_MS = 10_000;
const RETRIES = 4;
const RETRY_AFTER_MS = 200;
/** The bot waits no longer than this for the last write. */
const LAST_FLUSH_MS = 5_000;

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
export interface StorageHooks {
  readonly rules: {
    toJSON(): RulesData;
    restore(rules: RulesData): void;
    decide(targetId: string, tracked: boolean): void;
  };
  /** The rules have been restored. */
  readonly restored: () => void;
  /** Tells the other shards that the settings have changed. */
  readonly announce: () => void;
  /** The same at once, and what they answer; undefined where they cannot be asked. */
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
  readonly forgotten = new Forgotten();
  readonly #keeper: Keeper;
  readonly #eraser: Eraser;
  readonly #source: Source;
  readonly #options: StorageOptions;
  readonly #hooks: StorageHooks;
  #shard: Shard | undefined;
  /** The store that outlives the process, where there is one. */
  #lasting: Backing | undefined;
  /** While it is being opened. */
  #opening: Promise<void> | undefined;
  /**
   * Flushes may overlap, and moves of the archive must not: the second of two would find in the store what the first
   * has just taken there, and add it once more.
   */
  readonly #move = oneAtATime();
  #settings: Omit<Settings, 'forgotten' | 'erasures'>;
  /** The rules that the code has set. */
  #givenRules: RulesData;
  #mayWriteSettings = true;
  #hasStoodDown = false;
  #hasSkipped = false;
  #memory = memoryBacking();
  #memoryHasAll = false;
  #problem: string | undefined;
  readonly #timer: NodeJS.Timeout;
  #lastFlush: Disposable | undefined;

  constructor(source: Source, options: StorageOptions, hooks: StorageHooks) {
    this.#source = source;
    this.#options = options;
    this.#hooks = hooks;
    this.#keeper = new Keeper(source);
    this.#eraser = new Eraser(this.#premises());
    this.#timer = setInterval(() => {
      void this.flush();
      // Who did not answer may have hung.
      void this.#tellErasures();
    }, FLUSH_INTERVAL_MS).unref();
    this.#settings = { revision: 0 };
    this.#givenRules = hooks.rules.toJSON();
  }

  /** How long figures are kept, in ms. */
  get retentionMs(): number {
    return this.#settings.retentionMs ?? this.#options.retentionMs;
  }

  get settings(): Settings {
    const nowEpochMs = Date.now();
    const erasures = this.forgotten.erasures.toJSON(nowEpochMs);
    return {
      ...this.#settings,
      forgotten: this.forgotten.toJSON(nowEpochMs - this.retentionMs),
      ...(erasures.length > 0 && { erasures }),
    };
  }

  get isSaving(): boolean {
    return this.#settings.save ?? this.#options.save;
  }

  get state(): StorageState {
    const archive = this.#keeper.archive;
    return {
      label: archive?.backing.label ?? 'memory',
      isSaving: archive?.backing.shared ?? false,
      problem: this.#problem,
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
      if (this.mayHaveSettings(shard)) await this.#openLasting();
    } catch (error) {
      this.#report(error);
    }
    await this.flush();
    return this.#settings.rules !== undefined;
  }

  /** Archives what is new, and learns what other shards have set. Never rejects. */
  async flush(): Promise<void> {
    this.#source.store.held.dropBefore(Date.now() - this.retentionMs);
    if (this.#shard === undefined) return;
    let problem: unknown;
    const attempt = (act: () => Promise<void>) => again(act).catch((error) => (problem ??= error));
    await attempt(() => this.#syncSettings());
    await attempt(() => this.#move(() => this.#openArchive()));
    // A store that is not there yet must not keep figures from being packed up.
    await attempt(() =>
      this.#move(async () => {
        if (this.#keeper.archive === undefined) await this.#switchTo(this.#memory);
      }),
    );
    await attempt(() => this.#keeper.flush());
    await attempt(async () => void (await this.#eraser.pass()));
    if (problem === undefined) this.#healed();
    else if (problem instanceof SupersededError) await this.#standDown();
    else this.#report(problem);
  }

  /**
   * The figures of this shard.
   * @param fromOf from when on the calls of a target count, in Unix ms
   * @param fromEpochMs the earliest of these moments
   */
  collect(fromOf: (targetId: string) => number, fromEpochMs: number): Promise<Figures> {
    return this.#keeper.collect(fromOf, fromEpochMs, (error) => this.#report(error));
  }

  /** The figures of other shards, as far as they write to the same store. Never rejects. */
  async collectOthers(
    shards: readonly number[],
    fromOf: (targetId: string) => number,
    fromEpochMs: number,
  ): Promise<Map<number, Figures>> {
    const found = new Map<number, Figures>();
    await this.#readOthers(shards, async (shard, reader) => {
      const figures = new Figures();
      const add = (bucket: FoundBucket) => figures.add(bucket, fromOf);
      if (await reader.read(fromEpochMs, Date.now(), add)) found.set(shard, figures);
    });
    return found;
  }

  /**
   * What one target did on this shard, bucket by bucket.
   * @param fromEpochMs from when on its calls count, in Unix ms
   */
  timeline(targetId: string, fromEpochMs: number): Promise<Timeline> {
    return this.#keeper.timeline(targetId, fromEpochMs, (error) => this.#report(error));
  }

  /** What one target did on other shards, as far as they write to the same store. Never rejects. */
  async othersTimelines(
    shards: readonly number[],
    targetId: string,
    fromEpochMs: number,
  ): Promise<Map<number, Timeline>> {
    const found = new Map<number, Timeline>();
    await this.#readOthers(shards, async (shard, reader) => {
      const timeline = new Timeline(targetId);
      const add = (bucket: FoundBucket) => timeline.add(bucket);
      if (await reader.read(fromEpochMs, Date.now(), add, coverEvenly)) found.set(shard, timeline);
    });
    return found;
  }

  /** Takes the rules as they are for those of the code: they are kept once the owner changes them. */
  takeRulesAsGiven(): void {
    this.#givenRules = this.#hooks.rules.toJSON();
  }

  /** Says that the owner may have changed the rules. */
  changed(): void {
    const rules = this.#hooks.rules.toJSON();
    if (isDeepStrictEqual(rules, this.#settings.rules ?? this.#givenRules)) return;
    this.#change({ rules, namedByCode: namedIn(this.#givenRules) });
  }

  /**
   * Keeps figures in the store, or does so no more. Rejects where the store cannot be used; nothing has changed then.
   * @param isErased where saving ends: whether what was saved is removed
   * @param others the other shards
   */
  async setSaving(save: boolean, isErased: boolean, others: readonly number[]): Promise<void> {
    if (save) await this.#openLasting();
    this.#change({ save, isErased });
    await this.flush();
    // Those that run do so as well, once they hear of it; others may never.
    if (!save && isErased) await this.#move(() => this.#eraseLasting(others));
  }

  /** Keeps figures for so long: what is older is removed at once, what is there stays for longer. */
  async setRetention(retentionMs: number): Promise<void> {
    this.#change({ retentionMs });
    await this.#applyRetention();
    await this.flush();
  }

  /** Forgets what was recorded of a target, on all shards. */
  forget(targetId: string): void {
    const nowEpochMs = Date.now();
    this.forgotten.add(targetId, nowEpochMs);
    this.#source.store.clear(nowEpochMs, targetId);
    this.#change({});
  }

  /** Forgets all that was recorded, on all shards, in memory and in the store. Rejects with a StoreError. */
  async forgetAll(others: readonly number[]): Promise<void> {
    const nowEpochMs = Date.now();
    this.forgotten.add(ALL, nowEpochMs);
    this.#source.store.clear(nowEpochMs);
    this.#keeper.archive?.erase();
    this.#change({});
    await this.flush();
    await this.#move(() => this.#eraseLasting(others));
  }

  /**
   * Takes an id out of all that is kept, of all shards: here at once, and in the store. What targets did stays.
   * @throws ProfilerError NOT_ERASED, StoreError; the rest is then done later
   */
  async erase(wish: OriginId): Promise<void> {
    this.forgotten.erasures.add(wish, Date.now());
    this.#eraseHere([wish]);
    // Once the bot is known, what has been kept before is gone through.
    if (this.#shard === undefined) return;
    await Promise.all([this.#tellErasures(), this.flush()]);
    if (this.#keeper.archive?.isPurged !== true)
      throw new ProfilerError('NOT_ERASED', this.#problem ?? 'the store has not taken it yet');
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
    const wanted = archive.backing.shared ? [shard, ...others] : [shard];
    const readers = wanted.map(
      (id) => [id, id === shard ? archive : this.#readerOf(id, archive.backing)] as const,
    );
    const origins = new Set<Origin>(this.#options.origins);
    for (const [, reader] of readers)
      await reader.readAll(Date.now(), (bucket) => addOrigins(bucket, origins));
    yield headerLine(application, Date.now(), [...origins]);
    for (const [id, reader] of readers) {
      const lines: string[] = [];
      await reader.readAll(Date.now(), async (bucket) => {
        lines.push(...bucketLines(bucket, id));
      });
      yield* lines;
    }
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
    const wishes = this.forgotten.erasures.include(erasures);
    this.#eraseHere(wishes);
    await this.#apply(settings);
    if (wishes.length > 0) await this.flush();
    return this.#eraser.doneAmong(erasures.map(({ token }) => token));
  }

  /** Takes on the settings that another shard has, where they are newer, and what it wants erased in any case. */
  async #apply(settings: Settings): Promise<void> {
    this.#eraseHere(this.forgotten.erasures.include(settings.erasures ?? []));
    if (settings.revision <= this.#settings.revision) return;
    const erasedEpochMs = this.forgotten.untilEpochMs(ALL);
    const { retentionMs } = this;
    const { forgotten, erasures: _, ...others } = settings;
    this.#settings = others;
    this.forgotten.include(forgotten);
    if (this.forgotten.untilEpochMs(ALL) > erasedEpochMs) {
      this.#source.store.clear(Date.now());
      this.#keeper.archive?.erase();
    }
    for (const [id] of forgotten) this.#source.store.forgetBefore(id, this.forgotten.untilEpochMs(id));
    if (settings.rules !== undefined) {
      this.#restoreRules(settings.rules, settings.namedByCode);
    }
    if (this.retentionMs !== retentionMs) await this.#applyRetention();
  }

  /** The rules of the owner, and what the code has come to track by name since they were kept, as with `wrap`. */
  #restoreRules(rules: RulesData, namedBefore: readonly string[] = []): void {
    this.#hooks.rules.restore(rules);
    for (const id of namedIn(this.#givenRules)) {
      const isKnown = namedBefore.includes(id) || rules.targets.some(([other]) => other === id);
      if (!isKnown) this.#hooks.rules.decide(id, true);
    }
    this.#hooks.restored();
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
    await this.#lasting?.close().catch(() => undefined);
  }

  /** Reads what other shards have written to the same store, until that fails. */
  async #readOthers(
    shards: readonly number[],
    read: (shard: number, reader: ArchiveReader) => Promise<void>,
  ): Promise<void> {
    const backing = this.#keeper.archive?.backing;
    if (backing === undefined || !backing.shared) return;
    try {
      for (const shard of shards) await read(shard, this.#readerOf(shard, backing));
    } catch (error) {
      this.#report(error);
    }
  }

  #eraseHere(wishes: readonly OriginId[]): void {
    if (wishes.length === 0) return;
    // What has ended is counted; of what is running, it is not kept whose it is.
    this.#source.fold();
    this.#source.store.beginErasure();
    this.#source.store.erase(wishes);
  }

  async #tellErasures(): Promise<void> {
    if (this.forgotten.erasures.open.length === 0) return;
    const answers = await this.#hooks.tell();
    if (answers !== undefined) this.#eraser.heard(answers);
  }

  #premises(): Premises {
    const storage = this;
    return {
      forgotten: this.forgotten,
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
        return storage.#hasStoodDown ? [...others, storage.#shard!.shard] : others;
      },
      async lasting() {
        if (storage.isSaving || storage.mayHaveSettings(storage.#shard!)) await storage.#openLasting();
        return storage.#lasting;
      },
    };
  }

  #readerOf(shard: number, backing: Backing): ArchiveReader {
    const getMany = (keys: readonly string[]) => backing.getMany(keys);
    return new ArchiveReader({ ...this.#shard!, shard }, getMany, this.forgotten, this.#skipped);
  }

  /** Removes what is in the store, of this shard only where it does not write there. */
  async #eraseLasting(others: readonly number[]): Promise<void> {
    const lasting = this.#lasting;
    if (lasting === undefined) return;
    const { retentionMs, forgotten } = this;
    const own = this.#keeper.archive?.backing === lasting ? [] : [this.#shard!.shard];
    for (const shard of [...own, ...others]) {
      const archive = await Archive.open(lasting, { ...this.#shard!, shard }, { retentionMs, forgotten });
      archive.erase();
      await archive.drain();
    }
  }

  async #openLasting(): Promise<void> {
    if (this.#lasting !== undefined) return;
    // Two that ask at once are to find the same one.
    this.#opening ??= openBacking(this.#options.storeOf(this.#shard!.application), {
      onSetAside: (path, reason) =>
        this.#options.warn(
          `The store could not be read (${reason}): it is now ${path}, and a new one begins.`,
        ),
    })
      .then((backing) => {
        this.#lasting = backing;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    await this.#opening;
  }

  /** Sees to it that the archive is where the settings want it. */
  async #openArchive(): Promise<void> {
    if (this.isSaving && !this.#hasStoodDown) await this.#openLasting();
    const wanted = this.isSaving && !this.#hasStoodDown ? this.#lasting! : this.#memory;
    if (this.#keeper.archive?.backing !== wanted) await this.#switchTo(wanted);
    if (wanted.shared) {
      this.#lastFlush ??= flushBeforeEnd(() => inTime(() => this.flush()));
    } else {
      this.#lastFlush?.[Symbol.dispose]();
      this.#lastFlush = undefined;
    }
  }

  async #switchTo(backing: Backing): Promise<void> {
    const { retentionMs, forgotten } = this;
    const skipped = this.#skipped;
    const former = this.#keeper.archive?.backing;
    // What is new belongs there still. Where that fails, it stays in memory, and comes along.
    await this.#keeper.flush().catch(() => undefined);
    const archive = await Archive.open(backing, this.#shard!, { retentionMs, forgotten, skipped });
    await this.#keeper.switchTo(archive, { replace: backing === this.#lasting && this.#memoryHasAll });
    // What was in the store is now in memory too, until the process ends.
    this.#memoryHasAll = former !== undefined && former === this.#lasting;
    // What memory held before has moved.
    if (backing !== this.#memory) this.#memory = memoryBacking();
  }

  async #applyRetention(): Promise<void> {
    const archive = this.#keeper.archive;
    const nowEpochMs = Date.now();
    this.#source.store.held.dropBefore(nowEpochMs - this.retentionMs);
    await this.#keeper.exclusively(async () => archive?.setRetention(this.retentionMs, nowEpochMs));
  }

  #change(change: Partial<Settings>): void {
    this.#settings = {
      ...this.#settings,
      ...change,
      revision: Math.max(Date.now(), this.#settings.revision + 1),
    };
    this.#hooks.announce();
  }

  /** Writes settings that have changed here, and takes on those that have changed elsewhere. */
  async #syncSettings(): Promise<void> {
    if (this.#lasting === undefined || !this.#mayWriteSettings) return;
    const key = settingsKey(this.#shard!);
    const isNews = ({ erasures = [] }: Partial<Settings> = {}) =>
      this.forgotten.erasures.knowsMoreThan(erasures, Date.now());
    const [value] = await this.#lasting.getMany([key]);
    if (value !== undefined) {
      const stored = this.#decodeSettings(value);
      if (stored === undefined) return;
      await this.#apply(stored);
      if (stored.revision >= this.#settings.revision && !isNews(stored)) return;
    }
    if (this.#settings.revision > 0 || isNews()) await this.#lasting.set(key, encodeSettings(this.settings));
  }

  /** What a later version has written is not for this one to overwrite. */
  #decodeSettings(value: string): Settings | undefined {
    try {
      return decodeSettings(value);
    } catch (error) {
      this.#mayWriteSettings = false;
      this.#options.warn(
        `The settings in the store are left alone, and not used. ${(error as Error).message}`,
      );
      return undefined;
    }
  }

  /** Another process of this bot writes the same: this one goes on in memory. */
  async #standDown(): Promise<void> {
    this.#hasStoodDown = true;
    this.#problem =
      'Another process of this bot has taken over the store: the figures of this one stay in its memory.';
    this.#options.warn(this.#problem);
    await this.flush();
  }

  /** One line, however many there are, and however often they are come across. */
  readonly #skipped = (error: Error): void => {
    if (this.#hasSkipped) return;
    this.#hasSkipped = true;
    this.#options.warn(`Figures in the store that cannot be read are left out. ${error.message}`);
  };

  #report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    // One line for each time that it breaks, not one for each try.
    if (this.#problem === undefined) {
      this.#options.warn(
        `Figures cannot be kept in the store, and stay in memory until they can: ${message}`,
      );
    }
    this.#problem = message;
  }

  #healed(): void {
    if (this.#problem === undefined || this.#hasStoodDown) return;
    this.#problem = undefined;
    this.#options.warn('The store takes figures again: what was counted meanwhile is written.');
  }
}

/** Waits no longer than the bot should, whatever becomes of it. */
async function inTime(act: () => Promise<void>): Promise<void> {
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, LAST_FLUSH_MS);
  await Promise.race([act().catch(() => undefined), deadline.promise]);
  clearTimeout(timer);
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

function settingsKey({ application }: Shard): string {
  return `cogscope:v1:${application}:settings`;
}

/** The targets that are tracked by name. */
function namedIn({ targets }: RulesData): string[] {
  return targets.filter(([, tracked]) => tracked).map(([id]) => id);
}
