import { forwarder } from '../cog/attach.ts';
import { propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction } from '../cog/target.ts';
import { isScheduled, pendingTimeouts, type ScheduledTimeout, type Timeout } from './timers.ts';

/** By the bot's function, and by what was put in its place. */
const slots = new WeakMap<AnyFunction, TimeoutSlot>();
/** The slots that are set, by the bot's function. */
const slotsInUse = new Map<unknown, TimeoutSlot>();

/** The slot of the function in a Timeout that runs once. The slot gets to know the Timeout by this. */
export function timeoutSlot(timeout: ScheduledTimeout): TimeoutSlot {
  const fn = timeout._onTimeout;
  const slot = slots.get(fn) ?? new TimeoutSlot(fn);
  slots.set(fn, slot);
  slot.note(timeout);
  return slot;
}

/**
 * A function that `setTimeout` runs. Where it schedules itself again, each run has a Timeout of its own: the place is
 * all of them, those to come included, for which `setTimeout` is replaced as long as any such slot is set.
 *
 * Between two runs the function is in no Timeout, but its place is not empty: a function that was scheduled a second
 * time counts as there from then on. When it has stayed away for good is for those to say who list the tasks.
 */
export class TimeoutSlot implements Slot {
  /** Weakly: a slot that is not set keeps nothing alive of a cog that was unloaded. */
  readonly #fn: WeakRef<AnyFunction>;
  #placed: AnyFunction | undefined;
  #latest: WeakRef<Timeout> | undefined;
  #timesScheduled = 0;

  constructor(fn: AnyFunction) {
    this.#fn = new WeakRef(fn);
  }

  /** In how many Timeouts the function was seen; while the slot is set, that is each. */
  get timesScheduled(): number {
    return this.#timesScheduled;
  }

  get(): AnyFunction | undefined {
    if (this.#placed !== undefined) return this.#placed;
    const fn = this.#fn.deref();
    return this.#timesScheduled > 1 || this.#timeoutsWith(fn).length > 0 ? fn : undefined;
  }

  set(fn: AnyFunction): void {
    slots.set(fn, this);
    this.#replace(fn);
    slotsInUse.set(this.#fn.deref(), this);
    for (const watch of watches) watch.start();
  }

  restore(fn: AnyFunction): void {
    // The bot may still hold the Timeout that ran last, and start it anew.
    const latest = this.#latest?.deref();
    if (latest !== undefined && latest._onTimeout === this.#placed) latest._onTimeout = fn;
    this.#replace(fn);
    if (this.#placed !== undefined) return;
    slotsInUse.delete(fn);
    if (slotsInUse.size === 0) for (const watch of watches) watch.stop();
  }

  /** Says that a Timeout has the function; it may come from a `setTimeout` that the bot got hold of earlier. */
  note(timeout: Timeout): void {
    if (this.#latest?.deref() !== timeout) {
      this.#latest = new WeakRef(timeout);
      this.#timesScheduled++;
    }
    if (this.#placed !== undefined && timeout._onTimeout === this.#fn.deref())
      timeout._onTimeout = this.#placed;
  }

  #replace(fn: AnyFunction): void {
    const own = this.#fn.deref();
    for (const timeout of this.#timeoutsWith(this.#placed ?? own)) timeout._onTimeout = fn;
    this.#placed = fn === own ? undefined : fn;
  }

  #timeoutsWith(fn: AnyFunction | undefined): Timeout[] {
    if (fn === undefined) return [];
    return [...pendingTimeouts()].filter(({ _onTimeout, _repeat }) => _onTimeout === fn && _repeat === null);
  }
}

/** Sees to it that the slots in use get to know new Timeouts, where programs find `setTimeout`. */
class SetTimeoutWatch {
  readonly #place: Slot;
  #own: AnyFunction | undefined;
  #ours: AnyFunction | undefined;

  constructor(holder: object) {
    this.#place = propertySlot(holder, 'setTimeout');
  }

  start(): void {
    const own = this.#place.get();
    if (own === undefined || this.#ours !== undefined) return;
    try {
      const ours = watched(own);
      this.#place.set(ours);
      this.#own = own;
      this.#ours = ours;
    } catch {
      // It cannot be replaced: new Timeouts are then noted when the tasks are listed.
    }
  }

  stop(): void {
    // Under the wrapper of another tool ours has to stay. It only passes calls on from now on.
    if (this.#own !== undefined && this.#place.get() === this.#ours) this.#place.restore(this.#own);
    this.#own = this.#ours = undefined;
  }
}

const watches = [globalThis, process.getBuiltinModule('node:timers')].map(
  (holder) => new SetTimeoutWatch(holder),
);

const watchedOnes = new WeakMap<AnyFunction, AnyFunction>();

/** What stands in for a `setTimeout`. One for both places where it is, so that they stay the same function. */
function watched(own: AnyFunction): AnyFunction {
  const known = watchedOnes.get(own);
  if (known !== undefined) return known;
  const call = function (this: unknown, ...args: unknown[]): unknown {
    const timeout: unknown = Reflect.apply(own, this, args);
    if (isScheduled(timeout)) slotsInUse.get(args[0])?.note(timeout);
    return timeout;
  };
  // It has all properties of the other, among them what makes `util.promisify` work.
  const standIn = forwarder(own, () => call);
  watchedOnes.set(own, standIn);
  return standIn;
}
