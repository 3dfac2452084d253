import type { Slot } from '../../cog/slots.ts';
import type { Discovery } from '../../cog/target.ts';
import type { Scheduler } from './scheduler.ts';

const slots = new WeakMap<Scheduler, Slot>();

/** Stands for the jobs of a library that nothing leads to before they run. */
export function jobsToCome(scheduler: Scheduler): Discovery {
  let slot = slots.get(scheduler);
  if (slot === undefined) slots.set(scheduler, (slot = emptySlot()));
  return {
    cog: scheduler.packages[0]!,
    kind: 'task',
    name: 'jobs that have not run yet',
    slot,
    obstacle: 'they are found when they run next',
  };
}

function emptySlot(): Slot {
  return {
    get: () => undefined,
    set() {
      throw new Error('There is no function here.');
    },
    restore: () => undefined,
  };
}
