import { original } from '../../cog/attach.ts';
import type { AnyFunction } from '../../cog/target.ts';
import type { Surroundings } from '../surroundings.ts';
import { isRunning, isScheduled, type ScheduledTimeout } from '../timers.ts';
import { SCHEDULERS } from './index.ts';
import { functionsOf, type JobFunction } from './job-functions.ts';
import type { JobKeeping, JobSources, Scheduler } from './scheduler.ts';
import { Taps } from './taps.ts';
import { UnexplainedRunners } from './unexplained-runners.ts';

/** Something that runs a function of a scheduler for a job that is not known yet. */
interface Clue {
  readonly runner: object;
  readonly fn: AnyFunction;
  readonly scheduler: SchedulerOfJobs;
}

type SchedulerOfJobs = Scheduler & { readonly jobs: JobKeeping };

/** What a tracker is told while it watches. */
export interface Signals {
  readonly changed: () => void;
  readonly changedNow: () => void;
}

export interface FoundJobs {
  /** The functions of all known jobs that will run. */
  readonly jobs: readonly JobFunction[];
  /** The timers that wait for something else. */
  readonly rest: readonly ScheduledTimeout[];
  /** The libraries that have timers for jobs which are found when their time has come, as long as that is watched. */
  readonly waiting: ReadonlySet<Scheduler>;
}

/**
 * Finds the jobs of scheduler libraries by the timers that wait for them. The function in such a timer is the
 * library's own; its closure leads to the library's list of jobs, or to their class, but not to the job itself: those
 * are found, while it watches, when the library next calls a method of theirs. A timer that a known job has needs no
 * looking, so that listing jobs again costs nothing.
 */
