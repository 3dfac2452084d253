import type { Category, CategoryEntry } from './categories.ts';

/** What a picture of shares shows: plain data, so that it can be sent to the thread that draws. */
export interface Bars {
  readonly title: string;
  readonly rows: readonly BarRow[];
  /** How many more there are. */
  readonly hidden: number;
  readonly legend: readonly CategoryEntry[];
}

export interface BarRow {
  readonly label: string;
  readonly category: Category;
  /** From 0 to 1. */
  readonly share: number;
  /** How far the share may lie from the truth: drawn as a line over the end of the bar. */
  readonly margin: number;
}

/** With more rows, letters would get too small to read on a phone. */
export const MOST_BARS = 15;
