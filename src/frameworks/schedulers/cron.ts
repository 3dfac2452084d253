import { prototypeWith, type Scheduler, textAt, valueAt } from './scheduler.ts';

/** A job of it may have several functions. */
export const cron = {
  packages: ['cron'],
  jobs: {
    locate: (variables) => ({
      prototype: prototypeWith(variables, ['addCallback', 'fireOnTick', 'start', 'stop']),
    }),
    runners: (job) => [valueAt(job, '_timeout')],
    places(job) {
      const callbacks = valueAt(job, '_callbacks');
      return Array.isArray(callbacks) ? callbacks.map((_, index) => [callbacks, index] as const) : [];
    },
    nameOf: (job) => textAt(job, 'name') ?? textAt(job, 'cronTime', 'source'),
  },
} as const satisfies Scheduler;
