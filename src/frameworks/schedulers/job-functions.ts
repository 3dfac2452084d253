import { original } from '../../cog/attach.ts';
import type { AnyFunction } from '../../cog/target.ts';
import { dataValue } from '../objects.ts';
import type { JobKeeping } from './scheduler.ts';

/** A function that a job runs, in its place `holder[key]`. */
export interface JobFunction {
  /** The one that stands there when it is not tracked. */
  readonly fn: AnyFunction;
  readonly holder: object;
  readonly key: PropertyKey;
  /** What the bot calls the job, or else when it runs. */
  readonly jobName: string | undefined;
}

/** The functions that a job runs now. */
export function functionsOf([job, keeping]: readonly [object, JobKeeping]): JobFunction[] {
  return keeping.places(job).flatMap(([holder, key]) => {
    const fn = dataValue(holder, key);
    if (typeof fn !== 'function') return [];
    return [{ fn: original(fn as AnyFunction), holder: holder as object, key, jobName: keeping.nameOf(job) }];
  });
}
