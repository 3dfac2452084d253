import { ProfilerError } from '../../errors.ts';
import { FunctionInspector } from '../../frameworks/functions.ts';
import { nearest } from '../nearest.ts';
import type { Pauses } from '../pause.ts';
import { ClassNames } from './class-name.ts';

/** How many objects of each class there were, garbage not counted. */
export interface ClassCensus {
  readonly atEpochMs: number;
  /** For how long the bot was held up by it. */
  readonly pauseMs: number;
  readonly objects: number;
  /** The most numerous first. What has no prototype is not seen, nor are proxies. */
  readonly classes: readonly ClassCount[];
}

export interface ClassCount {
  /** Classes of the same name count as one. */
  readonly name: string;
  readonly count: number;
}

/**
 * Counts all objects by class. It holds up the bot.
 * @throws ProfilerError NO_INSPECTOR
 */
export function takeCensus(pauses: Pauses): ClassCensus {
  const { result, pauseMs } = pauses.during(() => {
    const objects = allObjects();
    const names = new ClassNames();
    const counts = new Map<string, number>();
    for (const object of objects) {
      const name = names.of(object);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return { objects: objects.length, counts };
  });
  const classes = [...result.counts].map(([name, count]) => ({ name, count }));
  return {
    atEpochMs: Date.now(),
    pauseMs,
    objects: result.objects,
    classes: classes.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
  };
}

/**
 * Looks for the objects of a class. It holds up the bot.
 * @param use what is wanted of each object, of the first `most`: none is kept
 * @throws ProfilerError NO_INSPECTOR, or UNKNOWN_CLASS, with the names that come closest
 */
export function findObjects<T>(
  name: string,
  most: number,
  use: (object: object) => T,
  pauses: Pauses,
): { count: number; found: T[]; pauseMs: number } {
  const { result, pauseMs } = pauses.during(() => {
    const names = new ClassNames();
    const others = new Set<string>();
    const found: T[] = [];
    let count = 0;
    for (const object of allObjects()) {
      const own = names.of(object);
      if (own !== name) others.add(own);
      else if (count++ < most) found.push(use(object));
    }
    return { count, found, others };
  });
  if (result.count === 0) throw new ProfilerError('UNKNOWN_CLASS', name, nearest(name, [...result.others]));
  return { count: result.count, found: result.found, pauseMs };
}

function allObjects(): object[] {
  const objects = new FunctionInspector().instances(Object.prototype);
  // Some there always are.
  if (objects.length === 0) throw new ProfilerError('NO_INSPECTOR');
  return objects;
}
