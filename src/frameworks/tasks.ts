import { propertySlot, type Slot } from '../cog/slots.ts';
import type { AnyFunction, Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { dataValue } from './objects.ts';
import { SCHEDULERS } from './schedulers/index.ts';
import { JobFinder, type Signals } from './schedulers/job-finder.ts';
import type { JobFunction } from './schedulers/job-functions.ts';
import { jobsToCome } from './schedulers/jobs-to-come.ts';
import type { Surroundings } from './surroundings.ts';
import { type BotTimer, TimeoutTasks } from './timeout-tasks.ts';
import { isScheduled, pendingTimeouts, type ScheduledTimeout } from './timers.ts';

/** What discord.js talks to Discord with; its timers are not the bot's. */
const NETWORK_PACKAGES = ['undici', 'ws'];

/** What runs by the clock: the bot's timers, and the jobs of scheduler libraries. */
export const tasks = {
  name: 'timers and schedulers',
  packages: [...SCHEDULERS.flatMap(({ packages }) => packages), ...NETWORK_PACKAGES],
  detect: () => true,
  discover(_client, surroundings) {
    return finderFor(surroundings).discover();
  },
  watch(_client, changed, changedNow, surroundings) {
    return finderFor(surroundings).watch({ changed, changedNow });
  },
} as const satisfies FrameworkAdapter;

/** What was found earlier makes finding it again cheap. */
const finders = new WeakMap<Surroundings, TaskFinder>();

function finderFor(surroundings: Surroundings): TaskFinder {
  let finder = finders.get(surroundings);
  if (finder === undefined) finders.set(surroundings, (finder = new TaskFinder(surroundings)));
  return finder;
}

class TaskFinder {
  readonly #surroundings: Surroundings;
  readonly #jobs: JobFinder;
  readonly #timeouts: TimeoutTasks;
  #repeating: readonly WeakRef<ScheduledTimeout>[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#jobs = new JobFinder(surroundings);
    this.#timeouts = new TimeoutTasks(surroundings);
  }

  discover(): Discovery[] {
    const { jobs, rest, waiting } = this.#jobs.find(this.#timers());
    const timers = this.#botsOwn(rest);
    const once = timers.filter(({ timer }) => timer._repeat === null);
    const found = [
      ...this.#jobsOfBot(jobs),
      ...timers.flatMap(({ timer, fn }) => {
        if (timer._repeat === null) return [];
        return this.#task(fn, propertySlot(timer, '_onTimeout'), `every ${inUnits(timer._repeat)}`);
      }),
      ...this.#timeouts.list(once).map(({ fn, slot, delayMs, obstacle }) => ({
        ...this.#task(fn, slot, `after ${inUnits(delayMs)}`),
        ...(obstacle !== undefined && { obstacle }),
      })),
    ];
    // As the source has them, which is the same whenever the bot is started.
    return [...found.sort(bySource), ...[...waiting].map(jobsToCome)];
  }

  watch(signals: Signals): Disposable {
    return this.#jobs.watch(signals);
  }

  #jobsOfBot(jobs: readonly JobFunction[]): Discovery[] {
    return jobs.flatMap(({ fn, holder, key, jobName = 'job' }) => {
      const own = this.#jobs.botFunctionOf(fn);
      return this.#isBots(own) ? [this.#task(own, propertySlot(holder, key), jobName)] : [];
    });
  }

  /** @param otherName what it is called if the function has no name */
  #task(fn: AnyFunction, slot: Slot, otherName: string): Discovery {
    // A comma parts the names that an owner types.
    const name = (nameOf(fn) ?? otherName).replaceAll(',', ';');
    return { ...this.#surroundings.describe(fn), kind: 'task', name, slot };
  }

  /** An interval that is running now waits for nothing; it is known from before. */
  #timers(): ScheduledTimeout[] {
    const timers = new Set(pendingTimeouts());
    for (const reference of this.#repeating) {
      const timer = reference.deref();
      if (isScheduled(timer)) timers.add(timer);
    }
    this.#repeating = [...timers]
      .filter(({ _repeat }) => _repeat !== null)
      .map((timer) => new WeakRef(timer));
    return [...timers];
  }

  #botsOwn(timers: readonly ScheduledTimeout[]): BotTimer[] {
    this.#surroundings.prepare(timers.map(({ _onTimeout }) => _onTimeout));
    return timers
      .map((timer) => ({ timer, fn: this.#jobs.botFunctionOf(timer._onTimeout) }))
      .filter(({ fn }) => this.#isBots(fn));
  }

  /** Node's own functions, and native ones such as the `resolve` of a promise, are in no file. */
  #isBots(fn: AnyFunction): boolean {
    const location = this.#surroundings.locationOf(fn);
    return location !== undefined && !this.#surroundings.isFrameworkCode(location);
  }
}

/** What JavaScript calls a function that the bot gave no name, but handed over as this option or in an expression. */
const NO_NAMES = new Set<unknown>(['', 'anonymous', 'onTick']);

function nameOf(fn: AnyFunction): string | undefined {
  const name = dataValue(fn, 'name');
  const own = typeof name === 'string' ? name.replace(/^(bound )+/, '') : '';
  return NO_NAMES.has(own) ? undefined : own;
}

const UNITS = [
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1_000 },
  { unit: 'ms', ms: 1 },
] as const;

/** A delay such as `1.5s` or `5min`, to three digits. */
export function inUnits(delayMs: number): string {
  const { unit, ms } = UNITS.find((size) => delayMs >= size.ms * 0.9995) ?? UNITS[3];
  return `${Number((delayMs / ms).toPrecision(3))}${unit}`;
}

function bySource({ location: a }: Discovery, { location: b }: Discovery): number {
  if (a === undefined || b === undefined) return 0;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
