const FREE = -1;
const FIRST_CAPACITY = 1_024;

/**
 * Gives pairs of whole numbers, from -1 on, numbers of their own: 0, 1, 2, … in the order in which they first come.
 * A table with open addresses: a `Map` would keep an object for each of up to millions of them.
 */
export class Pairs {
  size = 0;
  #first = new Int32Array(FIRST_CAPACITY);
  #second = new Int32Array(FIRST_CAPACITY);
  /** Twice as many places as there can be pairs, a power of two. */
  #places = new Int32Array(2 * FIRST_CAPACITY).fill(FREE);

  of(first: number, second: number): number {
    const place = this.#placeOf(first, second);
    const known = this.#places[place]!;
    if (known !== FREE) return known;
    const number = this.size++;
    this.#places[place] = number;
    this.#first[number] = first;
    this.#second[number] = second;
    if (this.size === this.#first.length) this.#grow();
    return number;
  }

  /** -1 where the pair has not come. */
  find(first: number, second: number): number {
    return this.#places[this.#placeOf(first, second)]!;
  }

  /** The first of each pair, by their numbers. */
  firsts(): Int32Array {
    return this.#first.slice(0, this.size);
  }

  seconds(): Int32Array {
    return this.#second.slice(0, this.size);
  }

  firstOf(number: number): number {
    return this.#first[number]!;
  }

  secondOf(number: number): number {
    return this.#second[number]!;
  }

  /** Where a pair is, or would be. */
  #placeOf(first: number, second: number): number {
    const mask = this.#places.length - 1;
    // Two odd factors that spread neighbours far apart; the shift brings the upper bits to where the mask looks.
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    let place = (mixed ^ (mixed >>> 15)) & mask;
    for (;;) {
      const number = this.#places[place]!;
      if (number === FREE || (this.#first[number] === first && this.#second[number] === second)) return place;
      place = (place + 1) & mask;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#first.length;
    const [first, second] = [this.#first, this.#second];
    this.#first = new Int32Array(capacity);
    this.#second = new Int32Array(capacity);
    this.#first.set(first);
    this.#second.set(second);
    this.#places = new Int32Array(2 * capacity).fill(FREE);
    for (let number = 0; number < this.size; number++) {
      this.#places[this.#placeOf(first[number]!, second[number]!)] = number;
    }
  }
}

/** Adds up numbers by index, of which it is not known how many there will be. */
export class Sums {
  #values = new Float64Array(FIRST_CAPACITY);

  add(index: number, amount: number): void {
    if (index >= this.#values.length) {
      const values = new Float64Array(Math.max(index + 1, 2 * this.#values.length));
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[index]! += amount;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** The sums of the first so many. */
  taken(count: number): Float64Array {
    const taken = new Float64Array(count);
    taken.set(this.#values.subarray(0, count));
    return taken;
  }
}
