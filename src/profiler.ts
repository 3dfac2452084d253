import { dirname } from 'node:path';
import type { Client, Interaction } from 'discord.js';
import { identityFrom } from './cog/identify.ts';
import { checkOption, type ProfilerOptions, type ResolvedOptions, resolveOptions } from './cog/options.ts';
import type { Origin } from './cog/origins.ts';
import type { Rules } from './cog/rules.ts';
import { type Selectable, select } from './cog/select.ts';
import type { AnyFunction, Target } from './cog/target.ts';
import type { AttachResult } from './cog/tracker.ts';
import type { Desk } from './commands/desk/desk.ts';
import { interceptEvents } from './commands/desk/intercept.ts';
import type { Deadlines } from './deadline/report.ts';
import type { TargetDetails } from './details.ts';
import { ProfilerError } from './errors.ts';
import { pathOf } from './frameworks/interactions.ts';
import type { InFlight } from './inflight/report.ts';
import type { FunctionAllocationOptions } from './memory/allocations/allocations.ts';
import type { AllocationReport } from './memory/allocations/report.ts';
import type { WatchableCache } from './memory/caches/watched.ts';
import type { Memory } from './memory/memory.ts';
import type { CallSamples } from './observations.ts';
import { Parts } from './parts.ts';
import { knownTargets, type TracesOfAll } from './reports.ts';
import type { RestReport } from './rest/report.ts';
import type { ExportOptions } from './sampling/conversion/conversions.ts';
import type { FormatName } from './sampling/formats/index.ts';
import type { RecordingOptions } from './sampling/recorder/options.ts';
import type { Recording } from './sampling/recorder/recording.ts';
import type { RecordingInfo } from './sampling/recorder/recording-info.ts';
import type { Recordings } from './sampling/recordings.ts';
import { isId } from './store/heaviest/space-saving.ts';
import type { HeavyHitterOfAll } from './store/heaviest/summary.ts';
import type { StorageSize, StorageState } from './store/storage.ts';
import type { Grouping, Summary } from './store/summary.ts';

const MS_PER_HOUR = 3_600_000;
/** A thousand of them are some 0.2 MB, of each shard. */
const MOST_CALLS_IN_FLIGHT = 1_000;
const LONGEST_VERBOSE_MS = 24 * MS_PER_HOUR;

/** What ends the profiler that the preload made for a client: the bot's own takes its place. */
const PRELOADED = Symbol.for('cogscope.preloaded');

/** The clients that have a profiler, shared with any other copy of this package in the process. */
const CLIENTS = Symbol.for('cogscope.clients');
const shared = globalThis as { [CLIENTS]?: WeakSet<object>; [PRELOADED]?: WeakMap<object, () => void> };
shared[CLIENTS] ??= new WeakSet();
const clientsWithProfiler = shared[CLIENTS];

export interface SummaryOptions {
  /** How far back to look, in ms. Default: the whole retention. */
  windowMs?: number;
  /** Since when to look, where that is later: since the process started, or since each cog was last reloaded. */
  since?: 'start' | 'reload';
  /** What gets a row: each target, each cog with its targets taken together, or each shard. Default: `target`. */
  by?: Grouping;
}

/**
 * The profiler of one bot. Create it right after the client: it finds the bot's cogs when it is first asked for
 * them, registers `/profiler` once the client is ready, and answers the bot's owner there.
 *
 * It owns everything that it starts: `destroy()` leaves the bot as it was.
 */
export class Profiler implements AsyncDisposable {
  readonly client: Client;
  readonly options: ResolvedOptions;
  /** What is in the memory of the bot, what grows in it, and what its caches hold. */
  readonly memory: Memory;
  /** What is recorded of the CPU, and kept in memory: the list, pages, files, and merged ones. */
  readonly recordings: Recordings;
  readonly #parts: Parts;
  readonly #restoreEvents: () => void;
  #desk: Promise<Desk> | undefined;
  #started = false;
  #destroyed = false;

