import type { Bucket } from './bucket.ts';
import type { Span } from './levels.ts';
import { Row, type SealedRow } from './row.ts';
import { inSlices } from './slices.ts';

/** Adds up buckets. */
export class Total {
  readonly #rows = new Map<string, Row>();
  readonly #breathe = inSlices();
  #coveredMs = 0;
  #buckets = 0;

  get isEmpty(): boolean {
    return this.#buckets === 0;
  }

  async add({ coveredMs, rows }: { coveredMs: number; rows: Iterable<[string, SealedRow]> }): Promise<void> {
    this.#buckets++;
    this.#coveredMs += coveredMs;
    for (const [id, row] of rows) {
      const pause = this.#breathe();
      if (pause !== undefined) await pause;
      let total = this.#rows.get(id);
      if (total === undefined) this.#rows.set(id, (total = new Row()));
      total.merge(row);
    }
  }

  seal({ level }: Span): Bucket {
    return {
      coveredMs: Math.min(this.#coveredMs, level.ms),
      rows: new Map([...this.#rows].map(([id, row]) => [id, row.seal()])),
    };
  }
}
