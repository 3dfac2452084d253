const FIRST_ROWS = 2 ** 12;
const WIDTH = 4;

/** Where a function was written; line and column count from 1. */
export interface Location {
  readonly scriptId: number;
  readonly line: number;
  readonly column: number;
}

/** Where the functions of a snapshot were written, in rows of node, script, line and column. */
export class LocationTable {
  #rows = new Uint32Array(FIRST_ROWS * WIDTH);
  #count = 0;
  #byNode: ReadonlyMap<number, number> | undefined;

  add(node: number, scriptId: number, line: number, column: number): void {
    if ((this.#count + 1) * WIDTH > this.#rows.length) {
      const more = new Uint32Array(this.#rows.length * 2);
      more.set(this.#rows);
      this.#rows = more;
    }
    this.#rows.set([node, scriptId, line, column], this.#count++ * WIDTH);
  }

  of(node: number): Location | undefined {
    this.#byNode ??= new Map(
      Array.from({ length: this.#count }, (_, index) => [this.#rows[index * WIDTH]!, index]),
    );
    const index = this.#byNode.get(node);
    if (index === undefined) return undefined;
    const [, scriptId, line, column] = this.#rows.subarray(index * WIDTH, (index + 1) * WIDTH);
    return { scriptId: scriptId!, line: line! + 1, column: column! + 1 };
  }
}
