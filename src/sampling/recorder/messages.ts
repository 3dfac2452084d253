import type * as inspector from 'node:inspector';
import type { SourceMapPayload } from 'node:module';
import type { Profile } from '../profile.ts';
import type { CounterName } from './counters.ts';
import type { Took } from './finish.ts';
import type { RecordingFacts } from './recording-info.ts';
import type { TimelinePart } from './timeline.ts';

/** What the thread that records is started with. */
export interface Start {
  readonly about: Pick<Profile, 'name' | 'intervalUs' | 'nodeVersion'>;
  readonly shard: number;
  readonly ownFolder: string | undefined;
  /** Whether it connects to the bot's thread itself; else it is told what V8 says. */
  readonly connects: boolean;
  readonly workers: boolean;
  /** Whether V8 is to look anew at functions that it has optimised while they ran, in other threads. */
  readonly cures: boolean;
  /** Whether only what is a target's is to be kept. */
  readonly onlyTargets: boolean;
  /** Where it is written to while it is made; undefined where it is not. */
  readonly file: string | undefined;
  /** Holds 1 once the thread has let go of the bot's. */
  readonly letGo: Int32Array<SharedArrayBuffer>;
  /** Holds 1 once the thread is ready to record, or cannot. */
  readonly ready: Int32Array<SharedArrayBuffer>;
}

/** To the thread that records. */
export type Order =
  /** V8 is to look anew at functions that it has optimised while they ran. */
  | { readonly kind: 'cure' }
  /** From when on samples count, in µs of the monotonic clock as all times here; before that, other threads start. */
  | {
      readonly kind: 'begin';
      readonly fromUs: number;
      readonly startedAtEpochMs: number;
      readonly startPauseMs: number;
      /** What is read beside the samples. */
      readonly counters: readonly CounterName[];
    }
  | SliceEnd
  /** @property shard which one this is: at the start of a bot that is not known yet */
  | { readonly kind: 'finish'; readonly toUs: number; readonly shard: number }
  /** Of files that were asked for, those that are in the bot's memory. */
  | { readonly kind: 'maps'; readonly maps: ReadonlyMap<string, SourceMapPayload> }
  /** Of each file that was asked for. */
  | { readonly kind: 'cogs'; readonly cogs: ReadonlyMap<string, string> }
  /** Where the thread does not connect itself. */
  | { readonly kind: 'profile'; readonly title: string; readonly profile: inspector.Profiler.Profile }
  /**
   * It is to disconnect from the bot's thread, and to say so.
   * @property isUnwanted whether nothing is to be left of the recording on disk
   */
  | { readonly kind: 'letGo'; readonly isUnwanted: boolean }
  | { readonly kind: 'end' };

/** A slice is over. */
export interface SliceEnd {
  readonly kind: 'slice';
  readonly title: string;
  /** Between these two its first moment lies. */
  readonly beforeUs: number;
  readonly afterUs: number;
  readonly part: TimelinePart;
  /** What took a while beside the calls: see `Beside`. */
  readonly took: readonly Took[];
  /** As `Counters` has them. */
  readonly readings: Float64Array<ArrayBuffer>;
  /** Nothing of it is kept. */
  readonly isWarmup: boolean;
}

/** From the thread that records. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cured'; readonly tookMs: number }
  | { readonly kind: 'progress'; readonly samples: number; readonly ofMain: number }
  /** The files whose source maps are to be told, then those whose cogs are. */
  | { readonly kind: 'compiled'; readonly files: readonly string[] }
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | {
      readonly kind: 'done';
      readonly bytes: Uint8Array<SharedArrayBuffer>;
      readonly facts: RecordingFacts;
      readonly file: string | undefined;
    }
  | { readonly kind: 'letGo' }
  /** It cannot go on. */
  | { readonly kind: 'problem'; readonly message: string };
