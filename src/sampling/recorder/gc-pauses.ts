import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { monotonicNs } from '../../cog/clock.ts';
import type { Took } from './finish.ts';
import { keepLongest } from './longest.ts';

const NS_PER_MS = 1e6;
/** The longest are kept. */
const MOST_PAUSES = 2_000;

const NAMES: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak callbacks',
};

/** Notes when garbage was collected, until it is disposed of. */
export class GcPauses implements Disposable {
  #pauses: Took[] = [];
  #totalNs = 0;
  /** From the clock of performance entries to the monotonic one. */
  readonly #offsetNs = monotonicNs() - performance.now() * NS_PER_MS;
  readonly #observer = new PerformanceObserver((list) => this.#note(list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** How long garbage was collected so far. */
  get totalNs(): number {
    this.#note(this.#observer.takeRecords());
    return this.#totalNs;
  }

  /** Gives away those since the last time. */
  take(): readonly Took[] {
    this.#note(this.#observer.takeRecords());
    const pauses = this.#pauses;
    this.#pauses = [];
    return pauses;
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
  }

  #note(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      const { startTime, duration } = entry;
      const fromNs = this.#offsetNs + startTime * NS_PER_MS;
      const { detail } = entry as { readonly detail?: { readonly kind?: number } };
      this.#totalNs += duration * NS_PER_MS;
      const name = NAMES[detail?.kind ?? -1] ?? 'other';
      this.#pauses.push({ kind: 'gc', name, fromNs, toNs: fromNs + duration * NS_PER_MS });
    }
    if (this.#pauses.length >= 2 * MOST_PAUSES) keepLongest(this.#pauses, MOST_PAUSES);
  }
}
