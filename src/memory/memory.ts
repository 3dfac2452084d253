import type { Target } from '../cog/target.ts';
import { ProfilerError } from '../errors.ts';
import { Allocations } from './allocations/allocations.ts';
import type { AllocationSurroundings } from './allocations/engine.ts';
import { ManagerCaches } from './caches/managers.ts';
import { type CacheReport, readCaches } from './caches/report.ts';
import { type WatchableCache, WatchedCaches } from './caches/watched.ts';
import { Children } from './children.ts';
import { type ClassCensus, findObjects, takeCensus } from './classes/census.ts';
import { readCounters } from './growth/counters.ts';
import type { GrowthReport } from './growth/report.ts';
import { GrowthWatch } from './growth/watch.ts';
import { cachedClasses, findInCaches } from './objects/find.ts';
import { Redactor, secretVariables } from './objects/redactor.ts';
import { summarise } from './objects/summary.ts';
import { type ExpectedPause, Pauses } from './pause.ts';
import type { ReloadLeaks } from './reloads/report.ts';
import type { ReloadSources } from './reloads/sources.ts';
import { ReloadWatch } from './reloads/watch.ts';
import { type MemoryReport, memoryReport, type SentMemory } from './report.ts';
import { Slices } from './slices.ts';
import { HeapSnapshots, type SnapshotSources } from './taking/snapshots.ts';
import { Threads } from './threads.ts';
import { type MemorySample, Trend } from './trend.ts';
import { readUsage } from './usage.ts';

const DEFAULT_INTERVAL_MS = 30_000;
const SHORTEST_INTERVAL_MS = 5_000;
const LONGEST_INTERVAL_MS = 3_600_000;
const MOST_OBJECTS = 1_000;
const DEFAULT_OBJECTS = 50;
/** What is sent to other shards of the trend. */
const SAMPLES_SENT = 60;

/** What the memory of a bot needs of the profiler. */
export interface MemorySources
  extends ReloadSources,
    Pick<SnapshotSources, 'targets' | 'surroundings' | 'profileDir' | 'profiler'> {
  /** How many calls have not settled. */
  inFlight(): number;
  /** What the processes of the other shards say of their memory; undefined for one that does not answer. */
  askOthers(): Promise<ReadonlyMap<number, SentMemory | undefined>>;
  /** The shard that stands for this process. */
  readonly shard: number;
  readonly allocations: AllocationSurroundings;
}

/** What objects of a class look like. */
export interface ObjectsReport {
  readonly type: string;
  /** Where they were found: in caches, or among all objects of the heap. */
  readonly from: 'caches' | 'heap';
  /** How many there are. */
  readonly count: number;
  /** The first of them, a line each: getters are not called, and secrets are hidden. */
  readonly summaries: readonly string[];
  /** For how long the bot was held up by it. */
  readonly pauseMs: number;
}

/** What is in the memory of the bot. All but `census`, `objects` from the heap, and what `snapshots` takes, leaves the bot running. */
export class Memory implements Disposable {
  /** Where objects are allocated: samples, and where what grows comes from. */
  readonly allocations: Allocations;
  /** Heap snapshots: what they take, what is in them, and what of it each cog holds. */
  readonly snapshots: HeapSnapshots;
  readonly #sources: MemorySources;
  readonly #trend = new Trend();
  readonly #threads = new Threads();
  readonly #children = new Children();
  readonly #watched = new WatchedCaches();
  readonly #managers: ManagerCaches;
  readonly #pauses = new Pauses();
  readonly #reloads: ReloadWatch;
  #growth: GrowthWatch | undefined;
  #lastCensus: ClassCensus | undefined;

  constructor(sources: MemorySources) {
    this.#sources = sources;
    this.allocations = new Allocations(sources.allocations);
    this.#managers = new ManagerCaches(sources.client);
    this.snapshots = new HeapSnapshots(sources);
    this.#reloads = new ReloadWatch(sources);
  }

  /** Begins to note every ten seconds how much memory the process takes. */
  start(): void {
    this.#trend.start();
  }

  [Symbol.dispose](): void {
    this.#trend[Symbol.dispose]();
    this.#threads[Symbol.dispose]();
    this.#children[Symbol.dispose]();
    this.#reloads[Symbol.dispose]();
    this.#growth?.[Symbol.dispose]();
    void this.allocations[Symbol.asyncDispose]();
    this.snapshots[Symbol.dispose]();
  }

  /** The memory of the process at a glance, of each shard that answers. */
  async now(): Promise<MemoryReport> {
    const { shard } = this.#sources;
    const others = this.#sources.askOthers();
    return memoryReport(shard, await this.send(), await others);
  }

