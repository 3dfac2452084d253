const FIRST_CAPACITY = 4_096;

/** A column of which it is not known how long it will be. */
class Growing<Column extends Float64Array | Uint32Array | Int32Array> {
  length = 0;
  #column: Column;
  readonly #make: (length: number) => Column;

  constructor(make: (length: number) => Column) {
    this.#make = make;
    this.#column = make(FIRST_CAPACITY);
  }

  push(value: number): void {
    if (this.length === this.#column.length) {
      const larger = this.#make(2 * this.length);
      larger.set(this.#column);
      this.#column = larger;
    }
    this.#column[this.length++] = value;
  }

  at(index: number): number {
    return this.#column[index]!;
  }
}

/** The samples of one thread as they come in. Times are in µs of the monotonic clock. */
export class Samples {
  readonly #atUs = new Growing((length) => new Float64Array(length));
  readonly #node = new Growing((length) => new Uint32Array(length));
  readonly #who = new Growing((length) => new Int32Array(length));
  #lastUs = Number.NEGATIVE_INFINITY;
  missed = 0;
  readonly #intervalUs: number;

  constructor(intervalUs: number) {
    this.#intervalUs = intervalUs;
  }

  get length(): number {
    return this.#atUs.length;
  }

  /** When the last one was taken. */
  get lastUs(): number {
    return this.#lastUs;
  }

  /** @param who the number of the target whose code ran, or 0 */
  add(atUs: number, node: number, who: number): void {
    if (this.length > 0) this.missed += Math.max(0, Math.floor((atUs - this.#lastUs) / this.#intervalUs) - 1);
    this.#lastUs = atUs;
    this.#atUs.push(atUs);
    this.#node.push(node);
    this.#who.push(who);
  }

  /**
   * Each sample stands for the time that is nearer to it than to any other, in whole µs, so that all stand for all of
   * the time between.
   * @param fromUs when the recording began, and this thread, where that was later
   */
  columns(fromUs: number, toUs: number, ownFromUs = fromUs) {
    const { length } = this;
    const lengthUs = Math.round(toUs - fromUs);
    const atUs = new Float64Array(length);
    const weightUs = new Float64Array(length);
    const node = new Uint32Array(length);
    const who = new Int32Array(length);
    let beginUs = Math.round(ownFromUs - fromUs);
    for (let sample = 0; sample < length; sample++) {
      const own = this.#atUs.at(sample);
      const isLast = sample === length - 1;
      const endUs = Math.min(
        lengthUs,
        Math.round((isLast ? toUs : (own + this.#atUs.at(sample + 1)) / 2) - fromUs),
      );
      atUs[sample] = Math.min(lengthUs, Math.round(own - fromUs));
      weightUs[sample] = endUs - beginUs;
      node[sample] = this.#node.at(sample);
      who[sample] = this.#who.at(sample);
      beginUs = endUs;
    }
    return { atUs, weightUs, node, who };
  }
}
