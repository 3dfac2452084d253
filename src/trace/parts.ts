import { NS_PER_MS } from '../store/row.ts';
import type { Part, PartKind } from './trace.ts';

/** Of one call or of one target: what comes later is counted under no name. */
const MOST_NAMES = 200;

interface Share {
  readonly kind: PartKind;
  readonly name: string | undefined;
  ns: number;
}

/** Adds up what time went to, in whole ns: so that the sum is exact. */
export class Parts {
  readonly #shares = new Map<string, Share>();

  add(kind: PartKind, name: string | undefined, ns: number): void {
    if (ns <= 0) return;
    const key = `${kind} ${name ?? ''}`;
    const known = this.#shares.get(key);
    if (known !== undefined) known.ns += ns;
    else if (name === undefined || this.#shares.size < MOST_NAMES) this.#shares.set(key, { kind, name, ns });
    else this.add(kind, undefined, ns);
  }

  addAll(others: Parts): void {
    for (const { kind, name, ns } of others.#shares.values()) this.add(kind, name, ns);
  }

  get totalNs(): number {
    let total = 0;
    for (const { ns } of this.#shares.values()) total += ns;
    return total;
  }

  /** The most first. */
  list(): Part[] {
    return [...this.#shares.values()]
      .sort((a, b) => b.ns - a.ns)
      .map(({ kind, name, ns }) => ({ kind, ...(name !== undefined && { name }), ms: ns / NS_PER_MS }));
  }
}
