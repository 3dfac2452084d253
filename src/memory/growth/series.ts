/** Of some weeks as of some minutes. */
const MOST_POINTS = 288;
/** Bots make up any number of names. */
const MOST_SERIES = 1_000;

export type CounterUnit = 'count' | 'bytes';

/** One thing that is counted, at one time. */
export interface Counted {
  readonly name: string;
  readonly unit: CounterUnit;
  readonly value: number;
}

/** How one counter went. */
export interface Series {
  readonly name: string;
  readonly unit: CounterUnit;
  /** By the times of the table. */
  readonly values: number[];
}

/**
 * What many counters were, at the same times. Where these become too many, every second is let go: what is kept of a
 * long time is as much as of a short one, and true values all the same.
 */
export class SeriesTable {
  readonly #absent: number;
  readonly timesEpochMs: number[] = [];
  /** Which sample each point is, counted from the first. */
  readonly #indexes: number[] = [];
  readonly #series = new Map<string, Series>();
  #samples = 0;
  /** Of so many samples one is kept, and the latest. */
  #stride = 1;

  /** @param absent what is known of a counter where it is not among those that were counted: NaN if nothing */
  constructor(absent: number) {
    this.#absent = absent;
  }

  add(atEpochMs: number, counted: Iterable<Counted>): void {
    const latest = this.#indexes.at(-1);
    if (latest !== undefined && latest % this.#stride !== 0)
      this.#keep((at) => at < this.#indexes.length - 1);
    if (this.timesEpochMs.length >= MOST_POINTS) {
      this.#stride *= 2;
      this.#keep((at) => this.#indexes[at]! % this.#stride === 0);
    }
    this.#indexes.push(this.#samples++);
    this.timesEpochMs.push(atEpochMs);
    for (const { values } of this.#series.values()) values.push(this.#absent);
    for (const { name, unit, value } of counted) {
      const series = this.#seriesOf(name, unit);
      if (series === undefined) continue;
      const last = this.timesEpochMs.length - 1;
      // Several of one name, as sockets are, count together.
      series.values[last] = (series.values[last] || 0) + value;
    }
  }

  get all(): Iterable<Series> {
    return this.#series.values();
  }

  /** How many times were looked at, more than are kept. */
  get samples(): number {
    return this.#samples;
  }

  #seriesOf(name: string, unit: CounterUnit): Series | undefined {
    const known = this.#series.get(name);
    if (known !== undefined || this.#series.size >= MOST_SERIES) return known;
    const series = { name, unit, values: this.timesEpochMs.map(() => this.#absent) };
    this.#series.set(name, series);
    return series;
  }

  #keep(isKept: (at: number) => boolean): void {
    const kept = this.#indexes.map((_, at) => at).filter(isKept);
    for (const list of [this.#indexes, this.timesEpochMs, ...[...this.all].map(({ values }) => values)]) {
      kept.forEach((from, to) => {
        list[to] = list[from]!;
      });
      list.length = kept.length;
    }
  }
}
