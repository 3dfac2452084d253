import type { AnyFunction } from '../../cog/target.ts';
import { type Scheduler, textAt, valueAt } from './scheduler.ts';

/** It has one timer, for what is due next, and a list of all that is to come. */
export const nodeSchedule: Scheduler = {
  packages: ['node-schedule', 'long-timeout'],
  jobs: {
    locate({ variables, closureOf }) {
      // What is more than 25 days away waits behind a timer of `long-timeout`.
      const further = valueAt(variables.get('self'), 'listener');
      const inner = typeof further === 'function' ? closureOf(further as AnyFunction) : variables;
      const invocations = inner.get('invocations');
      return Array.isArray(invocations) ? { lists: [invocations] } : undefined;
    },
    jobOf: (invocation) => valueAt(invocation, 'job'),
    runners: (job) => invocationsOf(job).map((invocation) => valueAt(invocation, 'timerID', 'timeout')),
    isScheduled: (job) => invocationsOf(job).length > 0,
    places: (job) => [[job, 'job']],
    nameOf(job) {
      const name = textAt(job, 'name');
      return name?.startsWith('<Anonymous Job ') ? undefined : name;
    },
  },
};

function invocationsOf(job: object): readonly unknown[] {
  const invocations = valueAt(job, 'pendingInvocations');
  return Array.isArray(invocations) ? invocations : [];
}
