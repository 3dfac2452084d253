import { performance } from 'node:perf_hooks';
import type { Context } from '../context/contexts.ts';

/** A stretch that the loop ran for one target, or for nobody that is known. */
export interface BusyStretch {
  readonly targetId: string | undefined;
  readonly fromNs: number;
  toNs: number;
}

/** The loop from when it was last idle until now. */
export interface Busy {
  readonly fromNs: number;
  /** In order and without overlap. */
  readonly stretches: readonly BusyStretch[];
}

/** Waiting for events takes no time where there is one. */
const IDLE_MS = 0.05;
/** Of one target, with less than this between, is one stretch. */
const GAP_NS = 50_000;
const MOST_STRETCHES = 64;
/** Where there are too many, those shorter than this go first. */
const SHORT_NS = 100_000;
/** Held up for less is as good as not at all. */
export const HELD_NS = 1_000_000;

/**
 * Remembers what ran since the loop was idle: something that is ready meanwhile has to wait for the end of it. Whether
 * it was idle the loop says itself: that nothing ran for a while may be the machine's doing.
 */
export class BusyLoop {
  readonly #idle: () => number;
  #idleMs = 0;
  #fromNs = 0;
  #toNs = 0;
  #stretches: BusyStretch[] = [];
  #copy: Busy | undefined;

  /** @param idle how long the loop has been idle in all, in ms */
  constructor(idle = () => performance.nodeTiming.idleTime) {
    this.#idle = idle;
  }

  ran(context: Context | undefined, fromNs: number, toNs: number): void {
    this.#copy = undefined;
    if (this.#wasIdle(fromNs)) {
      this.#fromNs = fromNs;
      this.#stretches = [];
      this.#idleMs = this.#idle();
    }
    this.#toNs = toNs;
    const targetId = context?.targetId;
    const last = this.#stretches.at(-1);
    if (last !== undefined && last.targetId === targetId && fromNs - last.toNs < GAP_NS) {
      // In the copies too: who asks has asked about what was before.
      last.toNs = toNs;
      return;
    }
    this.#stretches.push({ targetId, fromNs, toNs });
    if (this.#stretches.length > MOST_STRETCHES) this.#thin();
  }

  /** For how long the loop has not been idle. */
  heldNs(nowNs: number): number {
    return this.#wasIdle(nowNs) ? 0 : nowNs - this.#fromNs;
  }

  /** What has held it up until now; undefined where that is not worth mentioning. */
  before(nowNs: number): Busy | undefined {
    if (this.heldNs(nowNs) < HELD_NS) return undefined;
    this.#copy ??= { fromNs: this.#fromNs, stretches: [...this.#stretches] };
    return this.#copy;
  }

  /** Who held it in a stretch of time, as far as it has not been idle since. */
  holds(fromNs: number, toNs: number): (BusyStretch & { targetId: string })[] {
    return this.#stretches.filter(
      (stretch): stretch is BusyStretch & { targetId: string } =>
        stretch.targetId !== undefined && stretch.toNs > fromNs && stretch.fromNs < toNs,
    );
  }

  /** Whether it was since something has run. */
  #wasIdle(nowNs: number): boolean {
    return nowNs - this.#toNs > GAP_NS && this.#idle() - this.#idleMs > IDLE_MS;
  }

  #thin(): void {
    const long = this.#stretches.filter(({ fromNs, toNs }) => toNs - fromNs >= SHORT_NS);
    this.#stretches = long.slice(-MOST_STRETCHES / 2);
  }
}
