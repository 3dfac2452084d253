import type { ViewName, ViewOf, ViewQuery } from '../../sampling/views/index.ts';

/** What is to be recorded. What is left out is as the recorder has it by default. */
export interface CpuOptions {
  readonly durationMs: number;
  /** For how long it samples before that, and keeps nothing. */
  readonly warmupMs?: number;
  /** Such as `500us` or `1khz`, or a number of µs. */
  readonly interval?: string;
  /** Whether the other threads of the process are recorded as well. */
  readonly workers?: boolean;
  /** Whether every shard of the bot records at the same time. */
  readonly shards?: boolean;
  /** Whether V8 is to look anew at what it has optimised; a longer pause at the start. */
  readonly exact?: boolean;
  /** Whether it is written to disk while it is recorded. */
  readonly stream?: boolean;
  /** The id of the target whose calls alone are recorded. */
  readonly target?: string;
}

/** How far a recording is. */
export interface CpuProgress {
  readonly elapsedMs: number;
  readonly leftMs: number;
  /** Until samples are kept. */
  readonly warmupLeftMs: number;
  /** V8 tells of them in slices: up to some seconds late. */
  readonly samples: number;
  /** Samples a second that were achieved. */
  readonly rateHz: number;
}

/** A recording that runs. */
export interface CpuRun {
  readonly startedBy: string;
  readonly options: CpuOptions;
  readonly intervalUs: number;
  readonly progress: CpuProgress;
  /** Ends it early, with what there is. */
  stop(): void;
  /** Ends it, and throws away what there is: `done` rejects. */
  cancel(): void;
  /** Rejects with a ProfilerError. */
  readonly done: Promise<CpuRecording>;
}

/** A recording that is kept. */
export interface CpuRecording {
  /** Unique while the process runs. */
  readonly id: string;
  readonly name: string;
  readonly startedBy: string;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly intervalUs: number;
  readonly samples: number;
  readonly shards: readonly number[];
  readonly target?: string;
  /** The path of the file that it was written to while it was made. */
  readonly file?: string;
  /** The ids of those that it was put together of. */
  readonly mergedFrom?: readonly string[];
  /** Sentences on what falls short. */
  readonly notes: readonly string[];
  readonly sizeBytes: number;
}

/** What the pages need of whoever records. All that takes long is done off the bot's thread. */
export interface CpuService {
  /** How long the start will hold the bot, in ms, as far as that can be told. */
  expectedPauseMs(options: CpuOptions): number;
  /** @throws ProfilerError INVALID_OPTION */
  check(options: CpuOptions): void;
  /**
   * Fulfils once it records.
   * @param startedBy the name of who wants it
   * @throws ProfilerError where one runs already, or nothing can be recorded
   */
  start(options: CpuOptions, startedBy: string): Promise<CpuRun>;
  /** The one that runs in this process. */
  readonly running: CpuRun | undefined;
  /** That one, else the one that ran last. */
  readonly latest: CpuRun | undefined;
  /** Those that are kept, the newest first. */
  readonly recordings: readonly CpuRecording[];
  /** @throws ProfilerError where a recording is not kept any more */
  view<Name extends ViewName>(
    ids: readonly string[],
    name: Name,
    query: ViewQuery<Name>,
  ): Promise<ViewOf<Name>>;
  /** A recording as a file. @param format the name of one of `PROFILE_FORMATS` */
  export(id: string, format: string): Promise<string | Uint8Array>;
  /** The differential flame graph of two recordings: a page of HTML. */
  exportComparison(before: string, after: string): Promise<string | Uint8Array>;
  /** Puts recordings together to a new one. */
  merge(ids: readonly string[]): Promise<CpuRecording>;
}
