/**
 * What was recorded of one or several threads and shards, put into the words of the bot. Plain data: it travels
 * between threads, and all formats are pure functions of it.
 */
export interface Profile {
  /** The name of the bot, or what else was recorded. */
  readonly name: string;
  /** What weights are, in place of time, and with them the interval: of allocations, bytes. */
  readonly unit?: 'bytes';
  readonly startedAtEpochMs: number;
  readonly durationUs: number;
  /** Between two samples, as it was asked for. */
  readonly intervalUs: number;
  /** As `process.version` has it. */
  readonly nodeVersion: string;
  readonly frames: readonly Frame[];
  readonly nodes: NodeTable;
  readonly owners: readonly Owner[];
  readonly threads: readonly Thread[];
  readonly markers: readonly Marker[];
  /** What was looked at beside the samples, again and again. */
  readonly counters: readonly Counter[];
  /** The text of files, where it was asked for: it is shown to whom the profile is shown. */
  readonly sources?: readonly SourceText[];
}

interface SourceText {
  /** As frames have it. */
  readonly file: string;
  readonly text: string;
}

/**
 * What code is part of: a file of the bot's own, a package in `node_modules`, Node itself, the garbage collector, code
 * that V8 does not look into (`native`), nothing (`idle`), or this profiler. What is `awaiting` is no function: it stands
 * for a call of a target that has made what is below it, and waits for that.
 */
export const FRAME_KINDS = [
  'bot',
  'package',
  'node',
  'gc',
  'native',
  'idle',
  'profiler',
  'awaiting',
] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/** A function, as it was written: where there is a source map, in the source. */
export interface Frame {
  /** As V8 tells it; `(anonymous)` where it has none. Of what is awaiting, the id of the target, and that it is. */
  readonly name: string;
  /** An absolute path, or a URL such as `node:fs`; empty for what is in no file. */
  readonly file: string;
  /** Where the function begins, from 1; 0 where it is not known. */
  readonly line: number;
  readonly column: number;
  readonly kind: FrameKind;
  /** Of a `package` frame. */
  readonly package?: string;
  /** Of a `bot` frame: the cog that its file belongs to. Of what is awaiting: that of the target. */
  readonly cog?: string;
}

/** The call tree, as columns: a node is a function called by another node. Parents come before their children. */
export interface NodeTable {
  /** An index of `frames`. */
  readonly frame: Uint32Array;
  /** A node; -1 of those that nothing has called. */
  readonly parent: Int32Array;
  /** How often which line of a node was running, as columns in the order of nodes. */
  readonly lines: { readonly node: Uint32Array; readonly line: Uint32Array; readonly ticks: Uint32Array };
}

/** Whom a sample belongs to; one each. */
export interface Owner {
  /** `target`: a call of that ran or had begun it; else what the innermost frame that says something is part of. */
  readonly kind: 'target' | 'cog' | Exclude<FrameKind, 'bot' | 'awaiting'>;
  /** The id of the target, the cog, the package; empty for the rest. */
  readonly name: string;
  /** Of a target and a cog. */
  readonly cog?: string;
  /** Of a target: those whose calls had made this one, and were not over; the outermost first, each once. */
  readonly within?: readonly string[];
}

/** The samples of one thread in order, as columns. */
export interface Thread {
  /** Such as `main`, or what a worker is called. */
  readonly name: string;
  readonly shard: number;
  /** As `threadId` of `node:worker_threads` has it: 0 for the main thread. */
  readonly id: number;
  /** When it was taken, since the beginning of the profile. */
  readonly atUs: Float64Array;
  /** The time that it stands for; all together are the time that was recorded. */
  readonly weightUs: Float64Array;
  /** The innermost function that was running: an index of `nodes`. */
  readonly node: Uint32Array;
  /** An index of `owners`. */
  readonly owner: Uint32Array;
  /** How many more samples there would have been at the interval that was asked for. */
  readonly missed: number;
  /** How long the thread was held up by the start of the recording. */
  readonly startPauseMs: number;
}

/**
 * What may have taken a while beside the samples: a call, a collection of garbage, a stall of the loop, a request to
 * Discord, what that waited for but the network, and an event from Discord until its listeners have returned.
 */
export const MARKER_KINDS = ['call', 'gc', 'stall', 'request', 'wait', 'event'] as const;

/** Something that took a while beside the samples. */
export interface Marker {
  readonly kind: (typeof MARKER_KINDS)[number];
  /**
   * The id of a call's target, whoever had most of a stall; of a request its route and status, such as
   * `PATCH /channels/:id 200`, of a wait its reason and the route, such as `limit PATCH /channels/:id`,
   * of an event that of Discord, such as `MESSAGE_CREATE`.
   */
  readonly name: string;
  /** The thread, by its index. */
  readonly thread: number;
  /** Since the beginning of the profile. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** A figure over time, as columns: how busy the loop was, how large the heap. */
export interface Counter {
  /** Such as `Event loop`. */
  readonly name: string;
  /** What its values are counted in: `%`, `bytes`, `requests/s`; empty for plain numbers. */
  readonly unit: string;
  readonly shard: number;
  /** When it was looked at, since the beginning of the profile. */
  readonly atUs: Float64Array;
  readonly value: Float64Array;
}
