import { FRAME_KINDS, type Marker } from '../profile.ts';

/**
 * What a page carries: one recording, or two that are compared, the earlier one first. It is as small as JSON can be
 * that needs no library to read it: texts once, columns instead of objects, and in columns that rise the differences.
 */
export interface Payload {
  readonly strings: readonly string[];
  readonly runs: readonly Run[];
  /** Names, files, packages and cogs are indexes of `strings`; kinds are indexes of `PACKED_KINDS`. */
  readonly frames: {
    readonly name: readonly number[];
    readonly file: readonly number[];
    readonly line: readonly number[];
    readonly kind: readonly number[];
    readonly package: readonly number[];
    readonly cog: readonly number[];
  };
  readonly nodes: {
    /** As differences to the one before. */
    readonly frame: readonly number[];
    /** How many nodes before the node its caller is; 0 of those that nothing has called. */
    readonly parent: readonly number[];
  };
  readonly owners: {
    readonly kind: readonly number[];
    readonly name: readonly number[];
    readonly cog: readonly number[];
  };
  readonly threads: readonly PackedThread[];
  /** Samples of the same node, thread and owner, added up, in the order of nodes. */
  readonly cells: {
    /** As differences to the one before. */
    readonly node: readonly number[];
    readonly thread: readonly number[];
    readonly owner: readonly number[];
    readonly count: readonly number[];
    readonly weightUs: readonly number[];
  };
  /** How often which line was running, in the order of frames. */
  readonly lines: {
    /** As differences to the one before. */
    readonly frame: readonly number[];
    readonly line: readonly number[];
    readonly ticks: readonly number[];
  };
  /** What took a while beside the samples, added up by name. */
  readonly spans: readonly PackedSpan[];
  /** The text of files. Empty unless it was asked for. */
  readonly sources: readonly PackedSource[];
  /** What is a smaller share of the picture than this is drawn as one box. */
  readonly smallestShare: number;
}

export interface Run {
  readonly name: string;
  readonly startedAtEpochMs: number;
  readonly durationUs: number;
  readonly intervalUs: number;
  readonly nodeVersion: string;
  /** Where it is no time: what weights are, and the interval with them. */
  readonly unit?: 'bytes';
}

export interface PackedThread {
  /** An index of `runs`. */
  readonly run: number;
  readonly name: string;
  readonly shard: number;
  readonly id: number;
  readonly missed: number;
  readonly startPauseMs: number;
}

export interface PackedSpan {
  /** An index of `threads`. */
  readonly thread: number;
  readonly kind: Marker['kind'];
  readonly name: string;
  readonly count: number;
  readonly totalUs: number;
  readonly longestUs: number;
}

export interface PackedSource {
  readonly file: string;
  readonly text: string;
}

/** What frames and owners are, by the numbers that stand for it. */
export const PACKED_KINDS = [...FRAME_KINDS, 'target', 'cog'] as const;
export type PackedKind = (typeof PACKED_KINDS)[number];
