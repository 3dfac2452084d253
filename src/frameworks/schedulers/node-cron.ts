import { prototypeWith, type Scheduler, tapsOn, textAt, valueAt } from './scheduler.ts';

/** What a task without a name goes by. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Each of its tasks has a runner. That one has the timers, and calls the bot's function through one of its own. */
export const nodeCron: Scheduler = {
  packages: ['node-cron'],
  wrapped: 'taskFn',
  jobs: {
    locate({ variables }) {
      const prototype = prototypeWith(variables, ['nextRun', 'isStarted', 'isStopped', 'execute']);
      return tapsOn(prototype, { starts: ['start'], fires: ['runCoordinated'] });
    },
    runners: (runner) => [valueAt(runner, 'heartBeatTimeout'), valueAt(runner, 'jitterTimeout')],
    places: (runner) => [[runner, 'onMatch']],
    nameOf(runner) {
      const name = textAt(runner, 'coordinatorKeyPrefix');
      return name !== undefined && !UUID.test(name) ? name : textAt(runner, 'timeMatcher', 'pattern');
    },
  },
};
