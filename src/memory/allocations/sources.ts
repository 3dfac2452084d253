import { type AllocationSource, Cohorts, type LiveCog } from './cohorts.ts';
import { SampleVariance } from './estimate.ts';
import type { Places } from './places.ts';
import { type HeapProfile, HeapSampler } from './sampler.ts';
import { sampledTree } from './tree.ts';

/** Of so many of the latest intervals it is known what is left of each. */
const MOST_INTERVALS = 10;
const MOST_SOURCES = 30;

/** What the watch of sources has found at its last look. */
export interface SourcesReport {
  readonly isRunning: boolean;
  readonly startedAtEpochMs: number;
  readonly intervalMs: number;
  readonly intervalBytes: number;
  /** How often it was looked. */
  readonly looks: number;
  /** When it was looked last; undefined before the first time. */
  readonly atEpochMs: number | undefined;
  /** For how long the last look held up the bot, and all of them together. */
  readonly pauseMs: number;
  readonly allPausesMs: number;
  /** What came in the last interval and is still there, of all sources. */
  readonly newBytes: number;
  /** By how much the memory of buffers and the like, which is not sampled, grew in the last interval. */
  readonly externalBytes: number;
  /** Those that grow, the steadiest growth first: up to 30. */
  readonly sources: readonly AllocationSource[];
  /** What is wrong, as a sentence. */
  readonly problem: string | undefined;
}

/** What is alive of what was allocated since sampling began, by cog, estimated. */
export interface LiveByCog {
  readonly sinceEpochMs: number;
  readonly atEpochMs: number;
  readonly intervalBytes: number;
  /** The most first. */
  readonly cogs: readonly LiveCog[];
}

export interface SourcesSettings {
  readonly intervalMs: number;
  readonly intervalBytes: number;
}

/** Goes on sampling, and looks each interval what is left of the objects that are new. */
export class SourceWatch implements Disposable {
  readonly settings: SourcesSettings;
  readonly #places: Places;
  readonly #looked: (pauseMs: number, heapUsedBytes: number) => void;
  readonly #variances: SampleVariance;
  readonly #startedAtEpochMs = Date.now();
  #sampler: HeapSampler | undefined;
  #sampledSinceEpochMs = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The last sample before each look; a look compares what is between them. */
  #bounds: number[] = [];
  #external = 0;
  #looks = 0;
  #allPausesMs = 0;
  #isOver = false;
  #last: Omit<SourcesReport, 'isRunning' | 'problem'> | undefined;
  #live: LiveByCog | undefined;
  #problem: string | undefined;

  /** @param looked told how long a look took, at which size of the heap */
  constructor(
    settings: SourcesSettings,
    places: Places,
    looked: (pauseMs: number, heapUsedBytes: number) => void,
  ) {
    this.settings = settings;
    this.#places = places;
    this.#looked = looked;
    this.#variances = new SampleVariance(settings.intervalBytes);
  }

  get isRunning(): boolean {
    return !this.#isOver;
  }

  /** Undefined while nothing is sampled, and before the first look. */
  get live(): LiveByCog | undefined {
    return this.#sampler === undefined ? undefined : this.#live;
  }

  /** Begins, or goes on with objects that are new from now on. @throws ProfilerError SAMPLING_BUSY, NO_INSPECTOR */
  resume(): void {
    if (this.#isOver || this.#sampler !== undefined) return;
    const { intervalBytes, intervalMs } = this.settings;
    this.#sampler = new HeapSampler({ intervalBytes, churn: false }, 'the watch of `heap sources`');
    this.#sampledSinceEpochMs = Date.now();
    this.#bounds = [];
    this.#live = undefined;
    this.#external = process.memoryUsage().external;
    // What goes wrong is in the report.
    this.#timer = setInterval(() => void this.look().catch(() => undefined), intervalMs).unref();
  }

  /** Stops to sample, for something else that does. What was found stays. */
  suspend(): void {
    clearInterval(this.#timer);
    this.#sampler?.[Symbol.dispose]();
    this.#sampler = undefined;
  }

  /**
   * Looks now. It holds up the bot.
   * @throws ProfilerError SAMPLING_LOST
   */
  async look(): Promise<void> {
    try {
      if (this.#sampler !== undefined) await this.#look(this.#sampler);
    } catch (error) {
      this.fail((error as Error).message);
      throw error;
    }
  }

  async #look(sampler: HeapSampler): Promise<void> {
    const { heapUsed } = process.memoryUsage();
    const { profile, pauseMs } = sampler.read();
    this.#looked(pauseMs, heapUsed);
    this.#looks++;
    this.#allPausesMs += pauseMs;
    const { external } = process.memoryUsage();
    const externalBytes = external - this.#external;
    this.#external = external;
    const bounds = this.#nextBounds(profile);
    const tree = sampledTree(profile);
    const looks = this.#looks;
    const allPausesMs = this.#allPausesMs;
    const atEpochMs = Date.now();
    const frames = await this.#places.of(tree.frames);
    // A later look may have been faster, or what it looked at may be over.
    if (sampler !== this.#sampler || looks !== this.#looks) return;
    const cohorts = new Cohorts(tree, frames, bounds, this.#variances);
    const { sources, newBytes } = cohorts.sources();
    this.#last = {
      startedAtEpochMs: this.#startedAtEpochMs,
      ...this.settings,
      looks,
      atEpochMs,
      pauseMs,
      allPausesMs,
      externalBytes,
      newBytes,
      sources: sources.slice(0, MOST_SOURCES),
    };
    this.#live = {
      sinceEpochMs: this.#sampledSinceEpochMs,
      atEpochMs,
      intervalBytes: this.settings.intervalBytes,
      cogs: cohorts.cogs(),
    };
  }

  report(): SourcesReport {
    const none = {
      looks: 0,
      atEpochMs: undefined,
      pauseMs: 0,
      allPausesMs: 0,
      newBytes: 0,
      externalBytes: 0,
    };
    return {
      startedAtEpochMs: this.#startedAtEpochMs,
      ...this.settings,
      ...none,
      sources: [],
      ...this.#last,
      isRunning: this.isRunning,
      problem: this.#problem,
    };
  }

  /** Ends it for a reason, which the report then has. */
  fail(problem: string): void {
    this.#problem = problem;
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.suspend();
  }

  #nextBounds({ samples }: HeapProfile): readonly number[] {
    const last = samples.reduce((most, { ordinal }) => Math.max(most, ordinal), this.#bounds.at(-1) ?? 0);
    this.#bounds = [...this.#bounds, last].slice(-MOST_INTERVALS - 1);
    // What came before the first look is of the first interval, until that is too long ago.
    return this.#bounds.length <= MOST_INTERVALS ? [0, ...this.#bounds] : this.#bounds;
  }
}
