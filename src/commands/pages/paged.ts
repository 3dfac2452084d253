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
