import { performance } from 'node:perf_hooks';

const TICK_MS = 250;

/**
 * How long a packet that is handled now may have lain in the socket because the loop was busy.
 *
 * When it arrived, nobody sees who does not look at the socket. But the loop reads all sockets in each of its turns,
 * and runs a timer that is due once a turn: so a packet arrived after the last tick but one, or was read before. For
 * the time since then, Node says how long the loop did not wait for anything (`eventLoopUtilization().active`). That
 * is the most that the packet has waited for it: of a loop that was blocked, the time it was, and up to two ticks of
 * other work.
 */
export class LoopActivity implements Disposable {
  #lastMs = 0;
  #lastButOneMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Looks at the loop four times a second from now on: some 2 µs each. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#lastMs = this.#lastButOneMs = activeMs();
    this.#timer = setInterval(() => {
      this.#lastButOneMs = this.#lastMs;
      this.#lastMs = activeMs();
    }, TICK_MS).unref();
  }

  /** In ms. */
  mostWaitedMs(): number {
    return Math.max(0, activeMs() - this.#lastButOneMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** How long the loop has been busy since the process began. */
function activeMs(): number {
  return performance.eventLoopUtilization().active;
}
