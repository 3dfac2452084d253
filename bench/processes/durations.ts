/** Durations as commands have them: from 100 µs to 10 s, around 20 ms, some targets ten times as slow as others. */

const KNOWN = 4_096;
const MIDDLE_NS = 20e6;
const SPREAD = 2.5;

let seed = 1;
/** The same numbers in each run: a linear congruential generator, with the constants of ANSI C's example. */
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed / 2 ** 31;
}

/** The sum of some uniform numbers is nearly normal. */
const normal = () => random() + random() + random() + random() - 2;
const factors = Float64Array.from({ length: KNOWN }, () => Math.exp(normal() * SPREAD));

export function durationNs(call: number, target: number): number {
  return Math.round(factors[call % KNOWN]! * MIDDLE_NS * (0.1 + (target % 10)));
}
