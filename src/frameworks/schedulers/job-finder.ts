import { original } from '../../cog/attach.ts';
import type { AnyFunction } from '../../cog/target.ts';
import { dataValue } from '../objects.ts';
import type { Surroundings } from '../surroundings.ts';
import { isScheduled, type ScheduledTimeout } from '../timers.ts';
import { HeapSearch } from './heap-search.ts';
import { SCHEDULERS } from './index.ts';
import type { JobKeeping, Scheduler } from './scheduler.ts';

/** A function that a job runs, in its place `holder[key]`. */
export interface JobFunction {
  /** The one that stands there when it is not tracked. */
  readonly fn: AnyFunction;
  readonly holder: object;
  readonly key: PropertyKey;
  /** What the bot calls the job, or else when it runs. */
  readonly jobName: string | undefined;
}

/** Something that runs a function of a scheduler for a job that is not known yet. */
interface Clue {
  readonly runner: object;
  readonly fn: AnyFunction;
}

/**
 * Finds the jobs of scheduler libraries by the timers that wait for them. The function in such a timer is the
 * library's own; its closure leads to the library's list of jobs, or to their class, whose instances are then looked
 * for on the heap. A timer that a known job has needs no looking, so that listing jobs again costs nothing.
 */
export class JobFinder {
  readonly #surroundings: Surroundings;
  readonly #heap: HeapSearch;
  readonly #keepings = new WeakMap<object, JobKeeping>();
  /** Jobs that were found on the heap, those that are stopped for now among them. */
  readonly #found = new Set<WeakRef<object>>();
  readonly #lists = new Map<readonly unknown[], JobKeeping>();
  /** What no job was found for, although it was looked for. */
  readonly #inexplicable = new WeakSet<object>();
  readonly #botFunctions = new WeakMap<AnyFunction, AnyFunction>();
  /** Where the functions of the jobs found so far were written. */
  readonly #sites = new Set<string>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#heap = new HeapSearch((prototype) => surroundings.instancesOf(prototype));
  }

  /** The functions of all jobs that will run, and the timers that wait for something else. */
  find(timers: readonly ScheduledTimeout[]): { jobs: JobFunction[]; rest: ScheduledTimeout[] } {
    let jobs = this.#jobs();
    while (this.#follow(this.#clues(timers, jobs))) jobs = this.#jobs();
    const runners = runnersOf(jobs);
    return {
      jobs: jobs.filter(([job]) => this.#willRun(job)).flatMap(functionsOf),
      rest: timers.filter((timer) => !runners.has(timer)),
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
    for (const reference of this.#found) {
      const job = reference.deref();
      if (job === undefined) this.#found.delete(reference);
      else jobs.set(job, this.#keepings.get(job)!);
    }
    for (const [list, keeping] of this.#lists) {
      for (const entry of list) {
        const job = keeping.jobOf?.(entry) ?? entry;
        if (typeof job !== 'object' || job === null) continue;
        this.#keepings.set(job, keeping);
        jobs.set(job, keeping);
      }
    }
    return [...jobs];
  }

  #willRun(runner: unknown): boolean {
    if (isScheduled(runner)) return true;
    const keeping = this.#keepings.get(runner as object);
    if (keeping === undefined) return false;
    const job = runner as object;
    return keeping.isScheduled?.(job) ?? keeping.runners(job).some((other) => this.#willRun(other));
  }

  #clues(timers: readonly ScheduledTimeout[], jobs: readonly [object, JobKeeping][]): Clue[] {
    const runners = runnersOf(jobs);
    const clues: Clue[] = [
      ...timers.map((timer) => ({ runner: timer, fn: original(timer._onTimeout) })),
      ...jobs
        .filter(([job]) => this.#willRun(job))
        .flatMap((job) => functionsOf(job).map(({ fn }) => ({ runner: job[0], fn }))),
    ].filter(({ runner }) => !runners.has(runner) && !this.#inexplicable.has(runner));
    this.#surroundings.prepare(clues.map(({ fn }) => fn));
    return clues.filter(
      ({ fn }) => this.#schedulerOf(fn)?.jobs !== undefined && this.botFunctionOf(fn) === fn,
    );
  }

  /** @returns whether jobs were found */
  #follow(clues: readonly Clue[]): boolean {
    const byPrototype = new Map<object, { keeping: JobKeeping; runners: object[] }>();
    const closureOf = (inner: AnyFunction) => this.#surroundings.closureOf(inner);
    let learnt = false;
    for (const { runner, fn } of clues) {
      const keeping = this.#schedulerOf(fn)!.jobs!;
      const { prototype, lists = [] } = keeping.locate(closureOf(fn), closureOf) ?? {};
      for (const list of lists.filter((list) => !this.#lists.has(list))) {
        this.#lists.set(list, keeping);
        learnt = true;
      }
      if (prototype === undefined) this.#inexplicable.add(runner);
      else if (byPrototype.has(prototype)) byPrototype.get(prototype)!.runners.push(runner);
      else byPrototype.set(prototype, { keeping, runners: [runner] });
    }
    // The lists that were found may hold them all.
    if (learnt) return true;
    for (const [prototype, { keeping, runners }] of byPrototype) {
      const searched = this.#heap.search(prototype, (jobs) => {
        const unknown = jobs.filter((job) => !this.#keepings.has(job));
        for (const job of unknown) this.#learn(job, keeping);
        learnt ||= unknown.length > 0;
        return this.#haveNewSites(unknown);
      });
      if (searched) for (const runner of runners) this.#inexplicable.add(runner);
    }
    return learnt;
  }

  #learn(job: object, keeping: JobKeeping): void {
    this.#keepings.set(job, keeping);
    this.#found.add(new WeakRef(job));
  }

  /** Whether the jobs run code that no job found before runs: a bot may create thousands that run the same. */
  #haveNewSites(jobs: readonly object[]): boolean {
    const before = this.#sites.size;
    const functions = jobs.flatMap((job) => functionsOf([job, this.#keepings.get(job)!]));
    this.#surroundings.prepare(functions.map(({ fn }) => fn));
    for (const { fn } of functions) this.#sites.add(this.#surroundings.siteOf(this.botFunctionOf(fn)));
    return this.#sites.size > before;
  }

  #schedulerOf(fn: AnyFunction): Scheduler | undefined {
    const name = this.#surroundings.packageOf(this.#surroundings.locationOf(fn));
    return name === undefined ? undefined : SCHEDULERS.find(({ packages }) => packages.includes(name));
  }
}

function runnersOf(jobs: readonly [object, JobKeeping][]): Set<unknown> {
  return new Set(jobs.flatMap(([job, keeping]) => keeping.runners(job)));
}

function functionsOf([job, keeping]: readonly [object, JobKeeping]): JobFunction[] {
  return keeping.places(job).flatMap(([holder, key]) => {
    const fn = dataValue(holder, key);
    if (typeof fn !== 'function') return [];
    return [{ fn: original(fn as AnyFunction), holder: holder as object, key, jobName: keeping.nameOf(job) }];
  });
}
