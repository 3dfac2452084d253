/**
 * The two clocks of the profiler: a monotonic one for durations, and the way from it to the calendar.
 *
 * `process.hrtime.bigint()` stored at once into a BigInt64Array and read back as two 32-bit words allocates
 * nothing when optimised, and costs half of `performance.now()`.
 */

const ticks = new BigInt64Array(1);
const words = new Uint32Array(ticks.buffer);
ticks[0] = 1n;
const LOW_WORD = words[0] === 1 ? 0 : 1;
const HIGH_WORD = 1 - LOW_WORD;
const WORD = 2 ** 32;

const hrtime = process.hrtime;

/** Monotonic nanoseconds since an arbitrary start; exact for 104 days of it, then to 2 ns. */
export function monotonicNs(): number {
  ticks[0] = hrtime.bigint();
  return words[HIGH_WORD]! * WORD + words[LOW_WORD]!;
}

/** What to add to monotonic milliseconds for Unix ms; measured anew each time, as the system clock may step. */
export function epochOffsetMs(): number {
  return Date.now() - monotonicNs() / 1e6;
}
