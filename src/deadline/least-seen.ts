/** The least is that of the present span and the three before it: of 45 to 60 minutes. */
const SPAN_MS = 900_000;
const SPANS = 4;

/**
 * By how much a delay exceeds the least of late. Between two clocks that is the delay without what they differ by, and
 * without what even the fastest takes.
 *
 * One of the clocks is Discord's; the other is to be a monotonic one, which is not stepped when the system's time is
 * set. What Discord's does counts for an hour at most. In that time two good clocks drift apart by some hundredths of
 * a second.
 */
export class LeastSeen {
  readonly #spans = new Float64Array(SPANS).fill(Number.NEGATIVE_INFINITY);
  readonly #leastMs = new Float64Array(SPANS);

  /** @returns by how much it exceeds the least, itself included: 0 for the first */
  excessOf(delayMs: number, nowMs: number): number {
    const span = Math.floor(nowMs / SPAN_MS);
    const own = ((span % SPANS) + SPANS) % SPANS;
    if (this.#spans[own] !== span || delayMs < this.#leastMs[own]!) {
      this.#spans[own] = span;
      this.#leastMs[own] = delayMs;
    }
    let leastMs = delayMs;
    for (let at = 0; at < SPANS; at++) {
      if (this.#spans[at]! > span - SPANS && this.#leastMs[at]! < leastMs) leastMs = this.#leastMs[at]!;
    }
    return delayMs - leastMs;
  }
}