  /**
   * @throws ProfilerError INVALID_CLIENT, ALREADY_INSTALLED where the client has a profiler, or INVALID_OPTION,
   *   which names the option
   */
  constructor(client: Client, options?: ProfilerOptions) {
    if (typeof client?.emit !== 'function' || typeof client.isReady !== 'function') {
      throw new ProfilerError('INVALID_CLIENT');
    }
    this.client = client;
    this.options = resolveOptions(options);
    shared[PRELOADED]?.get(client)?.();
    if (clientsWithProfiler.has(client)) throw new ProfilerError('ALREADY_INSTALLED');
    clientsWithProfiler.add(client);
    this.#parts = new Parts(this);
    this.memory = this.#parts.memory;
    this.recordings = this.#parts.recordings;
    const { watch } = this.#parts;
    this.#restoreEvents = interceptEvents(client, {
      ready: () => this.#start(),
      ours: (interaction) => {
        watch.receivedOurs(interaction);
        this.#receive(interaction);
      },
      others: (interaction) => {
        const path = pathOf(interaction);
        if (path !== undefined) this.#parts.received(interaction, path);
      },
      message: (message) => watch.messageSeen(message),
    });
    if (client.isReady()) this.#start();
  }

  /** The folder against which source files are named, and cogs told apart. */
  get rootDir(): string {
    return this.options.rootDir ?? (process.argv[1] ? dirname(process.argv[1]) : process.cwd());
  }

  /** Everything of the bot that can be tracked now, tracked or not. */
  get targets(): ReadonlyMap<string, Target> {
    return this.#parts.tracker.targets();
  }

  /** What is tracked. */
  get tracked(): ReadonlyMap<string, Target> {
    return this.#parts.tracker.tracked;
  }

  /** What has figures: what is tracked, and what was detached with its figures kept. */
  get recorded(): ReadonlyMap<string, Target> {
    return this.#parts.tracker.recorded;
  }

  /** What is to be tracked, and how; after a change of them, `reconcile` makes it so. */
  get rules(): Rules {
    return this.#parts.tracker.rules;
  }

  /**
   * Starts to track targets: their calls are timed from now on. Groups stay tracked: what becomes a member of one
   * later is timed as well, after a reload too.
   * @param query `all`, a cog, a kind such as `listeners`, `cog/kind`, a target's id or name, or several with commas
   *   or spaces between. A listener that hands interactions on to commands is only attached by its own name
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was attached
   */
  attach(query: string): AttachResult {
    this.#mustBeAlive();
    const result = this.#parts.tracker.attach(select(query, this.targets, 'apart'));
    this.#parts.storage.changed();
    return result;
  }

  /**
   * Stops to track targets, puts the bot's own functions back, and forgets what was recorded of them.
   * @param query as for `attach`, among what is tracked or has figures
   * @param options.keepFigures whether what was recorded stays, for comparison, until its time is over
   * @returns the targets that were tracked and are no more
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was detached
   */
  detach(query: string, { keepFigures = false }: { keepFigures?: boolean } = {}): Target[] {
    const detached = this.#parts.tracker.detach(select(query, this.recorded, 'members'), keepFigures);
    this.#parts.watch.tracer.setVerbose(
      detached.map(({ id }) => id),
      undefined,
    );
    this.#parts.storage.changed();
    return detached;
  }

  /** Makes what is tracked equal to the rules, now. It happens by itself when the bot loads or reloads something. */
  reconcile(): void {
    this.#mustBeAlive();
    this.#parts.tracker.reconcile();
    this.#parts.storage.changed();
  }

  /**
   * Calls that take less are counted, but not kept as single calls; from the next call on.
   * @param thresholdMs 0 keeps all
   * @param query whose; without it, of all that have no threshold of their own
   * @returns the targets that the query names
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was changed
   */
  setThreshold(thresholdMs: number, query?: string): Target[] | undefined {
    this.#mustBeAlive();
    const targets = query === undefined ? undefined : select(query, this.targets, 'members').targets;
    this.#parts.tracker.setThreshold(thresholdMs, targets);
    this.#parts.storage.changed();
    return targets && [...targets];
  }

  /** Why a target is not tracked, even if its group is, as a sentence without its full stop; undefined if it would be. */
  reasonAgainst(target: Target): string | undefined {
    return this.#parts.tracker.reasonAgainst(target);
  }

  /**
   * Makes the methods of an object, or of a class and its instances, targets of the cog `name`. For cogs that live
   * where no adapter looks.
   * @throws ProfilerError INVALID_COG
   */
  register(name: string, cog: object): void {
    this.#mustBeAlive();
    if (typeof name !== 'string' || name.trim() === '') throw new ProfilerError('INVALID_COG', 'has no name');
    if ((typeof cog !== 'object' && typeof cog !== 'function') || cog === null) {
      throw new ProfilerError('INVALID_COG', 'must be an object or a class');
    }
    this.#parts.registry.register(name, cog);
    this.#parts.tracker.changed();
  }

  /**
   * Times one function, from now on until it is detached.
   * @param name `cog/name`, or a name alone: then the cog is told by where the function was written
   * @returns what to call in its place
   * @throws ProfilerError INVALID_FUNCTION
   */
  wrap<Fn extends AnyFunction>(fn: Fn, name: string = fn?.name): Fn {
    this.#mustBeAlive();
    if (typeof fn !== 'function') throw new ProfilerError('INVALID_FUNCTION', 'must be a function');
    if (typeof name !== 'string' || name.trim() === '')
      throw new ProfilerError('INVALID_FUNCTION', 'has no name');
    const { discovery, wrapped } = this.#parts.registry.wrap(fn, name);
    const target = [...this.targets.values()].find(({ slot }) => slot === discovery.slot)!;
    this.#parts.tracker.attach({ groups: [], named: [target], targets: [target] });
    return wrapped as Fn;
  }

  /**
   * The figures of what is tracked, and of what was in the time that is kept, the greatest impact first: those of all
   * shards of the bot, as far as they answer or write to the same store.
   */
  summary(options: SummaryOptions = {}): Promise<Summary> {
    const { by = 'target', ...window } = options;
    return this.#parts.reports.summary(by, window);
  }

  /**
   * All that is known of one target, of all shards as far as they answer. Those that only write to the same store
   * add to the figures; their single calls, errors and callers are in their memory.
   * @returns undefined where it is neither tracked nor in the figures of the window
   */
  details(targetId: string, window: Omit<SummaryOptions, 'by'> = {}): Promise<TargetDetails | undefined> {
    return this.#parts.reports.details(targetId, window);
  }

  /**
   * How long the bot takes to acknowledge interactions, of the 3 s that Discord gives it, and with what: of each
   * command, whether it is tracked or not, those at risk first. It is in the memory of each process: of all shards
   * that answer, since they started or were cleared, or of up to an hour.
   * @param options.windowMs how far back to look, up to an hour, by ten minutes; default: since the beginning
   */
  deadlines({ windowMs }: { windowMs?: number } = {}): Promise<Deadlines> {
    return this.#parts.reports.deadlines(windowMs);
  }

  /**
   * The calls of tracked functions that returned a promise which has not settled, of all shards that answer: how many
   * of each target, and the stuck and oldest ones. A promise that nobody can settle any more is among them for good.
   * @param options.limit how many calls are named, up to 1,000
   */
  inFlight({ limit = 100 }: { limit?: number } = {}): Promise<InFlight> {
    return this.#parts.reports.inFlight(Math.max(0, Math.min(MOST_CALLS_IN_FLIGHT, Math.floor(limit) || 0)));
  }

  /**
   * What the bot's requests to Discord take, and what they wait for: other requests of their bucket, rate limits,
   * attempts that failed, or the network; by route, by who made them, and both. A request is its that ran when it was
   * made, where that is tracked; else it is joined to an interaction by the id or token in its route; else nobody's.
   * It is in the memory of each process: of all shards that answer, since they started or were cleared, or of up to an
   * hour. What goes past the client's REST manager is not seen.
   * @param options.windowMs how far back to look, up to an hour, by ten minutes; default: since the beginning
   */
  rest({ windowMs }: { windowMs?: number } = {}): Promise<RestReport> {
    return this.#parts.reports.rest(windowMs);
  }

  /**
   * Single calls of a tracked target in this process: its 32 latest and its 8 latest failed ones, newest first, and
   * its 8 slowest since it was attached. Undefined for a target that is not tracked.
   */
  calls(targetId: string): CallSamples | undefined {
    return this.#parts.reports.calls(targetId);
  }

  /**
   * Keeps the calls of targets as they went, from the next one on: what each waited for, and for how long. On all
   * shards, in memory; it ends by itself. While any target is verbose, each call of the bot that is tracked costs some
   * more, and each promise.
   * @param query as for `attach`, among what is tracked or verbose
   * @param options.forMs for how long, up to a day; default: an hour
   * @returns the ids of the targets that the query names
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names, or INVALID_OPTION; then nothing was changed
   */
  async setVerbose(
    query: string,
    on: boolean,
    { forMs = MS_PER_HOUR }: { forMs?: number } = {},
  ): Promise<readonly string[]> {
    this.#mustBeAlive();
    if (typeof forMs !== 'number' || !(forMs > 0 && forMs <= LONGEST_VERBOSE_MS)) {
      throw new ProfilerError('INVALID_OPTION', 'forMs', 'must be more than 0 and at most a day');
    }
    const known = new Map<string, Selectable>(this.tracked);
    if (!on) for (const id of this.verbose.keys()) if (!known.has(id)) known.set(id, identityFrom(id));
    const targetIds = select(query, known, 'members').targets.map(({ id }) => id);
    const untilEpochMs = on ? Date.now() + forMs : undefined;
    this.#parts.watch.tracer.setVerbose(targetIds, untilEpochMs);
    if (this.#parts.peers.canAsk) await this.#parts.peers.ask('setVerbose', { targetIds, untilEpochMs });
    return targetIds;
  }

  /** The targets whose calls are kept as they went, and until when, in Unix ms. */
  get verbose(): ReadonlyMap<string, number> {
    return this.#parts.watch.tracer.verbose;
  }

  /** Estimated bytes that the calls which are kept as they went take in the memory of this process. */
  get verboseBytes(): number {
    return this.#parts.watch.tracer.sizeBytes;
  }

  /**
   * The calls of a target that were kept as they went while it was verbose, of all shards that answer: the 8 slowest,
   * the 8 latest and the 4 latest that failed; and what the time of all of them went to, kept or not.
   */
  traces(targetId: string): Promise<TracesOfAll> {
    return this.#parts.reports.traces(targetId);
  }

  /**
   * Records what the CPU does, and for whom, until its time is over or it is stopped. It holds the bot at the start, for
   * about 1 ms a MB of heap, and costs some percent. One at a time in a process.
   * @returns once it records; the recording is in `recordings` when it is done
   * @throws ProfilerError INVALID_OPTION, which names the option; RECORDING_BUSY, with who records what and for how
   *   long; RECORDING_UNAVAILABLE where V8's inspector is missing or a debugger is connected; RECORDING_CANCELLED
   */
  async startRecording(options?: RecordingOptions): Promise<Recording> {
    this.#mustBeAlive();
    return this.recordings.start(options);
  }

  /**
   * Records while a function runs, and until its promise settles: all that runs meanwhile.
   * @returns what it returned, and the recording. Where it throws, nothing is kept
   */
  async profile<Result>(
    fn: () => Result,
    options?: RecordingOptions,
  ): Promise<{ result: Awaited<Result>; recording: RecordingInfo }> {
    if (typeof fn !== 'function') throw new ProfilerError('INVALID_FUNCTION', 'must be a function');
    const recording = await this.startRecording(options);
    await recording.warm;
    try {
      const result = await fn();
      return { result, recording: await recording.stop() };
    } catch (error) {
      await recording.cancel();
      throw error;
    }
  }

  /**
   * Samples what is allocated while a function runs, and until its promise settles: all that runs meanwhile. It holds
   * the bot at the end, for about 0.5 ms a MB of heap.
   * @param options.intervalBytes one object is sampled of so many bytes, from 1 to 1,048,576; default: 32,768
   * @param options.churn whether what is garbage by the end counts as well
   * @param options.warmup how often the function is called before, unsampled
   * @returns what it returned, and what was allocated. Where it throws, nothing is kept
   */
  async allocations<Result>(
    fn: () => Result,
    options?: FunctionAllocationOptions,
  ): Promise<{ result: Awaited<Result>; allocations: AllocationReport }> {
    this.#mustBeAlive();
    return this.memory.allocations.during(fn, options);
  }

  /**
   * A recording as a file, made in another thread.
   * @param format such as `table` or `collapsed`
   * @throws ProfilerError UNKNOWN_RECORDING; INVALID_OPTION for what the format does not take
   */
  export(id: string, format: FormatName, options?: ExportOptions): Promise<Uint8Array> {
    return this.recordings.export(id, format, options);
  }

  /**
   * Shows a cache of the bot's own among those of discord.js, and counts it where what grows is watched. It is not kept
   * alive by that.
   * @param cache a `Map`, a `Set`, or what has a `size`; of lru-cache and Keyv the limit, hits and misses are shown too
   * @returns what ends that
   * @throws ProfilerError INVALID_CACHE
   */
  watchCache(name: string, cache: WatchableCache): Disposable {
    this.#mustBeAlive();
    return this.memory.watchCache(name, cache);
  }

  /** How long figures are kept, in ms. */
  get retentionMs(): number {
    return this.#parts.storage.retentionMs;
  }

  /** Keeps figures for so long, on all shards: what is older is forgotten at once, what is there stays longer. */
  async setRetention(hours: number): Promise<void> {
    this.#mustBeAlive();
    const problem = checkOption('retentionHours', hours);
    if (problem !== undefined) throw new ProfilerError('INVALID_OPTION', 'retentionHours', problem);
    await this.#parts.storage.setRetention(hours * MS_PER_HOUR);
  }

  /**
   * Keeps figures in the store from now on, or in memory, on all shards.
   * @param options.erase where saving ends: whether what was saved is removed
   * @throws ProfilerError STORE_UNAVAILABLE and the like, where the store cannot be used; then nothing was changed
   */
  async setSaving(save: boolean, { erase = false }: { erase?: boolean } = {}): Promise<void> {
    this.#mustBeAlive();
    await this.#parts.storage.setSaving(save, erase, this.#parts.peers.others);
  }

  /**
   * What the figures that are kept take. Rejects with a StoreError.
   * @param options.olderThanMs only of what is older than that
   */
  storageSize({ olderThanMs }: { olderThanMs?: number } = {}): Promise<StorageSize> {
    return this.#parts.storage.measure(olderThanMs === undefined ? undefined : Date.now() - olderThanMs);
  }

  /** Packs and writes what is new, and removes what is too old, as it happens each ten seconds. Never rejects. */
  flush(): Promise<void> {
    return this.#parts.storage.flush();
  }

  /** All figures that are kept, as lines of JSON; see `docs/data.md`. */
  exportData(): AsyncIterable<string> {
    return this.#parts.storage.export(this.#parts.peers.others);
  }

  /**
   * Adds what `exportData` gave. What is older than figures are kept for is left out.
   * @returns how many rows there were
   * @throws ProfilerError INVALID_DATA, with the first line that is wrong
   */
  importData(lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
    this.#mustBeAlive();
    return this.#parts.storage.import(lines);
  }

  /**
   * Forgets what was recorded, on all shards; what is tracked stays so.
   * @param query of which targets, as for `detach`; without it, of all
   * @throws ProfilerError UNKNOWN_TARGET, with the nearest names; then nothing was forgotten
   */
  async clear(query?: string): Promise<void> {
    this.#mustBeAlive();
    if (query === undefined) {
      await this.#parts.forgetInMemory();
      return this.#parts.storage.forgetAll(this.#parts.peers.others);
    }
    const { rows } = await this.summary();
    const { targets } = select(query, knownTargets(rows, this.recorded), 'members');
    for (const { id } of targets) this.#parts.storage.forget(id);
    await this.#parts.forgetInMemory(targets);
    await this.#parts.storage.flush();
  }

  /**
   * Whose calls took the most time, over all targets and shards: at most 50, the heaviest first. Empty unless the
   * option `heavyHitters` names the origin, or did when the calls were counted.
   *
   * What an id has taken lies between `atLeastMs` and `totalMs`, which differ by at most an eighth of the time of all
   * calls. Whoever has more than an eighth of that is among them, unless 50 others have more for sure. `share` is of
   * the time of all targets: where one calls another, that of the inner one counts twice, as it does in `summary`.
   * @param window how far back to look, as for `summary`
   */
  heaviest(origin: Origin, window: Omit<SummaryOptions, 'by'> = {}): Promise<HeavyHitterOfAll[]> {
    return this.#parts.reports.heaviest(origin, window);
  }

  /**
   * Takes the id of a guild out of all that is kept: from memory, and from every value of every shard in the store,
   * whether that runs or not. What the targets did, their calls and times, stays, and what the guild does from now on
   * is counted anew. Fulfils when it is done, also where there was nothing; before the bot is ready, once it is out of
   * memory: the store follows.
   * @throws ProfilerError INVALID_ID; NOT_ERASED or a StoreError where the store or a shard cannot be reached: the rest
   *   is then done once it can, unless this process ends before the store has heard of it
   */
  eraseGuild(id: string): Promise<void> {
    return this.#erase('guild', id);
  }

  /** The same for the id of a channel. */
  eraseChannel(id: string): Promise<void> {
    return this.#erase('channel', id);
  }

  /** The same for the id of a user. */
  eraseUser(id: string): Promise<void> {
    return this.#erase('user', id);
  }

  /** Where figures are kept, and how that goes. */
  get storage(): StorageState {
    return this.#parts.storage.state;
  }

  /** Estimated bytes that the open minute and single calls take in memory. */
  get memoryBytes(): number {
    return this.#parts.recorder.store.sizeBytes;
  }

  /** What timing adds to one call here, in ns, as it was measured once. */
  get callCostNs(): number {
    return this.#parts.callCostNs;
  }

  /** What timing took in the last minute or so, in percent of a core: the calls, times the cost of one. */
  get costPercent(): number {
    return this.#parts.governor.averageShare * 100;
  }

  /**
   * Detaches everything, stops every timer, and leaves the client as it was; all that at once. What is saved in a
   * store is written before the promise fulfils. `/profiler` stays registered.
   */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#restoreEvents();
    clientsWithProfiler.delete(this.client);
    await this.#parts.dispose();
    (await this.#desk)?.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#parts.start();
    this.#openDesk().then(
      (desk) => desk.register(),
      (error) => this.options.logger.warn(`/profiler cannot answer: ${error}`),
    );
  }

  async #erase(origin: Origin, id: string): Promise<void> {
    this.#mustBeAlive();
    if (!isId(id)) throw new ProfilerError('INVALID_ID', origin);
    await this.#parts.opened;
    await this.#parts.storage.erase({ origin, id });
  }

  #mustBeAlive(): void {
    if (this.#destroyed) throw new ProfilerError('DESTROYED');
  }

  #receive(interaction: Interaction): void {
    this.#openDesk().then(
      (desk) => desk.receive(interaction),
      // Said once, at the start.
      () => undefined,
    );
  }

  /** What serves Discord is loaded once the bot is ready, so that starting the bot does not wait for it. */
  #openDesk(): Promise<Desk> {
    this.#desk ??= import('./commands/desk/desk.ts').then(({ Desk }) => new Desk(this));
    return this.#desk;
  }
}
