import { ProfilerError } from '../../errors.ts';
import { type AllocationData, sizeOf } from './data.ts';
import type { AllocationReport } from './report.ts';

const MOST_SAMPLES = 8;
const MOST_BYTES = 32 * 2 ** 20;

interface Kept {
  readonly report: AllocationReport;
  readonly data: AllocationData;
}

/** The latest samples; a new one takes the place of the oldest, where there is no room beside it. */
export class KeptAllocations {
  readonly #kept = new Map<string, Kept>();
  readonly #mostBytes: number;
  #count = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** The latest first. */
  get list(): readonly AllocationReport[] {
    return [...this.#kept.values()].map(({ report }) => report).reverse();
  }

  nextId(): string {
    return String(++this.#count);
  }

  /** @throws ProfilerError UNKNOWN_RECORDING */
  get(id: string): Kept {
    const found = this.#kept.get(id);
    if (found === undefined) throw new ProfilerError('UNKNOWN_RECORDING', id);
    return found;
  }

  /** Keeps it in any case, even if it is too large for others beside it. */
  add(data: AllocationData, report: AllocationReport): void {
    this.#kept.set(report.id, { data, report });
    for (const oldest of this.#kept.keys()) {
      const sizeBytes = [...this.#kept.values()].reduce((sum, kept) => sum + sizeOf(kept.data), 0);
      const fits = this.#kept.size <= MOST_SAMPLES && sizeBytes <= this.#mostBytes;
      if (fits || oldest === report.id) break;
      this.#kept.delete(oldest);
    }
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.#kept.delete(id);
  }

  clear(): void {
    this.#kept.clear();
  }
}
