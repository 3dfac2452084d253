import type { ClassCensus } from '../classes/census.ts';
import { type GrowthReport, growthRows, type Reload } from './report.ts';
import { type Counted, SeriesTable } from './series.ts';

/** Counting takes at most this share of the time, whatever interval is asked for. */
const SHARE_OF_TIME = 0.001;
const MOST_RELOADS = 32;
const MOST_CLASSES = 500;

export interface GrowthHooks {
  /** Reads all counters. @returns them, and for how long the loop was held by that */
  count(): Promise<{ counted: readonly Counted[]; workedMs: number }>;
  /** When each cog was last loaded anew, in Unix ms. */
  reloads(): ReadonlyMap<string, number>;
}

/** One watch of what grows, from its start to its end; its figures stay after that. */
export class GrowthWatch implements Disposable {
  readonly intervalMs: number;
  readonly startedAtEpochMs = Date.now();
  readonly #hooks: GrowthHooks;
  readonly #counters = new SeriesTable(0);
  /** Of classes only the most numerous are kept. */
  readonly #classes = new SeriesTable(Number.NaN);
  readonly #reloads: Reload[] = [];
  #isRunning = true;
  #timer: NodeJS.Timeout | undefined;
  #counting: Promise<void> | undefined;

  constructor(intervalMs: number, hooks: GrowthHooks) {
    this.intervalMs = intervalMs;
    this.#hooks = hooks;
    void this.count();
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  [Symbol.dispose](): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
  }

  /** Counts now, or waits for the counting that is under way. Never rejects. */
  count(): Promise<void> {
    this.#counting ??= this.#countOnce().finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  /** Takes in what a census has counted. */
  addCensus({ atEpochMs, classes }: ClassCensus): void {
    const counted = classes
      .slice(0, MOST_CLASSES)
      .map(({ name, count }) => ({ name: `class ${name}`, unit: 'count' as const, value: count }));
    this.#classes.add(atEpochMs, counted);
  }

  report(): GrowthReport {
    return {
      isRunning: this.#isRunning,
      startedAtEpochMs: this.startedAtEpochMs,
      toEpochMs: this.#counters.timesEpochMs.at(-1) ?? this.startedAtEpochMs,
      intervalMs: this.intervalMs,
      samples: this.#counters.samples,
      counters: [...this.#counters.all].length,
      rows: growthRows([this.#counters, this.#classes], this.#reloads),
      reloads: [...this.#reloads],
    };
  }

  async #countOnce(): Promise<void> {
    clearTimeout(this.#timer);
    let workedMs = 0;
    try {
      const read = await this.#hooks.count();
      workedMs = read.workedMs;
      if (!this.#isRunning) return;
      this.#noteReloads();
      this.#counters.add(Date.now(), read.counted);
    } catch {
      // What the bot has replaced may throw: the next time may go well.
    }
    if (!this.#isRunning) return;
    const waitMs = Math.max(this.intervalMs, workedMs / SHARE_OF_TIME);
    this.#timer = setTimeout(() => void this.count(), waitMs).unref();
  }

  #noteReloads(): void {
    for (const [cog, atEpochMs] of this.#hooks.reloads()) {
      if (atEpochMs < this.startedAtEpochMs) continue;
      if (this.#reloads.some((known) => known.cog === cog && known.atEpochMs === atEpochMs)) continue;
      this.#reloads.push({ cog, atEpochMs });
    }
    this.#reloads.sort((a, b) => a.atEpochMs - b.atEpochMs);
    this.#reloads.splice(0, this.#reloads.length - MOST_RELOADS);
  }
}
