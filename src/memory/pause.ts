const BYTES_PER_MIB = 2 ** 20;
/**
 * What it takes to look at all objects, in ms a MiB of heap: it follows their number. A heap of long strings takes
 * the least, one of small objects on a busy machine the most.
 */
const USUAL_MS_PER_MIB = { least: 4, most: 40 };
/** The same for writing a heap snapshot, which goes through all that there is several times. */
export const SNAPSHOT_MS_PER_MIB = { least: 8, most: 100 };
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
  readonly #usual: { readonly least: number; readonly most: number };
  #msPerMib: number | undefined;

  /** @param usual what it takes in ms a MiB of heap, before it was measured here */
  constructor(usual = USUAL_MS_PER_MIB) {
    this.#usual = usual;
  }

  expected(heapUsedBytes = process.memoryUsage().heapUsed): ExpectedPause {
    const mib = heapUsedBytes / BYTES_PER_MIB;
    const measured = this.#msPerMib;
    const { least, most } =
      measured === undefined ? this.#usual : { least: measured / MARGIN, most: measured * MARGIN };
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
    this.took(pauseMs, heapUsed);
    return { result, pauseMs };
  }

  /** Remembers how long it took, at which size of the heap. */
  took(pauseMs: number, heapUsedBytes: number): void {
    this.#msPerMib = pauseMs / (heapUsedBytes / BYTES_PER_MIB);
  }
}
