import { setTimeout as sleep } from 'node:timers/promises';

/** Waits between `leastMs` and `mostMs`, as a database or a cache would make the bot wait. */
export function pause(leastMs, mostMs = leastMs) {
  return sleep(leastMs + Math.random() * (mostMs - leastMs));
}
