const BYTES_PER_MIB = 2 ** 20;
/**
 * What it takes to look at all objects, in ms a MiB of heap: it follows their number. A heap of long strings takes
 * the least, one of small objects on a busy machine the most.
 */
const USUAL_MS_PER_MIB = { least: 4, most: 40 };
/** The heap changes, and so does the machine's load. */
const MARGIN = 1.5;

/** For how long the bot is held up by what looks at the whole heap: it does nothing else meanwhile. */
export interface ExpectedPause {
  readonly atLeastMs: number;
  readonly atMostMs: number;
  readonly heapUsedBytes: number;
  /** Whether it is told by how long it took before in this process; else by what is usual. */
  readonly isMeasured: boolean;
}

/** Tells how long looking at the whole heap will take. */
export class Pauses {
  #msPerMib: number | undefined;

  expected(heapUsedBytes = process.memoryUsage().heapUsed): ExpectedPause {
    const mib = heapUsedBytes / BYTES_PER_MIB;
    const measured = this.#msPerMib;
    const { least, most } =
      measured === undefined ? USUAL_MS_PER_MIB : { least: measured / MARGIN, most: measured * MARGIN };
    return {
      atLeastMs: mib * least,
      atMostMs: mib * most,
      heapUsedBytes,
      isMeasured: measured !== undefined,
    };
  }

  /** Runs what looks at the whole heap, and remembers how long it took. */
  during<T>(look: () => T): { result: T; pauseMs: number } {
    const { heapUsed } = process.memoryUsage();
    const startedAtMs = performance.now();
    const result = look();
    const pauseMs = performance.now() - startedAtMs;
    this.#msPerMib = pauseMs / (heapUsed / BYTES_PER_MIB);
    return { result, pauseMs };
  }
}
