const FIRST_LENGTH = 1_024;

/** Whole numbers, last in first out, 4 bytes each. */
export class IntStack {
  #values = new Uint32Array(FIRST_LENGTH);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const more = new Uint32Array(this.#length * 2);
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[this.#length++] = value;
  }

  /** It must not be empty. */
  pop(): number {
    return this.#values[--this.#length]!;
  }
}
