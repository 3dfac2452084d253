import { setImmediate as nextTurn } from 'node:timers/promises';

/** The loop is held for no longer than this at a time. */
const LONGEST_SLICE_MS = 4;
/** To read the clock takes as long as to look at several things. */
const STEPS_PER_LOOK = 64;

/** Work that may be long, in slices: in between the bot goes on. */
export class Slices {
  #steps = 0;
  #startedAtMs = performance.now();
  #workedMs = 0;
  readonly #stepsPerLook: number;

  /** @param stepsPerLook how many steps are taken before the clock is read: few where a step may be long */
  constructor(stepsPerLook = STEPS_PER_LOOK) {
    this.#stepsPerLook = stepsPerLook;
  }

  /** To be asked at each step of the work: whether `pause` is to be awaited before the next one. */
  get isOver(): boolean {
    if (++this.#steps < this.#stepsPerLook) return false;
    this.#steps = 0;
    return performance.now() - this.#startedAtMs > LONGEST_SLICE_MS;
  }

  async pause(): Promise<void> {
    this.#workedMs += performance.now() - this.#startedAtMs;
    await nextTurn();
    this.#startedAtMs = performance.now();
  }

  /** How long the loop was held in all, in ms. */
  get workedMs(): number {
    return this.#workedMs + performance.now() - this.#startedAtMs;
  }
}
