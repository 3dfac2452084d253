import { setImmediate as nextTurn } from 'node:timers/promises';

/** The loop is held for no longer than this at a time. */
const SLICE_MS = 6;

/** Looking at the clock, and awaiting, would take longer than what is done with a row. */
const ROWS_AT_ONCE = 32;

/**
 * For work on many rows that must not hold the bot: what is returned is to be called between any two of them. Where it
 * returns a promise, that is to be awaited: the loop turns meanwhile.
 */
export function inSlices(): () => Promise<void> | undefined {
  let startedAtMs = performance.now();
  let rows = 0;
  return () => {
    if (++rows % ROWS_AT_ONCE !== 0 || performance.now() - startedAtMs < SLICE_MS) return undefined;
    return nextTurn().then(() => {
      startedAtMs = performance.now();
    });
  };
}
