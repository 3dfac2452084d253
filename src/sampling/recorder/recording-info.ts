import type { Contexts } from '../../context/contexts.ts';
import type { RestCall } from '../../rest/call.ts';
import type { RestObserver } from '../../rest/watch.ts';
import type { Collected, Collector } from '../collectors/collector.ts';

/** What of the bot a recording needs. */
export interface RecordingSurroundings {
  /** What the bot is called. */
  readonly name: string;
  readonly shard: number;
  readonly contexts: Pick<Contexts, 'use' | 'tellRunning' | 'isRunning' | 'current'>;
  /** Who tells of the bot's requests. */
  readonly requests: RequestWatch;
  /** Where recordings are written that are to be on disk while they are made. */
  readonly profileDir: string;
  /** What is looked at beside the samples: what the bot has for that, and the owner's own. */
  readonly collected: Omit<Collected, 'gcNs'>;
  readonly collectors: readonly Collector[];
  /** The cog that a file of the bot belongs to. */
  cogOfFile(file: string): string;
}

/** Who tells of requests to Discord. */
export interface RequestWatch {
  readonly underWay: Iterable<RestCall>;
  observe(observer: RestObserver): Disposable;
}

/** What has come of it: a file as `recording-file.ts` has it. */
export interface RecordedBytes {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly facts: RecordingFacts;
  /** Where it was written to while it was made. */
  readonly file?: string;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly startPauseMs: number;
  readonly endPauseMs: number;
  /** Of the target that was recorded alone. */
  readonly calls: number;
}

/** What the thread that records tells of what it has recorded. */
export interface RecordingFacts {
  /** Those that are kept. */
  readonly samples: number;
  /** In which something ran. */
  readonly running: number;
  /** All that the samples stand for, of all threads, in ms. */
  readonly recordedMs: number;
  readonly runningMs: number;
  /** The profiler's own part of that: it is left out of shares. */
  readonly ownMs: number;
  /** How many more samples there would have been at the interval that was asked for. */
  readonly missed: number;
  /** Samples a second that were achieved, of each thread on average. */
  readonly rateHz: number;
  readonly threads: readonly string[];
  /** Sentences on what falls short. */
  readonly notes: readonly string[];
}

/** A recording that is kept. Plain data. */
export interface RecordingInfo extends RecordingFacts {
  /** Unique while the process runs. */
  readonly id: string;
  readonly name: string;
  readonly startedBy: string;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly intervalUs: number;
  /** How long the bot was held up by the start. */
  readonly startPauseMs: number;
  /** And by the end: V8 lets go of all that it knows of the code. */
  readonly endPauseMs: number;
  /** Of which shards. */
  readonly shards: readonly number[];
  /** Whose calls alone were recorded, and how many. */
  readonly target?: string;
  readonly calls?: number;
  /** The file that it was written to while it was made. */
  readonly file?: string;
  /** Of those that it was merged from. */
  readonly mergedFrom?: readonly string[];
  /** What it takes in memory. */
  readonly sizeBytes: number;
}
