/** Things in no order, of which each knows its place: to leave takes no search. */
export class Bag<Item extends { place: number }> {
  readonly #items: Item[] = [];

  add(item: Item): void {
    item.place = this.#items.push(item) - 1;
  }

  has(item: Item): boolean {
    return this.#items[item.place] === item;
  }

  /** Does nothing where it is not in it. */
  delete(item: Item): void {
    if (!this.has(item)) return;
    const last = this.#items.pop()!;
    if (last === item) return;
    this.#items[item.place] = last;
    last.place = item.place;
  }

  clear(): void {
    this.#items.length = 0;
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items.values();
  }
}
