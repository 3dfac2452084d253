const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 10;
/** Discord blocks an address that makes so many invalid requests in 10 minutes. */
export const MOST_INVALID = 10_000;

const INVALID = new Set([401, 403, 429]);

/**
 * The requests of the last 10 minutes that Discord counts as invalid: refused with 401, 403, or 429 other than for a
 * shared resource. By minutes: the one that runs and the ten before it, so that none is left out.
 */
export class InvalidRequests {
  readonly #minutes = new Map<number, number>();

  /** @param isShared whether a 429 was for a shared resource */
  note(status: number, isShared: boolean): void {
    if (!INVALID.has(status) || isShared) return;
    const minute = minuteNow();
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + 1);
    this.#forget(minute);
  }

  get count(): number {
    this.#forget(minuteNow());
    return [...this.#minutes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Minutes far ahead are those of a clock that was set back. */
  #forget(now: number): void {
    for (const minute of this.#minutes.keys()) {
      if (Math.abs(now - minute) > WINDOW_MINUTES) this.#minutes.delete(minute);
    }
  }
}

function minuteNow(): number {
  return Math.floor(Date.now() / MINUTE_MS);
}
