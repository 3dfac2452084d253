import { cron } from './cron.ts';
import { croner } from './croner.ts';
import { nestSchedule } from './nest-schedule.ts';
import { nodeCron } from './node-cron.ts';
import { nodeSchedule } from './node-schedule.ts';
import type { Scheduler } from './scheduler.ts';
import { toadScheduler } from './toad-scheduler.ts';

/** Every scheduler whose jobs are found. */
export const SCHEDULERS: readonly Scheduler[] = [
  cron,
  croner,
  nestSchedule,
  nodeCron,
  nodeSchedule,
  toadScheduler,
];
