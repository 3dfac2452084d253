import type { Context } from '../context/contexts.ts';

/** A stretch that the loop ran for one target, or for nobody that is known. */
export interface BusyStretch {
  readonly targetId: string | undefined;
  readonly fromNs: number;
  readonly toNs: number;
}

/** The loop from when it was last idle until now. */
export interface Busy {
  readonly fromNs: number;
  /** In order and without overlap. */
  readonly stretches: readonly BusyStretch[];
}

/** Between two callbacks the loop is busy with itself for less than this; for longer, it was idle. */
const IDLE_NS = 500_000;
/** Of one target, with less than this between, is one stretch. */
const GAP_NS = 50_000;
const MOST_STRETCHES = 64;
/** Where there are too many, those shorter than this go first. */
const SHORT_NS = 100_000;
/** Held up for less is as good as not at all. */
export const HELD_NS = 1_000_000;

/** Remembers what ran since the loop was idle: something that is ready meanwhile has to wait for the end of it. */
export class BusyLoop {
  #fromNs = 0;
  #toNs = 0;
  #stretches: BusyStretch[] = [];
  #copy: Busy | undefined;

  ran(context: Context | undefined, fromNs: number, toNs: number): void {
    this.#copy = undefined;
    if (fromNs - this.#toNs > IDLE_NS) {
      this.#fromNs = fromNs;
      this.#stretches = [];
    }
    this.#toNs = toNs;
    const targetId = context?.targetId;
    const last = this.#stretches.at(-1);
    if (last !== undefined && last.targetId === targetId && fromNs - last.toNs < GAP_NS) {
      this.#stretches[this.#stretches.length - 1] = { ...last, toNs };
      return;
    }
    this.#stretches.push({ targetId, fromNs, toNs });
    if (this.#stretches.length > MOST_STRETCHES) this.#thin();
  }

  /** For how long the loop has not been idle. */
  heldNs(nowNs: number): number {
    return nowNs - this.#toNs > IDLE_NS ? 0 : nowNs - this.#fromNs;
  }

  /** What has held it up until now; undefined where that is not worth mentioning. */
  before(nowNs: number): Busy | undefined {
    if (this.heldNs(nowNs) < HELD_NS) return undefined;
    this.#copy ??= { fromNs: this.#fromNs, stretches: [...this.#stretches] };
    return this.#copy;
  }

  #thin(): void {
    const long = this.#stretches.filter(({ fromNs, toNs }) => toNs - fromNs >= SHORT_NS);
    this.#stretches = long.slice(-MOST_STRETCHES / 2);
  }
}
