import { performance } from 'node:perf_hooks';
import { monotonicNs } from '../cog/clock.ts';

const NS_PER_MS = 1e6;
const TICK_MS = 250;

/**
 * How long a packet that is handled now may have lain in the socket because the loop was busy.
 *
 * When it arrived, nobody sees who does not look at the socket. But the loop reads all sockets in each of its turns,
 * and runs a timer that is due once a turn: so a packet arrived after the last tick but one, or was read before. Of
 * the time since then, Node says how long the loop waited for something (`nodeTiming.idleTime`). The rest of it is the
 * most that the packet has waited for the loop: of one that was blocked, the time it was, and up to two ticks of other
 * work.
 *
 * While V8 samples the CPU, its signals wake the loop, and Node counts most of what it waits as busy: 70 % of an idle
 * loop's time. Then only by how much ticks are late tells that it was blocked; what is shorter than a tick may be
 * missed.
 */
export class LoopActivity implements Disposable {
  readonly #isSampled: () => boolean;
  #last: Tick = NO_TICK;
  #lastButOne: Tick = NO_TICK;
  #timer: NodeJS.Timeout | undefined;

  /** @param isSampled whether V8 samples the CPU now */
  constructor(isSampled: () => boolean = () => false) {
    this.#isSampled = isSampled;
  }

  /** Looks at the loop four times a second from now on: some 2 µs each. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#last = this.#lastButOne = this.#tick(monotonicNs() / NS_PER_MS);
    this.#timer = setInterval(() => {
      const nowMs = monotonicNs() / NS_PER_MS;
      const lateMs = this.#lateMs(nowMs);
      this.#lastButOne = this.#last;
      this.#last = this.#tick(nowMs, lateMs);
    }, TICK_MS).unref();
  }

  /** In ms, by the monotonic clock as well. */
  mostWaitedMs(nowMs: number): number {
    if (this.#isSampled() || this.#last.isSampled || this.#lastButOne.isSampled)
      return this.#last.lateMs + this.#lateMs(nowMs);
    return Math.max(0, activeMs(nowMs) - this.#lastButOne.activeMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** By how much the next tick is late by now. */
  #lateMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#last.atMs - TICK_MS);
  }

  #tick(atMs: number, lateMs = 0): Tick {
    return { atMs, lateMs, activeMs: activeMs(atMs), isSampled: this.#isSampled() };
  }
}

interface Tick {
  readonly atMs: number;
  readonly lateMs: number;
  /** How long the loop had been busy by then. */
  readonly activeMs: number;
  readonly isSampled: boolean;
}

const NO_TICK: Tick = { atMs: 0, lateMs: 0, activeMs: 0, isSampled: false };

/** How long the loop has been busy, but for a constant: `performance.eventLoopUtilization()` takes longer to say it. */
function activeMs(nowMs: number): number {
  return nowMs - performance.nodeTiming.idleTime;
}
