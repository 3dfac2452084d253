import type { PartKind } from '../../trace/trace.ts';

/** What a picture of one call shows, as it went: plain data, so that it can be sent to the thread that draws. */
export interface Waterfall {
  readonly title: string;
  readonly durationMs: number;
  /** The call first, then what it did, each below what began it. */
  readonly rows: readonly WaterfallRow[];
  /** How many more there are. */
  readonly hidden: number;
  /** The kinds that occur, in the order in which they are told. */
  readonly legend: readonly LegendEntry[];
}

export interface WaterfallRow {
  readonly label: string;
  /** How many others it is in. */
  readonly depth: number;
  /** In ms since the call began. */
  readonly fromMs: number;
  /** Undefined where it was still under way when the call was over. */
  readonly toMs: number | undefined;
  readonly failed: boolean;
  readonly segments: readonly { readonly kind: PartKind; readonly fromMs: number; readonly toMs: number }[];
}

export interface LegendEntry {
  readonly kind: PartKind;
  readonly label: string;
  /** What is written behind the label, such as how much of the call it took. */
  readonly text: string;
}

/** Discord shows pictures in a frame that is not higher than wide: with more rows, letters would get too small to read. */
export const MOST_WATERFALL_ROWS = 20;
