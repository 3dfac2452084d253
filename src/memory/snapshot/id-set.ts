import { Bits } from './bits.ts';

/** A bitmap may take as many bytes as the ids themselves. */
const MOST_BITS_AN_ID = 32;

/** A set of ids: as a bitmap, unless they lie too far apart for that. */
export class IdSet {
  readonly #bits: Bits | undefined;
  readonly #sorted: Uint32Array | undefined;
  readonly #greatest: number;

  constructor(ids: Uint32Array) {
    this.#greatest = ids.reduce((a, b) => Math.max(a, b), 0);
    if (this.#greatest <= ids.length * MOST_BITS_AN_ID) {
      const bits = new Bits(this.#greatest + 1);
      for (const id of ids) bits.add(id);
      this.#bits = bits;
    } else {
      this.#sorted = ids.slice().sort();
    }
  }

  has(id: number): boolean {
    if (id > this.#greatest) return false;
    return this.#bits?.has(id) ?? this.#find(id);
  }

  #find(id: number): boolean {
    const sorted = this.#sorted!;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return sorted[low] === id;
  }
}
