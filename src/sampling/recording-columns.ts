import type { ByteReader, ByteWriter } from '../store/bytes.ts';

/** Whole numbers of at most this much: the difference of two, and twice that, are exact. */
const MOST_WHOLE = 2 ** 50;
const WHOLE = 0;
const DOUBLES = 1;

/** A column of numbers, each as the difference to the one before. Times in µs take a byte or two each so. */
export function writeColumn(writer: ByteWriter, column: ArrayLike<number>): void {
  writer.varint(column.length);
  if (!isWhole(column)) {
    writer.varint(DOUBLES);
    for (let at = 0; at < column.length; at++) writer.double(column[at]!);
    return;
  }
  writer.varint(WHOLE);
  let last = 0;
  for (let at = 0; at < column.length; at++) {
    const difference = column[at]! - last;
    // Small ones of either sign are small.
    writer.varint(difference < 0 ? -2 * difference - 1 : 2 * difference);
    last = column[at]!;
  }
}

function isWhole(column: ArrayLike<number>): boolean {
  for (let at = 0; at < column.length; at++) {
    const number = column[at]!;
    if (!Number.isInteger(number) || Math.abs(number) > MOST_WHOLE || Object.is(number, -0)) return false;
  }
  return true;
}

/** A kind of typed array, and what its numbers may be. */
interface ColumnKind<Column> {
  readonly make: (length: number) => Column;
  readonly accepts: (number: number) => boolean;
}

export const DOUBLE_COLUMN: ColumnKind<Float64Array> = {
  make: (length) => new Float64Array(length),
  accepts: () => true,
};

/** Numbers of what there is `count` of. */
export function indexColumn(count: number): ColumnKind<Uint32Array> {
  return {
    make: (length) => new Uint32Array(length),
    accepts: (number) => Number.isInteger(number) && number >= 0 && number < count,
  };
}

export const COUNT_COLUMN: ColumnKind<Uint32Array> = indexColumn(2 ** 32);

/** Each node's parent; -1 for none. */
export const PARENT_COLUMN: ColumnKind<Int32Array> = {
  make: (length) => new Int32Array(length),
  accepts: (number) => Number.isInteger(number) && number >= -1 && number < 2 ** 31,
};

/**
 * A column as `writeColumn` wrote it.
 * @param length how many numbers there have to be; undefined for any
 * @throws RangeError for numbers that the kind does not have
 */
export function readColumn<Column extends Float64Array | Uint32Array | Int32Array>(
  reader: ByteReader,
  { make, accepts }: ColumnKind<Column>,
  length?: number,
): Column {
  const count = readCount(reader, length);
  if (length !== undefined && count < length) throw new RangeError('Columns are not of the same length.');
  const mode = reader.varint();
  if (mode !== WHOLE && mode !== DOUBLES) throw new RangeError('A column is written in an unknown way.');
  const column = make(count);
  let last = 0;
  for (let at = 0; at < count; at++) {
    if (mode === DOUBLES) {
      last = reader.double();
    } else {
      const written = reader.varint();
      last += written % 2 === 0 ? written / 2 : -(written + 1) / 2;
    }
    if (!accepts(last)) throw new RangeError('A number is out of range.');
    column[at] = last;
  }
  return column;
}

/** How much of something follows. Each takes a byte at least: there is never more than there are bytes left. */
export function readCount(reader: ByteReader, most = Number.POSITIVE_INFINITY): number {
  const count = reader.varint();
  if (!(count <= Math.min(reader.left, most))) throw new RangeError('There is less than was announced.');
  return count;
}
