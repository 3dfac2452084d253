import { readFileSync } from 'node:fs';

const LINE_BREAK = 10;

/** How many lines files have. */
export class FileLines {
  readonly #counts = new Map<string, number>();

  /** Infinity of a file that cannot be read. */
  countOf(file: string): number {
    let count = this.#counts.get(file);
    if (count === undefined) this.#counts.set(file, (count = countIn(file)));
    return count;
  }
}

function countIn(file: string): number {
  try {
    let count = 1;
    for (const byte of readFileSync(file)) if (byte === LINE_BREAK) count++;
    return count;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
