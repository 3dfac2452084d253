import { setImmediate as nextTurn } from 'node:timers/promises';

/** The loop is held for no longer than this at a time. */
const SLICE_MS = 8;

/**
 * For work on many rows that must not hold the bot: what is returned is to be called, and awaited, between any two
 * of them. It lets the loop turn now and then.
 */
export function inSlices(): () => Promise<void> | undefined {
  let startedAtMs = performance.now();
  return () => {
    if (performance.now() - startedAtMs < SLICE_MS) return undefined;
    return nextTurn().then(() => {
      startedAtMs = performance.now();
    });
  };
}
