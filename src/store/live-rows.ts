import { BINS_PER_PAGE, binOf, encodeHistogram, PAGES } from './histogram.ts';
import { NS_PER_MS, OUTCOMES, type SealedRow } from './row.ts';

const ERROR = OUTCOMES.indexOf('error');
const ABORTED = OUTCOMES.indexOf('aborted');

/** The figures of a row: 64 bytes, one cache line. */
const COUNT = 0;
const ERRORS = 1;
const ABORTS = 2;
const SUM_NS = 3;
const SUM_OF_SQUARES_MS2 = 4;
const MIN_NS = 5;
const MAX_NS = 6;
/** The minute that the row belongs to, in minutes since 1970. */
const MINUTE = 7;
const FIGURES = 8;

const NO_PAGE = 0;

/** The most that a bin of the open minute counts: two bytes a bin, where a minute of one target rarely has more. */
const MOST_IN_A_BIN = 0xff_ff;

/**
 * The rows of the open minute, by the index of their target, in flat arrays: what the recorder writes to for each
 * call. An object a target would take several times the memory, and cost a cache miss for each of its parts.
 * The histograms share one pool of pages.
 */
export class LiveRows {
  #figures = new Float64Array(0);
  /** Which page of the pool holds each page of each target's histogram. */
  #pageOf = new Uint32Array(0);
  #pages = new Uint16Array(BINS_PER_PAGE);
  /** Page 0 is never given out: it stands for none. */
  #pagesUsed = 1;
  readonly #freePages: number[] = [];

  /** Makes room for the indices below `targets`. */
  reserve(targets: number): void {
    this.#figures = withRoom(this.#figures, targets * FIGURES);
    this.#pageOf = withRoom(this.#pageOf, targets * PAGES);
  }

  /** The minute of a row, in minutes since 1970. */
  minuteOf(index: number): number {
    return this.#figures[index * FIGURES + MINUTE]!;
  }

  /** The calls in a row. */
  countOf(index: number): number {
    return this.#figures[index * FIGURES + COUNT]!;
  }

  /** @returns whether the row is full: it has to be read and cleared before it is added to again */
  add(index: number, durationNs: number, outcome: number): boolean {
    const figures = this.#figures;
    const at = index * FIGURES;
    const durationMs = durationNs / NS_PER_MS;
    figures[at + COUNT]!++;
    figures[at + SUM_NS]! += durationNs;
    figures[at + SUM_OF_SQUARES_MS2]! += durationMs * durationMs;
    if (durationNs < figures[at + MIN_NS]!) figures[at + MIN_NS] = durationNs;
    if (durationNs > figures[at + MAX_NS]!) figures[at + MAX_NS] = durationNs;
    if (outcome === ERROR) figures[at + ERRORS]!++;
    else if (outcome === ABORTED) figures[at + ABORTS]!++;
    const bin = binOf(durationNs);
    const offset = bin % BINS_PER_PAGE;
    const place = index * PAGES + (bin - offset) / BINS_PER_PAGE;
    let page = this.#pageOf[place]!;
    if (page === NO_PAGE) page = this.#addPage(place);
    return ++this.#pages[page * BINS_PER_PAGE + offset]! === MOST_IN_A_BIN;
  }

  /**
   * What the row holds so far.
   * @param weight how many calls each of those in the row stands for, itself included
   */
  read(index: number, sinceEpochMs: number, errorKinds: ReadonlyMap<string, number>, weight = 1): SealedRow {
    const at = index * FIGURES;
    const [count, errors, aborted, sumNs, sumOfSquaresMs2, minNs, maxNs] = this.#figures.subarray(
      at,
      at + FIGURES,
    );
    return {
      sinceEpochMs,
      count: Math.round(count! * weight),
      timed: count!,
      errors: Math.round(errors! * weight),
      aborted: Math.round(aborted! * weight),
      sumNs: Math.round(sumNs! * weight),
      minNs: minNs!,
      maxNs: maxNs!,
      sumOfSquaresMs2: sumOfSquaresMs2! * weight,
      histogram: encodeHistogram((own) => {
        const page = this.#pageOf[index * PAGES + own]!;
        return page === NO_PAGE ? undefined : { counts: this.#pages, at: page * BINS_PER_PAGE };
      }, weight),
      errorKinds:
        weight === 1 || errorKinds.size === 0
          ? errorKinds
          : new Map([...errorKinds].map(([kind, times]) => [kind, Math.round(times * weight)])),
    };
  }

  /** Empties the row and begins another minute in it. */
  clear(index: number, minute: number): void {
    const at = index * FIGURES;
    this.#figures.fill(0, at, at + FIGURES);
    this.#figures[at + MIN_NS] = Number.POSITIVE_INFINITY;
    this.#figures[at + MINUTE] = minute;
    for (let place = index * PAGES; place < (index + 1) * PAGES; place++) {
      const page = this.#pageOf[place]!;
      if (page === NO_PAGE) continue;
      this.#pages.fill(0, page * BINS_PER_PAGE, (page + 1) * BINS_PER_PAGE);
      this.#freePages.push(page);
      this.#pageOf[place] = NO_PAGE;
    }
  }

  get sizeBytes(): number {
    return this.#figures.byteLength + this.#pageOf.byteLength + this.#pages.byteLength;
  }

  #addPage(place: number): number {
    const page = this.#freePages.pop() ?? this.#pagesUsed++;
    this.#pages = withRoom(this.#pages, (page + 1) * BINS_PER_PAGE);
    this.#pageOf[place] = page;
    return page;
  }
}

/** The same numbers with room for `length`, and for an eighth more: the room that is spare takes memory too. */
export function withRoom<Numbers extends Float64Array | Uint32Array | Uint16Array>(
  numbers: Numbers,
  length: number,
): Numbers {
  if (numbers.length >= length) return numbers;
  const larger = new (numbers.constructor as new (length: number) => Numbers)(Math.ceil(length * 1.125));
  larger.set(numbers);
  return larger;
}
