const INTERVAL_MS = 10_000;
/** Six hours, in 86 KiB. */
const MOST_SAMPLES = 2_160;
const FIGURES = 5;

/** The memory of the process at one time. */
export interface MemorySample {
  readonly atEpochMs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  readonly heapTotalBytes: number;
}

/** How the memory of this process went: a sample each ten seconds, of the last six hours. */
export class Trend implements Disposable {
  readonly #samples = new Float64Array(MOST_SAMPLES * FIGURES);
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  start(): void {
    if (this.#timer !== undefined) return;
    this.sample();
    this.#timer = setInterval(() => this.sample(), INTERVAL_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  sample(atEpochMs = Date.now()): void {
    const { rss, heapUsed, external, heapTotal } = process.memoryUsage();
    const at = (this.#count++ % MOST_SAMPLES) * FIGURES;
    this.#samples.set([atEpochMs, rss, heapUsed, external, heapTotal], at);
  }

  /**
   * Oldest first.
   * @param most how many; of more, those at even distances, the latest among them
   */
  samples(most = MOST_SAMPLES): MemorySample[] {
    const kept = Math.min(this.#count, MOST_SAMPLES);
    const step = Math.max(1, Math.ceil(kept / most));
    const samples: MemorySample[] = [];
    for (let back = 0; back < kept; back += step) samples.push(this.#sampleAt(this.#count - 1 - back));
    return samples.reverse();
  }

  #sampleAt(index: number): MemorySample {
    const at = (index % MOST_SAMPLES) * FIGURES;
    const [atEpochMs, rssBytes, heapUsedBytes, externalBytes, heapTotalBytes] = this.#samples.subarray(
      at,
      at + FIGURES,
    ) as Iterable<number> as [number, number, number, number, number];
    return { atEpochMs, rssBytes, heapUsedBytes, externalBytes, heapTotalBytes };
  }
}
