import { ProfilerError } from '../../errors.ts';

const LOOK_EACH_MS = 250;
/** V8 takes some 100 bytes for a sample: that is some 600,000, which it takes 2 s to write out. */
const MOST_BYTES = 64 * 2 ** 20;
/** The samples, and what is made of them. */
const NEEDED_BYTES = 2 * MOST_BYTES;

/**
 * Watches what V8 takes for the samples that it keeps, beside the heap: with a short interval, or with all that is
 * garbage, they would have no end. V8 does not tell how many there are, so that it is what the process takes beside its
 * heap and its buffers: the bot may have a part in it.
 */
export class SampleMemory implements Disposable {
  readonly #timer: NodeJS.Timeout;

  /** @throws ProfilerError NOT_ENOUGH_MEMORY */
  static check(freeBytes = process.availableMemory()): void {
    if (freeBytes < NEEDED_BYTES)
      throw new ProfilerError('NOT_ENOUGH_MEMORY', 'A sample of allocations', NEEDED_BYTES, freeBytes);
  }

  /** @param full told once, with a sentence */
  constructor(full: (note: string) => void, mostBytes = MOST_BYTES) {
    const before = besideHeapBytes();
    this.#timer = setInterval(() => {
      const takenBytes = besideHeapBytes() - before;
      if (takenBytes <= mostBytes) return;
      clearInterval(this.#timer);
      const taken = Math.round(takenBytes / 2 ** 20);
      full(`It ended early: the samples took ${taken} MiB. Sample with a larger interval.`);
    }, LOOK_EACH_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function besideHeapBytes(): number {
  const { rss, heapTotal, external } = process.memoryUsage();
  return rss - heapTotal - external;
}
