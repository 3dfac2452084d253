import type { AnyFunction } from '../cog/target.ts';
import type { Surroundings } from './surroundings.ts';
import { type TimeoutSlot, timeoutSlot } from './timeout-slot.ts';
import type { ScheduledTimeout } from './timers.ts';

/** A timer of the bot's, and the function that is to be timed, or that is called by the one to be timed. */
export interface BotTimer {
  readonly timer: ScheduledTimeout;
  readonly fn: AnyFunction;
}

export interface TimeoutTask {
  readonly fn: AnyFunction;
  readonly slot: TimeoutSlot;
  /** How long it waited when it was seen first. */
  readonly delayMs: number;
  /** Why it cannot be tracked. */
  readonly obstacle?: string;
}

interface KnownTask extends TimeoutTask {
  readonly site: string;
  timesScheduled: number;
  seenAtMs: number;
}

/** For so long a function that schedules itself again is a task without being scheduled: it may be running. */
const LONGEST_ABSENCE_MS = 60_000;

/**
 * Which functions of `setTimeout` are tasks: all that schedule themselves again, and of the bot's others one for each
 * place in the source. A bot that deletes its answers after a while has a closure pending for each of them, and a
 * package that waits for answers has a time limit for each.
 */
export class TimeoutTasks {
  readonly #surroundings: Surroundings;
  readonly #known = new Map<TimeoutSlot, KnownTask>();
  /** Places in the source that a function was seen from. */
  readonly #sites = new Set<string>();
  /** Those that more than one was seen from, none of which schedules itself again. */
  readonly #factories = new Set<string>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** @param pending all Timeouts that run once, but those of frameworks */
  list(pending: readonly BotTimer[]): TimeoutTask[] {
    const timers = new Map(pending.map((entry) => [timeoutSlot(entry.timer), entry]));
    this.#forgetThoseGone(timers);
    for (const [slot, { timer, fn }] of timers) if (!this.#known.has(slot)) this.#meet(slot, timer, fn);
    return [...this.#known.values()].map(({ site, ...task }) =>
      task.slot.timesScheduled === 1 && this.#factories.has(site)
        ? { ...task, obstacle: 'each time it is run, it is another function' }
        : task,
    );
  }

  #meet(slot: TimeoutSlot, { _idleTimeout: delayMs }: ScheduledTimeout, fn: AnyFunction): void {
    const site = this.#surroundings.siteOf(fn);
    const { timesScheduled } = slot;
    if (timesScheduled === 1) {
      if (this.#surroundings.packageOf(this.#surroundings.locationOf(fn)) !== undefined) return;
      if (this.#sites.has(site)) this.#factories.add(site);
      this.#sites.add(site);
      if ([...this.#known.values()].some((task) => task.site === site)) return;
    }
    this.#known.set(slot, { fn, slot, site, delayMs, timesScheduled, seenAtMs: performance.now() });
  }

  #forgetThoseGone(pending: ReadonlyMap<TimeoutSlot, unknown>): void {
    const nowMs = performance.now();
    for (const [slot, task] of this.#known) {
      if (pending.has(slot) || slot.timesScheduled > task.timesScheduled) {
        task.seenAtMs = nowMs;
        task.timesScheduled = slot.timesScheduled;
      } else if (slot.timesScheduled === 1 || nowMs - task.seenAtMs > LONGEST_ABSENCE_MS) {
        this.#known.delete(slot);
      }
    }
  }
}
