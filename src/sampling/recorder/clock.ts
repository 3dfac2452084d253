/**
 * How V8's clock differs from the monotonic clock of Node. Where both are the same, as on Linux, by nothing. Each slice
 * narrows it down: V8 looked at its clock between two looks at the other one.
 */
export class ClockOffset {
  #leastUs = Number.NEGATIVE_INFINITY;
  #mostUs = Number.POSITIVE_INFINITY;

  /**
   * @param v8Us what V8's clock said
   * @param beforeUs the other one, before that
   * @param afterUs and after
   */
  narrow(v8Us: number, beforeUs: number, afterUs: number): void {
    this.#leastUs = Math.max(this.#leastUs, v8Us - afterUs);
    this.#mostUs = Math.min(this.#mostUs, v8Us - beforeUs);
  }

  /** What to take off V8's times. */
  get us(): number {
    // V8's times are in whole µs; before the first slice, nothing else is known.
    if (this.#leastUs <= 1 && this.#mostUs >= -1) return 0;
    return (this.#leastUs + this.#mostUs) / 2;
  }
}
