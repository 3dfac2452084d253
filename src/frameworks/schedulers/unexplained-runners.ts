import { isRunning } from '../timers.ts';
import type { JobKeeping } from './scheduler.ts';

interface UnexplainedRunner {
  readonly runner: WeakRef<object>;
  readonly keeping: JobKeeping;
}

/** Timers, and jobs of other libraries, that run jobs which are not known yet. */
export class UnexplainedRunners {
  #runners: readonly UnexplainedRunner[] = [];
  /** The job among them whose time has come, until what it calls at once has been called. */
  #runningJob: object | undefined;

  set(runners: readonly UnexplainedRunner[]): void {
    this.#runners = runners;
  }

  /** Says that the time of a job has come, which may be one of these. */
  note(job: object): void {
    if (!this.#runners.some(({ runner }) => runner.deref() === job)) return;
    this.#runningJob = job;
    queueMicrotask(() => {
      this.#runningJob = undefined;
    });
  }

  runsNow(runner: unknown): boolean {
    return isRunning(runner) || (runner !== undefined && runner === this.#runningJob);
  }

  /** The one that is running jobs of this kind now. */
  runningNow(keeping: JobKeeping): object | undefined {
    return this.#runners
      .filter((entry) => entry.keeping === keeping)
      .map(({ runner }) => runner.deref())
      .find((runner) => this.runsNow(runner));
  }
}
