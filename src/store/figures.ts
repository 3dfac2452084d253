import type { FoundBucket } from './archive-reader.ts';
import { decodeBucket, encodeBucket } from './bucket.ts';
import { endOf, startOf } from './levels.ts';
import { Row } from './row.ts';
import { inSlices } from './slices.ts';

/** A span of time, and how much of it was measured, in ms. */
type Covered = readonly [startEpochMs: number, endEpochMs: number, coveredMs: number];

/** The figures of one shard as they travel between processes. */
export interface SentFigures {
  readonly rows: string;
  readonly covered: readonly Covered[];
}

/** The calls of each target on one shard in a window, and how much of the window was measured. */
export class Figures {
  /** By target id. */
  readonly rows = new Map<string, Row>();
  readonly #covered: Covered[] = [];
  readonly #breathe = inSlices();

  /** Reads what `send` wrote. Rejects with an UnreadableValueError. */
  static async receive({ rows, covered }: SentFigures): Promise<Figures> {
    const figures = new Figures();
    figures.#covered.push(...covered);
    for (const [id, row] of (await decodeBucket(rows)).rows) figures.#rowOf(id).merge(row);
    return figures;
  }

  async send(): Promise<SentFigures> {
    const rows = new Map([...this.rows].map(([id, row]) => [id, row.seal()]));
    return { rows: await encodeBucket({ coveredMs: 0, rows }, this.#breathe), covered: this.#covered };
  }

  /**
   * Adds a bucket.
   * @param fromOf from when on the calls of a target count, in Unix ms
   */
  async add({ span, coveredMs, rows }: FoundBucket, fromOf: (targetId: string) => number): Promise<void> {
    const start = startOf(span);
    const end = endOf(span);
    // Of what is not over yet, only a part can have been measured.
    const measuredEnd = Math.max(start + coveredMs, Math.min(end, Date.now()));
    if (coveredMs > 0) this.#covered.push([start, measuredEnd, coveredMs]);
    for (const [id, row] of rows) {
      const pause = this.#breathe();
      if (pause !== undefined) await pause;
      if (end > fromOf(id)) this.#rowOf(id).merge(row);
    }
  }

  /** Takes note of a target that is there, called or not. */
  note(targetId: string, sinceEpochMs: number): void {
    const row = this.#rowOf(targetId);
    if (sinceEpochMs < row.sinceEpochMs) row.sinceEpochMs = sinceEpochMs;
  }

  /**
   * How much was measured, in ms, of the buckets that count from `fromEpochMs` on: of the first one too, all of it.
   * @param sinceEpochMs nothing counts that was before
   */
  coveredMs(fromEpochMs: number, sinceEpochMs: number): number {
    let sum = 0;
    for (const [start, end, coveredMs] of this.#covered) {
      if (end > fromEpochMs) sum += Math.min(coveredMs, Math.max(0, end - Math.max(start, sinceEpochMs)));
    }
    return sum;
  }

  #rowOf(targetId: string): Row {
    let row = this.rows.get(targetId);
    if (row === undefined) this.rows.set(targetId, (row = new Row()));
    return row;
  }
}
