import type { GroupLevel } from '../groups.ts';
import type { Profile } from '../profile.ts';

/** Whether a function that calls itself is counted as it ran, or as if it had not. */
export const RECURSIONS = ['off', 'flat'] as const;
/** What a row of a flat report is. V8 knows the running line of innermost functions only. */
export const GRANULARITIES = ['function', 'line'] as const;

/** What a format is asked for, checked and complete: `optionsFor` makes it of what is wished. */
export interface FormatOptions {
  /** From the outermost level on; none by default. */
  readonly group: readonly GroupLevel[];
  /** One of the format's `sorts`; the first by default. */
  readonly sort: string;
  /** Rows of a table. Default: 15. */
  readonly limit: number;
  /** Whether what stands out is told beneath a table. Default: true. */
  readonly summary: boolean;
  /** Levels of a tree. Default: all. */
  readonly maxDepth: number;
  /** Samples that are the fewest to be shown. Default: 0. */
  readonly minCount: number;
  /** Nodes of n samples are left out where n ≤ `noise` × √N, of the N of what called them. Default: 0. */
  readonly noise: number;
  readonly recursion: (typeof RECURSIONS)[number];
  readonly granularity: (typeof GRANULARITIES)[number];
  /** Characters of a line of text. Default: 500. */
  readonly width: number;
  /** Whether functions lead to what called them. Default: false. */
  readonly inverted: boolean;
  /** Percent of the time that a node of a graph needs to be shown. Default: 0.25. */
  readonly minNodePercent: number;
  /** The same of an edge. Default: 0.05. */
  readonly minEdgePercent: number;
  /** Whether lines of source code are put in: they are shown to whom the file is shown. Default: false. */
  readonly includeSource: boolean;
}

/** A kind of file that a profile can be written as. */
export interface ProfileFormat {
  /** What it is chosen by. */
  readonly name: string;
  readonly label: string;
  /** Without the dot in front. */
  readonly extension: string;
  readonly mediaType: string;
  /** What opens it. */
  readonly viewers: readonly string[];
  /** The options that make a difference to it; any other is refused. */
  readonly takes: readonly (keyof FormatOptions)[];
  /** What `sort` may be; the first is the default. */
  readonly sorts?: readonly string[];
  /** Where it differs from what is the default elsewhere. */
  readonly defaults?: Partial<FormatOptions>;
  /** Pure: the same for the same. */
  encode(profile: Profile, options: FormatOptions): string | Uint8Array;
}
