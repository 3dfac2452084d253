import { prototypesBeside } from './loaded-modules.ts';
import { type Scheduler, textAt, valueAt } from './scheduler.ts';

/**
 * Its cron jobs are run by jobs of `croner`, and its very long intervals by shorter ones. A job calls no method of its
 * own when its time has come, but one of its task: until a job is started anew, its task stands for it.
 */
export const toadScheduler: Scheduler = {
  packages: ['toad-scheduler'],
  jobs: {
    // The functions in its timers do not close over the class of tasks.
    locate({ file }) {
      const prototypes = prototypesBeside(file);
      const having = (...methods: string[]) =>
        prototypes.filter((prototype) => methods.every((method) => Object.hasOwn(prototype, method)));
      const tasks = having('execute').map((prototype) => ({ prototype, fires: ['execute'] }));
      const jobs = having('start', 'stop').map((prototype) => ({ prototype, starts: ['start'] }));
      return tasks.length > 0 ? { taps: [...tasks, ...jobs] } : undefined;
    },
    runners(job) {
      const others = ['childJob', 'cronInstance'].map((key) => valueAt(job, key));
      // The job of `croner` may not be known yet, but its timer is.
      return [valueAt(job, 'timer'), ...others, valueAt(others[1], '_states', 'currentTimeout')];
    },
    places: (job) => [[taskOf(job), 'handler']],
    nameOf: (job) => textAt(taskOf(job), 'id'),
  },
};

function taskOf(job: object): unknown {
  return valueAt(job, 'task') ?? job;
}
