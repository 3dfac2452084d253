import type { Scheduler } from './scheduler.ts';

/**
 * Its intervals and timeouts are plain timers, its cron jobs are those of `cron`. What they run is a function of its
 * own, which catches what the bot's method throws.
 */
export const nestSchedule: Scheduler = {
  packages: ['@nestjs/schedule'],
  wrapped: 'methodRef',
};
