import { Books } from './books.ts';

/** The books that are open, each in a place of its own among the flat arrays. */
export class OpenBooks implements Iterable<Books> {
  readonly #byId = new Map<string, Books>();
  readonly #byPlace: (Books | undefined)[] = [];

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** How many places there are, those included that are free. */
  get places(): number {
    return this.#byPlace.length;
  }

  has(targetId: string): boolean {
    return this.#byId.has(targetId);
  }

  get(targetId: string): Books | undefined {
    return this.#byId.get(targetId);
  }

  at(place: number): Books | undefined {
    return this.#byPlace[place];
  }

  /** Opens the books of a target that has none, in the first place that is free. */
  open(targetId: string, nowEpochMs: number): Books {
    const free = this.#byPlace.indexOf(undefined);
    const books = new Books(targetId, nowEpochMs, free === -1 ? this.#byPlace.length : free);
    this.#byPlace[books.index] = books;
    this.#byId.set(targetId, books);
    return books;
  }

  /** From now on calls that are still running leave no trace. */
  close(books: Books): void {
    this.#byPlace[books.index] = undefined;
    this.#byId.delete(books.targetId);
    books.index = -1;
    books.clear();
  }

  [Symbol.iterator](): IterableIterator<Books> {
    return this.#byId.values();
  }
}
