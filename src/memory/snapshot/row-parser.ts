const ZERO = 0x30;
const COMMA = 0x2c;
const CLOSE = 0x5d;
const SPACE = 0x20;
const MINUS = 0x2d;
/** Beyond this many digits a number would not be exact. */
const MOST_DIGITS = 15;

/**
 * Reads a JSON array of whole numbers that come in rows of equal width, chunk after chunk. `JSON.parse` would need the
 * whole text, and 8 to 16 times the memory.
 */
export class RowParser {
  /** How many rows are complete. */
  rows = 0;
  readonly #width: number;
  readonly #take: (row: Float64Array, index: number) => void;
  readonly #row: Float64Array;
  readonly #isSigned: boolean;
  #field = 0;
  #value = 0;
  #digits = 0;
  #isNegative = false;
  /** Whether a number is over and its comma has not come. */
  #isOver = false;

  /**
   * @param width how many numbers are a row
   * @param take gets each row and its index; the row is overwritten by the next
   * @param isSigned whether numbers may be negative
   */
  constructor(width: number, take: (row: Float64Array, index: number) => void, isSigned = false) {
    this.#isSigned = isSigned;
    this.#width = width;
    this.#take = take;
    this.#row = new Float64Array(width);
  }

  /** How many numbers of an incomplete row there are. */
  get rest(): number {
    return this.#field;
  }

  /**
   * Goes on in a chunk, after the bracket that opens the array.
   * @returns where the array ends in it, after the bracket; -1 where it goes on in the next
   * @throws RangeError where there is something else than whole numbers
   */
  parse(chunk: Uint8Array, from: number): number {
    const row = this.#row;
    const width = this.#width;
    const end = chunk.length;
    let field = this.#field;
    let value = this.#value;
    let digits = this.#digits;
    let isOver = this.#isOver;
    let isNegative = this.#isNegative;
    let at = from;
    let isClosed = false;
    while (at < end) {
      const byte = chunk[at++]!;
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) {
        if (isOver || ++digits > MOST_DIGITS) throw new RangeError('a number');
        value = value * 10 + digit;
      } else if (byte === COMMA) {
        if (digits === 0) throw new RangeError('a comma');
        row[field] = isNegative ? -value : value;
        value = 0;
        digits = 0;
        isOver = false;
        isNegative = false;
        if (++field === width) {
          field = 0;
          this.#take(row, this.rows++);
        }
      } else if (byte <= SPACE) {
        isOver = digits > 0;
      } else if (byte === MINUS && this.#isSigned && digits === 0 && !isNegative) {
        isNegative = true;
      } else if (byte === CLOSE) {
        isClosed = true;
        break;
      } else {
        throw new RangeError('a character');
      }
    }
    if (isClosed && digits > 0) {
      row[field] = isNegative ? -value : value;
      digits = 0;
      if (++field === width) {
        field = 0;
        this.#take(row, this.rows++);
      }
    } else if (isClosed && (field > 0 || this.rows > 0)) {
      throw new RangeError('a comma');
    }
    this.#field = field;
    this.#value = value;
    this.#digits = digits;
    this.#isOver = isOver;
    this.#isNegative = isNegative;
    return isClosed ? at : -1;
  }
}
