/** How many cogs have a colour of their own: more could not be told apart by everybody. */
export const COG_COLOURS = 6;

/** What code is part of: cogs by their place among the six that take the most, and what is in none. */
export const CATEGORIES = [
  'cog0',
  'cog1',
  'cog2',
  'cog3',
  'cog4',
  'cog5',
  'otherCogs',
  'package',
  'node',
  'native',
  'gc',
  'none',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** What a colour stands for. */
export interface CategoryEntry {
  readonly category: Category;
  readonly label: string;
  /** What is written behind the label, such as how much of the time it took. */
  readonly text: string;
}
