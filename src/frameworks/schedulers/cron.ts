import { prototypeWith, type Scheduler, tapsOn, textAt, valueAt } from './scheduler.ts';

/** A job of it may have several functions. */
export const cron: Scheduler = {
  packages: ['cron'],
  jobs: {
    locate({ variables }) {
      const prototype = prototypeWith(variables, ['addCallback', 'fireOnTick', 'start', 'stop']);
      return tapsOn(prototype, { starts: ['start'], fires: ['fireOnTick'] });
    },
    runners: (job) => [valueAt(job, '_timeout')],
    places(job) {
      const callbacks = valueAt(job, '_callbacks');
      return Array.isArray(callbacks) ? callbacks.map((_, index) => [callbacks, index] as const) : [];
    },
    nameOf: (job) => textAt(job, 'name') ?? textAt(job, 'cronTime', 'source'),
  },
};
