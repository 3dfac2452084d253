import type { Bucket } from './bucket.ts';
import { sizeBytesOf } from './heaviest/heaviest.ts';
import { MINUTE_MS } from './levels.ts';
import { type Remainder, Row, type SealedRow } from './row.ts';

/** Of a sealed row, beside its histogram. */
const ROW_BYTES = 200;
const NO_ROWS: ReadonlyMap<string, SealedRow> = new Map();

/** A minute that is not archived yet, or not for good. */
interface HeldMinute {
  /** What is sealed of it. */
  readonly rows: Map<string, SealedRow>;
  /** How much of it was measured before, in ms: by a process that ended within it, or under a clock set back since. */
  formerMs: number;
  /** Whether what was archived of it before is in here. */
  isWhole: boolean;
}

/** The sealed rows of the minutes that are not archived yet, by minute since 1970. */
export class HeldMinutes {
  readonly #minutes = new Map<number, HeldMinute>();

  /** In the order in which they came. */
  get minutes(): Iterable<number> {
    return this.#minutes.keys();
  }

  has(minute: number): boolean {
    return this.#minutes.has(minute);
  }

  /** Takes note that a minute was measured, even if nothing was called in it. */
  note(minute: number): void {
    this.#hold(minute);
  }

  /** Adds a row: where the clock was set back, or a row was full, a minute comes twice. */
  add(minute: number, targetId: string, row: SealedRow): void {
    addTo(this.#hold(minute).rows, targetId, row);
  }

  /** By target id. */
  rowsOf(minute: number): ReadonlyMap<string, SealedRow> {
    return this.#minutes.get(minute)?.rows ?? NO_ROWS;
  }

  /** How much of a minute was measured before, in ms. */
  formerMs(minute: number): number {
    return this.#minutes.get(minute)?.formerMs ?? 0;
  }

  /** Whether what was archived of a minute before is held here too. */
  isWhole(minute: number): boolean {
    return this.#minutes.get(minute)?.isWhole === true;
  }

  /** Says that something may be archived of the minutes held here that is not held here. */
  disown(): void {
    for (const held of this.#minutes.values()) held.isWhole = false;
  }

  /** Takes in what was archived of a minute before; undefined where that is nothing. */
  adopt(minute: number, archived: Bucket | undefined): void {
    const held = this.#hold(minute);
    held.isWhole = true;
    held.formerMs += archived?.coveredMs ?? 0;
    for (const [id, row] of archived?.rows ?? []) addTo(held.rows, id, row);
  }

  /** Lets a minute go that is archived. */
  release(minute: number): void {
    this.#minutes.delete(minute);
  }

  /** Lets go what is older than that, archived or not. */
  dropBefore(epochMs: number): void {
    for (const minute of this.#minutes.keys())
      if ((minute + 1) * MINUTE_MS <= epochMs) this.#minutes.delete(minute);
  }

  /** Keeps only what is left of each row. */
  retain(remainder: Remainder): void {
    for (const { rows } of this.#minutes.values()) {
      for (const [id, row] of rows) {
        const left = remainder(id, row);
        if (left === undefined) rows.delete(id);
        else if (left !== row) rows.set(id, left);
      }
    }
  }

  /** Removes what was counted of a target, where it began to be counted up to that moment, in Unix ms. */
  forget(targetId: string, untilEpochMs = Number.POSITIVE_INFINITY): void {
    for (const { rows } of this.#minutes.values()) {
      if ((rows.get(targetId)?.sinceEpochMs ?? Number.POSITIVE_INFINITY) <= untilEpochMs)
        rows.delete(targetId);
    }
  }

  clear(): void {
    this.#minutes.clear();
  }

  /** Estimated. */
  get sizeBytes(): number {
    let bytes = 0;
    for (const { rows } of this.#minutes.values()) {
      for (const { histogram, heaviest } of rows.values())
        bytes += ROW_BYTES + histogram.byteLength + sizeBytesOf(heaviest);
    }
    return bytes;
  }

  #hold(minute: number): HeldMinute {
    let held = this.#minutes.get(minute);
    if (held === undefined) {
      held = { rows: new Map(), formerMs: 0, isWhole: false };
      this.#minutes.set(minute, held);
    }
    return held;
  }
}

function addTo(rows: Map<string, SealedRow>, targetId: string, row: SealedRow): void {
  const former = rows.get(targetId);
  rows.set(targetId, former === undefined ? row : sumOf(former, row));
}

export function sumOf(...rows: readonly SealedRow[]): SealedRow {
  const total = new Row();
  for (const row of rows) total.merge(row);
  return total.seal();
}