export class JobFinder {
  readonly #surroundings: Surroundings;
  readonly #keepings = new WeakMap<object, JobKeeping>();
  /** Jobs that were heard of, those that are stopped for now among them. */
  readonly #heard = new Set<WeakRef<object>>();
  readonly #lists = new Map<readonly unknown[], JobKeeping>();
  readonly #taps = new Taps();
  /** By what has the function that tells; null where it tells nothing. */
  readonly #sources = new WeakMap<object, JobSources | null>();
  readonly #sourcesBySite = new Map<string, JobSources | undefined>();
  /** What was running when a job was heard of that does not know its runners. */
  readonly #ranBy = new WeakMap<object, readonly object[]>();
  readonly #unexplained = new UnexplainedRunners();
  readonly #listed = new WeakSet<object>();
  /** Those that are about to run, and so are listed whatever their timers say. */
  readonly #due = new Set<object>();
  readonly #botFunctions = new WeakMap<AnyFunction, AnyFunction>();
  #signals: Signals | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  find(timers: readonly ScheduledTimeout[]): FoundJobs {
    let jobs = this.#jobs();
    let clues = this.#clues(timers, jobs);
    while (this.#follow(clues)) {
      jobs = this.#jobs();
      clues = this.#clues(timers, jobs);
    }
    const open = clues.filter(({ fn }) => {
      return this.#sourcesBySite.get(this.#surroundings.siteOf(fn))?.taps !== undefined;
    });
    this.#unexplained.set(
      open.map(({ runner, scheduler }) => ({ runner: new WeakRef(runner), keeping: scheduler.jobs })),
    );
    const runners = this.#runnersOf(jobs);
    const due = jobs.filter(([job]) => this.#willRun(job));
    for (const [job] of due) this.#listed.add(job);
    return {
      jobs: due.flatMap(functionsOf),
      rest: timers.filter((timer) => !runners.has(timer)),
      waiting: new Set(open.map(({ scheduler }) => scheduler)),
    };
  }

  /** Until it is disposed of, jobs are heard of when they are started, and when their time has come. */
  watch(signals: Signals): Disposable {
    this.#signals = signals;
    this.#taps.open();
    return {
      [Symbol.dispose]: () => {
        this.#signals = undefined;
        this.#taps.close();
      },
    };
  }

  /** The bot's function: what is behind a timing proxy, and behind a function of a scheduler that calls it. */
  botFunctionOf(timed: AnyFunction): AnyFunction {
    const fn = original(timed);
    let own = this.#botFunctions.get(fn);
    if (own === undefined) {
      const variable = this.#schedulerOf(fn)?.wrapped;
      const value = variable !== undefined && this.#surroundings.closureOf(fn).get(variable);
      own = typeof value === 'function' ? (value as AnyFunction) : fn;
      this.#botFunctions.set(fn, own);
    }
    return own;
  }

  #jobs(): [job: object, keeping: JobKeeping][] {
    const jobs = new Map<object, JobKeeping>();
    for (const reference of this.#heard) {
      const job = reference.deref();
      if (job === undefined) this.#heard.delete(reference);
      else jobs.set(job, this.#keepings.get(job)!);
    }
    for (const [list, keeping] of this.#lists) {
      for (const entry of list) {
        const job = keeping.jobOf?.(entry) ?? entry;
        if (!isObject(job)) continue;
        this.#keepings.set(job, keeping);
        jobs.set(job, keeping);
      }
    }
    return [...jobs];
  }

  #willRun(runner: unknown): boolean {
    if (isScheduled(runner)) return true;
    const job = runner as object;
    const keeping = this.#keepings.get(job);
    if (keeping === undefined) return false;
    if (this.#due.has(job)) return true;
    if (keeping.isScheduled !== undefined) return keeping.isScheduled(job);
    return [...this.#runnersOf([[job, keeping]])].some((other) => this.#willRun(other));
  }

  #runnersOf(jobs: readonly (readonly [object, JobKeeping])[]): Set<unknown> {
    return new Set(
      jobs.flatMap(([job, keeping]) => [...keeping.runners(job), ...(this.#ranBy.get(job) ?? [])]),
    );
  }

  #clues(timers: readonly ScheduledTimeout[], jobs: readonly [object, JobKeeping][]): Clue[] {
    const runners = this.#runnersOf(jobs);
    const candidates = [
      ...timers.map((timer) => ({ runner: timer, fn: original(timer._onTimeout) })),
      ...jobs
        .filter(([job]) => this.#willRun(job))
        .flatMap((job) => functionsOf(job).map(({ fn }) => ({ runner: job[0], fn }))),
    ].filter(({ runner }) => !runners.has(runner) && this.#sources.get(runner) !== null);
    this.#surroundings.prepare(candidates.map(({ fn }) => fn));
    return candidates.flatMap(({ runner, fn }) => {
      const scheduler = this.#schedulerOf(fn);
      if (scheduler?.jobs === undefined || this.botFunctionOf(fn) !== fn) return [];
      return [{ runner, fn, scheduler: scheduler as SchedulerOfJobs }];
    });
  }

  /** @returns whether lists were found that may hold jobs */
  #follow(clues: readonly Clue[]): boolean {
    let learnt = false;
    const lookedAt = new Set<string>();
    for (const { runner, fn, scheduler } of clues) {
      if (this.#sources.has(runner)) continue;
      const site = this.#surroundings.siteOf(fn);
      // They are of one class, but for a library that was loaded anew: one a look, and none while the bot waits.
      if (lookedAt.has(site) || (this.#due.size > 0 && this.#sourcesBySite.has(site))) continue;
      lookedAt.add(site);
      const keeping = scheduler.jobs;
      const sources = this.#locate(fn, keeping);
      this.#sources.set(runner, sources ?? null);
      this.#sourcesBySite.set(site, sources);
      for (const list of sources?.lists ?? []) {
        learnt ||= !this.#lists.has(list);
        this.#lists.set(list, keeping);
      }
      for (const { prototype, starts = [], fires = [] } of sources?.taps ?? []) {
        for (const method of starts)
          this.#taps.add(prototype, method, (job) => this.#hearStart(job, keeping));
        for (const method of fires) this.#taps.add(prototype, method, (job) => this.#hearFire(job, keeping));
      }
    }
    return learnt;
  }

  #locate(fn: AnyFunction, keeping: JobKeeping): JobSources | undefined {
    const closureOf = (inner: AnyFunction) => this.#surroundings.closureOf(inner);
    const file = this.#surroundings.locationOf(fn)?.file;
    return file === undefined ? undefined : keeping.locate({ variables: closureOf(fn), closureOf, file });
  }

  #hearStart(job: unknown, keeping: JobKeeping): void {
    if (!isObject(job)) return;
    // Started anew by its own timer, before what that is for.
    if (keeping.runners(job).some(isRunning)) {
      this.#hearFire(job, keeping);
    } else if (!this.#keepings.has(job) || !this.#willRun(job)) {
      this.#learn(job, keeping);
      this.#signals?.changed();
    }
  }

  /** The job's function runs as soon as this returns: for its first run to be counted there is no later. */
  #hearFire(job: unknown, keeping: JobKeeping): void {
    if (!isObject(job)) return;
    this.#learn(job, keeping);
    if (this.#explains(job, keeping) || !this.#listed.has(job)) {
      this.#due.add(job);
      try {
        this.#signals?.changedNow();
      } finally {
        this.#due.delete(job);
      }
    }
    this.#unexplained.note(job);
  }

  #learn(job: object, keeping: JobKeeping): void {
    if (this.#keepings.has(job)) return;
    this.#keepings.set(job, keeping);
    this.#heard.add(new WeakRef(job));
  }

  /** Whether something runs this job now of which it was not known that it does. */
  #explains(job: object, keeping: JobKeeping): boolean {
    if (keeping.runners(job).some(isObject)) return false;
    const known = this.#ranBy.get(job) ?? [];
    if (known.some((runner) => this.#unexplained.runsNow(runner))) return false;
    const runner = this.#unexplained.runningNow(keeping);
    if (runner === undefined) return false;
    this.#ranBy.set(job, [...known.filter((other) => this.#willRun(other)), runner]);
    return true;
  }

  #schedulerOf(fn: AnyFunction): Scheduler | undefined {
    const name = this.#surroundings.packageOf(this.#surroundings.locationOf(fn));
    return name === undefined ? undefined : SCHEDULERS.find(({ packages }) => packages.includes(name));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
