import { prototypeWith, type Scheduler, tapsOn, textAt, valueAt } from './scheduler.ts';

/** Its code is minified. Jobs that the bot named are in a list, the others in none. */
export const croner: Scheduler = {
  packages: ['croner'],
  jobs: {
    locate({ variables }) {
      const prototype = prototypeWith(variables, ['schedule', 'trigger', 'nextRun', 'isBusy']);
      if (prototype === undefined) return undefined;
      const isJob = (value: unknown) => Object.prototype.isPrototypeOf.call(prototype, value as object);
      const lists = [...variables.values()].filter(
        (value): value is unknown[] => Array.isArray(value) && value.every(isJob),
      );
      return { ...tapsOn(prototype, { starts: ['schedule'], fires: ['_checkTrigger'] }), lists };
    },
    runners: (job) => [valueAt(job, '_states', 'currentTimeout')],
    places: (job) => [[job, 'fn']],
    nameOf: (job) => textAt(job, 'name') ?? textAt(job, '_states', 'pattern', 'pattern'),
  },
};
