import type { Category, CategoryEntry } from './categories.ts';

/** What a picture of a flame graph shows: plain data, so that it can be sent to the thread that draws. */
export interface FlamePicture {
  readonly title: string;
  readonly boxes: readonly FlamePictureBox[];
  /** Said below the graph, a line each. */
  readonly notes: readonly string[];
  readonly legend: readonly CategoryEntry[];
}

export interface FlamePictureBox {
  readonly label: string;
  readonly category: Category;
  /** From 0 at the top. */
  readonly row: number;
  /** Of the whole width, from 0 to 1. */
  readonly from: number;
  readonly share: number;
}

/** With more rows, letters would get too small to read on a phone. */
export const MOST_FLAME_ROWS = 18;
/** Of the whole width: what is narrower can neither be read nor told apart on a phone. */
export const LEAST_FLAME_SHARE = 0.01;
