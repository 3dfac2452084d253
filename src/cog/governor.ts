import type { Books } from '../store/books.ts';

/** How many calls go untimed between two that are timed, level by level: each, 1 in 8, 1 in 64, 1 in 512. */
const GAPS = [0, 7, 63, 511] as const;
/** What a call costs that is counted only, as a share of one that is timed. */
const UNTIMED_SHARE = 0.1;
/** Below this share of the budget there is room to time more again. */
const ROOM_SHARE = 0.5;
/** What costs less than this share of all is left alone: it would not help. */
const NEGLIGIBLE_SHARE = 0.001;
/** A target is timed more closely again once there was room for so long. */
const CALM_MS = 10_000;
/** What happened so long ago counts a third in the average. */
const AVERAGE_OVER_MS = 60_000;
const NS_PER_MS = 1e6;

/** What one target's calls cost since the last look. */
interface Load {
  readonly books: Books;
  readonly calls: number;
  costNs: number;
}

/**
 * Keeps what timing costs within a budget: what it costs is the calls times the cost of one, which was measured.
 * Over the budget, the targets that are called most are timed less closely, down to 1 call in 512, until it fits.
 * Each call is counted all the same.
 */
export class Governor {
  /** The share of a core that may be spent: 0.02 is 2 %. */
  readonly budget: number;
  readonly #callCostNs: () => number;
  readonly #seen = new WeakMap<Books, { timed: number; untimed: number }>();
  #lookedAtNs = Number.NaN;
  #calmSinceNs = Number.NaN;
  #share = 0;
  #averageShare = 0;

  /**
   * @param budget the share of a core that may be spent
   * @param callCostNs what timing adds to one call, in ns
   */
  constructor(budget: number, callCostNs: () => number) {
    this.budget = budget;
    this.#callCostNs = callCostNs;
  }

  /** The share of a core that timing took when it was looked at last. */
  get share(): number {
    return this.#share;
  }

  /** The share of a core that timing took on average in the last minute or so. */
  get averageShare(): number {
    return this.#averageShare;
  }

  /**
   * Looks at what was spent since the last time, and at most then changes how closely targets are timed.
   * @param loads each target's books, and the calls of the open minute that were timed
   */
  govern(loads: Iterable<{ books: Books; timed: number }>, nowNs: number): void {
    const elapsedNs = nowNs - this.#lookedAtNs;
    this.#lookedAtNs = nowNs;
    const callCostNs = this.#callCostNs();
    const present = [...loads].map((load) => this.#loadSince(load, callCostNs));
    if (!(elapsedNs > 0)) return;
    const budgetNs = this.budget * elapsedNs;
    let spentNs = present.reduce((sum, { costNs }) => sum + costNs, 0);
    this.#share = spentNs / elapsedNs;
    const weight = 1 - Math.exp(-elapsedNs / (AVERAGE_OVER_MS * NS_PER_MS));
    this.#averageShare += (this.#share - this.#averageShare) * weight;

    if (spentNs > budgetNs * ROOM_SHARE) this.#calmSinceNs = nowNs;
    const negligibleNs = spentNs * NEGLIGIBLE_SHARE;
    for (const load of present.sort((a, b) => b.costNs - a.costNs)) {
      if (load.costNs < negligibleNs) break;
      while (spentNs > budgetNs) {
        const gap = GAPS.find((level) => level > load.books.gap);
        if (gap === undefined) break;
        spentNs += this.#change(load, gap, callCostNs);
      }
    }
    if (!(nowNs - this.#calmSinceNs >= CALM_MS * NS_PER_MS)) return;
    for (const load of present.reverse()) {
      const gap = GAPS.findLast((level) => level < load.books.gap);
      if (gap === undefined) continue;
      if (spentNs + costOf(load.calls, gap, callCostNs) - load.costNs > budgetNs * ROOM_SHARE) break;
      spentNs += this.#change(load, gap, callCostNs);
    }
  }

  /** @returns by how much that changes the cost, were as many calls to come again */
  #change(load: Load, gap: number, callCostNs: number): number {
    const beforeNs = load.costNs;
    load.books.gap = gap;
    load.costNs = costOf(load.calls, gap, callCostNs);
    return load.costNs - beforeNs;
  }

  #loadSince({ books, timed }: { books: Books; timed: number }, callCostNs: number): Load {
    const { untimed } = books;
    const before = this.#seen.get(books) ?? { timed: 0, untimed: 0 };
    this.#seen.set(books, { timed, untimed });
    // Both begin anew with each minute.
    const timedSince = timed >= before.timed ? timed - before.timed : timed;
    const untimedSince = untimed >= before.untimed ? untimed - before.untimed : untimed;
    const costNs = (timedSince + untimedSince * UNTIMED_SHARE) * callCostNs;
    return { books, calls: timedSince + untimedSince, costNs };
  }
}

function costOf(calls: number, gap: number, callCostNs: number): number {
  const timed = calls / (gap + 1);
  return (timed + (calls - timed) * UNTIMED_SHARE) * callCostNs;
}