  /** What this process says of its memory, for the others. */
  async send(): Promise<SentMemory> {
    const [threads, children] = await Promise.all([this.#threads.read(), this.#children.read()]);
    return {
      usage: readUsage(),
      threads,
      children,
      trend: this.#trend.samples(SAMPLES_SENT),
    };
  }

  /** How the memory of this process went: up to six hours, a sample each ten seconds. Oldest first. */
  trend(): MemorySample[] {
    return this.#trend.samples();
  }

  /** How long `census`, or `objects` from the heap, would hold up the bot now. */
  expectedPause(): ExpectedPause {
    return this.#pauses.expected();
  }

  /**
   * Counts all objects of this process by class. **The bot does nothing else meanwhile**: see `expectedPause`.
   * @throws ProfilerError NO_INSPECTOR
   */
  census(): ClassCensus {
    const census = takeCensus(this.#pauses);
    this.#lastCensus = census;
    if (this.#growth?.isRunning) this.#growth.addCensus(census);
    return census;
  }

  /** What the last one has counted. */
  get lastCensus(): ClassCensus | undefined {
    return this.#lastCensus;
  }

  /**
   * Begins to count, each `intervalMs`, what may grow: caches of discord.js, listeners, resources, calls in flight,
   * spaces of the heap; of this process.
   * @param options.intervalMs from 5 s to an hour; default: 30 s. It takes longer where counting takes long: at most a
   *   thousandth of the time goes to it
   * @throws ProfilerError GROWTH_RUNNING or INVALID_OPTION
   */
  startGrowth({ intervalMs = DEFAULT_INTERVAL_MS }: { intervalMs?: number } = {}): void {
    if (this.#growth?.isRunning) throw new ProfilerError('GROWTH_RUNNING');
    if (!(intervalMs >= SHORTEST_INTERVAL_MS && intervalMs <= LONGEST_INTERVAL_MS))
      throw new ProfilerError('INVALID_OPTION', 'intervalMs', 'must be from 5,000 to 3,600,000');
    const { client, inFlight } = this.#sources;
    this.#growth = new GrowthWatch(intervalMs, {
      reloads: () => this.#reloads.reloads,
      count: async () => {
        const slices = new Slices();
        const from = { client, managers: this.#managers, watched: this.#watched, slices, inFlight };
        return { counted: await readCounters(from), workedMs: slices.workedMs };
      },
    });
  }

  /**
   * Stops to do so.
   * @returns what was found; `growth` goes on to say it
   * @throws ProfilerError GROWTH_NOT_RUNNING
   */
  async stopGrowth(): Promise<GrowthReport> {
    const growth = this.#growth;
    if (growth === undefined || !growth.isRunning) throw new ProfilerError('GROWTH_NOT_RUNNING');
    await growth.count();
    growth[Symbol.dispose]();
    return growth.report();
  }

  /** What has grown since the last start; undefined where it was never started. */
  growth(): GrowthReport | undefined {
    return this.#growth?.report();
  }

  /** Counts now what may grow, beside the interval. Does nothing where that is not watched. */
  async countGrowth(): Promise<void> {
    if (this.#growth?.isRunning) await this.#growth.count();
  }

  /**
   * What is left of cogs that were reloaded or unloaded, as it is now: listeners, timers, collectors, calls, and objects
   * that were not collected; of this process, while anything is tracked. Each is looked at from two minutes after.
   */
  reloadLeaks(): Promise<ReloadLeaks> {
    return this.#reloads.leaks();
  }

  /** For the profiler, which says what there is in the bot whenever it has looked. */
  lookForReloads(present: ReadonlyMap<string, Target>): void {
    this.#reloads.look(present);
  }

  /** All caches of discord.js in this process and those that `watchCache` was told of, with estimates. */
  caches(): Promise<CacheReport> {
    const rows = this.#growth?.report().rows ?? [];
    return readCaches(this.#sources.client, this.#managers, this.#watched, rows);
  }

  /** See `Profiler.watchCache`. */
  watchCache(name: string, cache: WatchableCache): Disposable {
    return this.#watched.watch(name, cache);
  }

  /**
   * What the objects of a class look like: from caches, where there are some.
   * @param options.limit how many, up to 1,000; default: 50
   * @param options.heap whether to look among all objects of the heap where the caches have none. **The bot does
   *   nothing else meanwhile**: see `expectedPause`
   * @returns undefined where the caches have none, and the heap was not to be looked at
   * @throws ProfilerError NO_INSPECTOR, or UNKNOWN_CLASS, with the nearest names
   */
  async objects(
    type: string,
    { limit = DEFAULT_OBJECTS, heap = false }: { limit?: number; heap?: boolean } = {},
  ): Promise<ObjectsReport | undefined> {
    const most = Math.max(1, Math.min(MOST_OBJECTS, Math.floor(limit) || DEFAULT_OBJECTS));
    const redactor = new Redactor([this.#sources.client.token, ...secretVariables()]);
    const show = (object: object) => summarise(object, redactor);
    const cached = await findInCaches(type, most, show, this.#places);
    if (cached.count > 0)
      return { type, from: 'caches', count: cached.count, summaries: cached.found, pauseMs: 0 };
    if (!heap) return undefined;
    const { count, found, pauseMs } = findObjects(type, most, show, this.#pauses);
    return { type, from: 'heap', count, summaries: found, pauseMs };
  }

  /** Names of classes of which there are objects, as far as is known without looking at the heap. */
  knownClasses(): string[] {
    const counted = this.#lastCensus?.classes.map(({ name }) => name) ?? [];
    return [...new Set([...cachedClasses(this.#places), ...counted])];
  }

  get #places() {
    return { client: this.#sources.client, managers: this.#managers, watched: this.#watched };
  }
}
