import type { Client } from 'discord.js';
import type { AnyFunction, SourceLocation } from '../../cog/target.ts';
import type { FunctionLooks } from './generation.ts';

/** What watching reloads needs of the profiler. */
export interface ReloadSources extends FunctionLooks {
  readonly client: Client;
  /** The folder against which source files are named. */
  readonly rootDir: string;
  locationOf(fn: AnyFunction): SourceLocation | undefined;
  isFrameworkCode(location: SourceLocation | undefined): boolean;
  /** Has what there is looked at again, if it is at all. */
  lookAgain(): void;
  /** Visits the calls that have not settled; when they began is by `monotonicNs`. */
  forEachCall(visit: (targetId: string, startedAtNs: number) => void): void;
  warn(message: string): void;
}
