import { prototypeOf, type Scheduler, textAt, valueAt } from './scheduler.ts';

/** Its cron jobs are run by jobs of `croner`, and its very long intervals by shorter ones. */
export const toadScheduler = {
  packages: ['toad-scheduler'],
  jobs: {
    // The class of all jobs is seen through the module that it is imported from.
    locate: (variables) => ({ prototype: prototypeOf(valueAt(variables.get('Job_1'), 'Job')) }),
    runners: (job) => ['timer', 'childJob', 'cronInstance'].map((key) => valueAt(job, key)),
    places: (job) => [[valueAt(job, 'task'), 'handler']],
    nameOf: (job) => textAt(job, 'task', 'id'),
  },
} as const satisfies Scheduler;
