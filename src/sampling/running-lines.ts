import type { NodeTable } from './profile.ts';

/** A line, and which part of the time of a node it was running, from 0 to 1. */
export interface LineShare {
  readonly line: number;
  readonly share: number;
}

/** Which lines of a node were running. V8 tells that of each node, not of each sample. */
export class RunningLines {
  readonly #lines: NodeTable['lines'];
  /** Those of node n are from `#starts[n]` up to `#starts[n + 1]`. */
  readonly #starts: Uint32Array;

  constructor({ frame, lines }: NodeTable) {
    this.#lines = lines;
    const starts = new Uint32Array(frame.length + 1);
    for (const node of lines.node) starts[node + 1]!++;
    for (let node = 0; node < frame.length; node++) starts[node + 1]! += starts[node]!;
    this.#starts = starts;
  }

  /** The rows of a node in `nodes.lines`. */
  rowsOf(node: number): readonly number[] {
    const rows: number[] = [];
    for (let at = this.#starts[node]!; at < this.#starts[node + 1]!; at++) rows.push(at);
    return rows;
  }

  /** The only line of a node; 0 where there are several, or none is known. */
  soleOf(node: number): number {
    const start = this.#starts[node]!;
    return this.#starts[node + 1]! - start === 1 ? this.#lines.line[start]! : 0;
  }

  /** Each line of a node with how often it was running. */
  ticksOf(node: number): readonly { readonly line: number; readonly ticks: number }[] {
    const { line, ticks } = this.#lines;
    return this.rowsOf(node).map((at) => ({ line: line[at]!, ticks: ticks[at]! }));
  }

  /** All lines of a node; the shares add up to 1. Where none is known it is `otherwise`. */
  sharesOf(node: number, otherwise: number): readonly LineShare[] {
    const all = this.ticksOf(node);
    const sum = all.reduce((ticks, row) => ticks + row.ticks, 0);
    if (sum === 0) return [{ line: otherwise, share: 1 }];
    return all.map(({ line, ticks }) => ({ line, share: ticks / sum }));
  }
}

/** Makes whole numbers of numbers one after the other, so that they add up to the whole number of the sum. */
export class Rounding {
  #sum = 0;
  #given = 0;

  next(number: number): number {
    this.#sum += number;
    const whole = Math.round(this.#sum) - this.#given;
    this.#given += whole;
    return whole;
  }
}
