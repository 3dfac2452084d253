import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/** Counts how often V8 has collected all garbage, and not only what is young, while somebody wants to know. */
export class Collections implements Disposable {
  #observer: PerformanceObserver | undefined;
  #count = 0;

  /** How many there were while it counted. */
  get count(): number {
    this.#add(this.#observer?.takeRecords() ?? []);
    return this.#count;
  }

  start(): void {
    if (this.#observer !== undefined) return;
    this.#observer = new PerformanceObserver((list) => this.#add(list.getEntries()));
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  [Symbol.dispose](): void {
    this.#add(this.#observer?.takeRecords() ?? []);
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  #add(entries: readonly PerformanceEntry[]): void {
    for (const { detail } of entries as readonly { readonly detail?: { readonly kind?: number } }[])
      if (detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR) this.#count++;
  }
}
