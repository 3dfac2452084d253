/** A set of whole numbers below a length, a bit each. */
export class Bits {
  readonly #bytes: Uint8Array;

  constructor(length: number) {
    this.#bytes = new Uint8Array((length >>> 3) + 1);
  }

  has(index: number): boolean {
    return (this.#bytes[index >>> 3]! & (1 << (index & 7))) !== 0;
  }

  add(index: number): void {
    this.#bytes[index >>> 3]! |= 1 << (index & 7);
  }
}
