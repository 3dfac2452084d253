/** Things, each once, by the number that stands for it: the first is 0. */
export class Numbered<T> {
  readonly all: T[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #keyOf: (one: T) => unknown;

  /** @param keyOf what is equal where two things are the same */
  constructor(keyOf: (one: T) => unknown) {
    this.#keyOf = keyOf;
  }

  of(one: T): number {
    const key = this.#keyOf(one);
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.all.push(one) - 1));
    return number;
  }
}

/** Texts, each once. */
export class NumberedTexts extends Numbered<string> {
  constructor() {
    super((text) => text);
  }
}
