import { getHeapStatistics } from 'node:v8';

const BYTES_PER_MB = 2 ** 20;
/** Up to here, throwing optimised code away at the start is hardly felt. */
export const LARGEST_EXACT_HEAP_BYTES = 64 * BYTES_PER_MB;

/** Whether V8 is to look anew at functions that it has optimised while they ran. */
export function isExact(wish: boolean | undefined): boolean {
  // Whoever measures coverage counts in the same way, and would lose what was counted.
  if (process.env['NODE_V8_COVERAGE'] !== undefined) return false;
  return wish ?? getHeapStatistics().used_heap_size <= LARGEST_EXACT_HEAP_BYTES;
}

/** How long the start of a recording will hold the bot, in ms: by its heap, about 1 ms a MB, and as much if `exact`. */
export function expectedPauseMs(exact?: boolean): number {
  const heapMb = getHeapStatistics().used_heap_size / BYTES_PER_MB;
  return Math.round(heapMb * (isExact(exact) ? 2 : 1));
}
