import type { AnyFunction } from '../cog/target.ts';
import { FunctionInspector } from './functions.ts';
import { dataValue } from './objects.ts';

/** What `setTimeout` and `setInterval` give back, with the fields that Node keeps for itself. */
export interface Timeout {
  /** Null once it was cleared. */
  _onTimeout: AnyFunction | null;
  /** The delay in ms. */
  readonly _idleTimeout: number;
  /** The ms from one run to the next; null where it runs once. */
  readonly _repeat: number | null;
  /** Whether it is over: it was cleared, or it runs once and has run. */
  readonly _destroyed: boolean;
}

/** The Timeouts of one duration, in a ring that the list itself closes. Backwards comes first what is due first. */
interface Ring {
  readonly _idlePrev: Ring | (Timeout & Ring) | null | undefined;
}
type Rings = Readonly<Record<string, Ring>>;

/** Node's own, of which a thread has one; empty where this Node keeps its timers in another way. */
let rings: Rings | undefined;

/** Every Timeout that waits to run. One that is running is not among them. */
export function* pendingTimeouts(): Iterable<ScheduledTimeout> {
  for (const ring of Object.values((rings ??= findRings()))) {
    for (let entry = ring._idlePrev; entry && entry !== ring; entry = entry._idlePrev) {
      if (isScheduled(entry)) yield entry;
    }
  }
}

/** A Timeout that will run, or is running now. */
export type ScheduledTimeout = Timeout & { _onTimeout: AnyFunction };

export function isScheduled(value: unknown): value is ScheduledTimeout {
  return typeof dataValue(value, '_onTimeout') === 'function' && dataValue(value, '_destroyed') === false;
}

/** Whether the function in a Timeout is being called now: it is in no ring meanwhile. */
export function isRunning(value: unknown): boolean {
  return isScheduled(value) && dataValue(value, '_idlePrev') === null;
}

/** Every function of `node:timers` closes over the rings; any of them may have been replaced by another tool. */
function findRings(): Rings {
  const inspector = new FunctionInspector();
  for (const fn of Object.values(process.getBuiltinModule('node:timers')) as unknown[]) {
    const found = typeof fn === 'function' && inspector.closure(fn as AnyFunction).get('timerListMap');
    if (typeof found === 'object' && found !== null) return found as Rings;
  }
  return {};
}
