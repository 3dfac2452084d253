/** A part of a list; on from the last page is the first one. */
export interface Part<Item> {
  readonly items: readonly Item[];
  /** Counted from 0. */
  readonly page: number;
  readonly pages: number;
}

export function partOf<Item>(all: readonly Item[], page: number, perPage: number): Part<Item> {
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const wrapped = ((page % pages) + pages) % pages;
  return { items: all.slice(wrapped * perPage, (wrapped + 1) * perPage), page: wrapped, pages };
}

/** The entry of a name, else the first one; and the one that comes next, round and round. */
export function inTurn<Item extends { readonly name: string }>(
  list: readonly Item[],
  name: string,
): { item: Item; next: Item } {
  const at = Math.max(
    0,
    list.findIndex((candidate) => candidate.name === name),
  );
  return { item: list[at]!, next: list[(at + 1) % list.length]! };
}
