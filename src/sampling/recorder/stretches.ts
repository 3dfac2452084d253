import { keepLongest } from './longest.ts';
import { NOBODY, TIMELINE_FIELDS } from './timeline.ts';

/** What follows so soon after something else is part of the same hold-up of the loop, in ns. */
const SOON_NS = 50_000;
/** What holds the loop for longer is told of, in ns. */
const STALL_NS = 50e6;
/** The longest are kept. */
const MOST_STALLS = 2_000;

/** A stretch in which the loop did not turn, in ns of the monotonic clock. */
export interface Stall {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Whose code ran when, as it was logged: asked in the order of time, and forgotten behind that. */
export class Stretches {
  #chunks: Float64Array[] = [];
  /** The entry that was asked for last, in the first chunk. */
  #at = 0;
  readonly stalls: Stall[] = [];
  #busySinceNs = 0;
  #busyUntilNs = 0;

  add(chunk: Float64Array): void {
    this.#chunks.push(chunk);
    for (let at = 0; at < chunk.length; at += TIMELINE_FIELDS) {
      const [fromNs, toNs] = [chunk[at + 1]!, chunk[at + 2]!];
      if (fromNs - this.#busyUntilNs > SOON_NS) {
        this.#endBusy();
        this.#busySinceNs = fromNs;
      }
      this.#busyUntilNs = toNs;
    }
  }

  /** No more will come. */
  end(): void {
    this.#endBusy();
  }

  /** Whose code ran then: the number of a target, or `NOBODY`. Each time it is asked for a later moment. */
  whoAt(ns: number): number {
    for (;;) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) return NOBODY;
      while (this.#at < chunk.length && chunk[this.#at + 2]! < ns) this.#at += TIMELINE_FIELDS;
      if (this.#at < chunk.length) return chunk[this.#at + 1]! <= ns ? chunk[this.#at]! : NOBODY;
      this.#chunks.shift();
      this.#at = 0;
    }
  }

  #endBusy(): void {
    const [fromNs, toNs] = [this.#busySinceNs, this.#busyUntilNs];
    if (toNs - fromNs <= STALL_NS) return;
    this.stalls.push({ fromNs, toNs });
    if (this.stalls.length >= 2 * MOST_STALLS) keepLongest(this.stalls, MOST_STALLS);
  }
}
