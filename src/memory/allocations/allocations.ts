import { ProfilerError } from '../../errors.ts';
import { type ExpectedPause, Pauses } from '../pause.ts';
import type { AllocationEngine, AllocationSurroundings } from './engine.ts';
import type { AllocationFormatName } from './formats/index.ts';
import type { AllocationOptions, SourceOptions } from './options.ts';
import type { AllocationReport } from './report.ts';
import type { AllocationRun } from './run.ts';
import type { LiveByCog, SourcesReport } from './sources.ts';

/**
 * What it takes to collect garbage and to write out what was sampled, in ms a MiB of heap: the most on a machine whose
 * cores are all busy, as V8 collects with several threads.
 */
const USUAL_MS_PER_MIB = { least: 0.3, most: 6 };
/** V8 takes that for each sample beside. */
const MS_PER_SAMPLE = 0.004;
/** A bot that parses as fast as it can: where all counts, so much may be sampled in a second. */
const MOST_ALLOCATED_PER_MS = 50_000;
const MOST_SAMPLES = 600_000;
const DEFAULT_INTERVAL_BYTES = 2 ** 15;
const DEFAULT_DURATION_MS = 60_000;
const MOST_WARMUPS = 10_000;

/** How a function is sampled. */
export interface FunctionAllocationOptions
  extends Pick<AllocationOptions, 'name' | 'intervalBytes' | 'churn'> {
  /** How often the function is called before, unsampled, up to 10,000. Default: 0. */
  warmup?: number;
}

/**
 * Where objects are allocated, as V8 samples it. Nothing is loaded, and nothing sampled, before it is asked for.
 * **Each end of a sample, and each look at the sources, holds up the bot**: see `expectedPause`.
 */
export class Allocations implements AsyncDisposable {
  readonly #surroundings: AllocationSurroundings;
  readonly #pauses = new Pauses(USUAL_MS_PER_MIB);
  #loading: Promise<AllocationEngine> | undefined;
  #engine: AllocationEngine | undefined;
  #isClosed = false;

  constructor(surroundings: AllocationSurroundings) {
    this.#surroundings = surroundings;
  }

  /** The samples that are kept, the latest first: up to 8, of up to 32 MB. */
  get list(): readonly AllocationReport[] {
    return this.#engine?.kept.list ?? [];
  }

  /** The sample that is taken now, else the last one. */
  get latestRun(): AllocationRun | undefined {
    return this.#engine?.run;
  }

  /** @throws ProfilerError UNKNOWN_RECORDING */
  get(id: string): AllocationReport {
    const engine = this.#engine;
    if (engine === undefined) throw new ProfilerError('UNKNOWN_RECORDING', id);
    return engine.kept.get(id).report;
  }

  /** For how long the end of such a sample would hold up the bot. */
  expectedPause({
    intervalBytes = DEFAULT_INTERVAL_BYTES,
    durationMs = DEFAULT_DURATION_MS,
    churn = false,
  }: Pick<AllocationOptions, 'intervalBytes' | 'durationMs' | 'churn'> = {}): ExpectedPause {
    const pause = this.#pauses.expected();
    // What is alive at the end is rarely more than there is now.
    const mostBytes = churn ? durationMs * MOST_ALLOCATED_PER_MS : pause.heapUsedBytes;
    const samples = Math.min(MOST_SAMPLES, mostBytes / intervalBytes);
    return { ...pause, atMostMs: pause.atMostMs + samples * MS_PER_SAMPLE };
  }

  /**
   * Samples what is allocated, until its time is over or it is stopped. One at a time in a process, a recording of the
   * CPU included.
   * @returns once it samples, or waits for its beginning
   * @throws ProfilerError INVALID_OPTION, which names the option; RECORDING_BUSY, with who records what and for how
   *   long; SAMPLING_BUSY where another program samples; NOT_ENOUGH_MEMORY; NO_INSPECTOR
   */
  async start(options: AllocationOptions = {}): Promise<AllocationRun> {
    return (await this.#open()).start(options);
  }

  /**
   * Samples what is allocated while a function runs, and until its promise settles: all that runs meanwhile.
   * @returns what it returned, and what was allocated. Where it throws, nothing is kept
   */
  async during<Result>(
    fn: () => Result,
    { warmup = 0, ...options }: FunctionAllocationOptions = {},
  ): Promise<{ result: Awaited<Result>; allocations: AllocationReport }> {
    if (typeof fn !== 'function') throw new ProfilerError('INVALID_FUNCTION', 'must be a function');
    if (!(Number.isInteger(warmup) && warmup >= 0 && warmup <= MOST_WARMUPS))
      throw new ProfilerError('INVALID_OPTION', 'warmup', 'must be a whole number from 0 to 10,000');
    const engine = await this.#open();
    for (let call = 0; call < warmup; call++) await fn();
    const run = engine.start({
      ...options,
      name: options.name ?? (fn.name || 'a function'),
      durationMs: 600_000,
    });
    try {
      const result = await fn();
      return { result, allocations: await run.stop() };
    } catch (error) {
      run.cancel();
      throw error;
    }
  }

  /**
   * A sample as a file, made in another thread.
   * @throws ProfilerError UNKNOWN_RECORDING; INVALID_OPTION
   */
  async export(id: string, format: AllocationFormatName): Promise<Uint8Array> {
    return (await this.#open()).export(id, format);
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.#engine?.kept.remove(id) ?? false;
  }

  /** Forgets all samples. */
  clear(): void {
    this.#engine?.kept.clear();
  }

  /**
   * Goes on sampling what stays alive, and looks each interval where what is new came from. While a sample is taken, it
   * rests.
   * @throws ProfilerError SOURCES_RUNNING; INVALID_OPTION; SAMPLING_BUSY; NO_INSPECTOR
   */
  async startSources(options: SourceOptions = {}): Promise<void> {
    (await this.#open()).startSources(options);
  }

  /**
   * Ends that, without a last look.
   * @returns what was found; `sources` goes on to say it
   * @throws ProfilerError SOURCES_NOT_RUNNING
   */
  stopSources(): SourcesReport {
    const watch = this.#engine?.sources;
    if (watch === undefined || !watch.isRunning) throw new ProfilerError('SOURCES_NOT_RUNNING');
    watch[Symbol.dispose]();
    return watch.report();
  }

  /** Looks now, beside the interval. Does nothing where nothing is watched. @throws ProfilerError SAMPLING_LOST */
  async lookAtSources(): Promise<void> {
    await this.#engine?.sources?.look();
  }

  /** What was found since the last start; undefined where it was never started. */
  sources(): SourcesReport | undefined {
    return this.#engine?.sources?.report();
  }

  /**
   * What is alive of what each cog has allocated since the sources are watched, as of the last look. Undefined while
   * they are not, and before the first look.
   */
  liveByCog(): LiveByCog | undefined {
    return this.#engine?.sources?.live;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#engine?.[Symbol.asyncDispose]();
  }

  async #open(): Promise<AllocationEngine> {
    this.#loading ??= import('./engine.ts').then(({ AllocationEngine }) => {
      const engine = new AllocationEngine(this.#surroundings, (pauseMs, heapUsedBytes) =>
        this.#pauses.took(pauseMs, heapUsedBytes),
      );
      this.#engine = engine;
      return engine;
    });
    const engine = await this.#loading;
    if (this.#isClosed) throw new ProfilerError('DESTROYED');
    return engine;
  }
}
