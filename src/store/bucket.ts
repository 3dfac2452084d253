import { promisify } from 'node:util';
import { crc32, deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.ts';
import { IdTable, readHeaviest, writeHeaviest } from './heaviest/packed.ts';
import type { SealedRow } from './row.ts';

/** What was counted in one span of time, on one shard. */
export interface Bucket {
  /** How much of the span was measured, in ms. */
  coveredMs: number;
  /** By target id. */
  readonly rows: Map<string, SealedRow>;
}

/**
 * A value in a store is the version of its layout, the CRC-32 of what follows in hexadecimal digits, and base64 of the
 * deflated layout, with colons between:
 *
 *     coveredMs, number of rows, then each row, in the order of the ids:
 *       length of what its id has in common with the last one, the rest of the id, sinceEpochMs, count,
 *       calls that were not timed, errors, aborted, sumNs as a double, minNs, maxNs − minNs, sumOfSquaresMs2 as a double,
 *       histogram, number of kinds of errors, then of each kind its name and how often it came
 *
 * Whole numbers are varints; texts and the histogram have their length before them. Where a row says whose its calls
 * were, the version is the later one: there is a table of ids after `coveredMs`, and each row has more at its end; see
 * `heaviest/packed.ts`. What says nothing of that is written as it was before there was that version.
 */
const VERSION = 1;
const VERSION_WITH_IDS = 2;
const VALUE = /^(\d{1,9}):([\da-f]{1,8}):([A-Za-z0-9+/]+=*)$/;
const ITS_VERSION = /^(\d{1,9}):/;

/** Packing this much takes a millisecond: more is done in a thread of its own. */
const LARGE_BYTES = 32_768;
const NO_ERRORS: ReadonlyMap<string, number> = new Map();

/** The value has been written by a later version of cogscope, or by something else. */
export class UnreadableValueError extends Error {
  override readonly name = 'UnreadableValueError';
}

/** @param breathe called between rows, so that many of them do not hold the loop */
export async function encodeBucket(
  { coveredMs, rows }: Bucket,
  breathe: () => Promise<void> | undefined,
): Promise<string> {
  const writer = new ByteWriter();
  writer.varint(Math.round(coveredMs));
  const ids = await IdTable.of(rows.values(), breathe);
  ids?.write(writer);
  writer.varint(rows.size);
  let last = '';
  for (const id of [...rows.keys()].sort()) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    const shared = sharedPrefix(last, id);
    writer.varint(shared);
    writer.text(id.slice(shared));
    const row = rows.get(id)!;
    writeRow(writer, row);
    if (ids !== undefined) writeHeaviest(writer, ids, row.heaviest);
    last = id;
  }
  const bytes = writer.written;
  const packed = bytes.length < LARGE_BYTES ? deflateRawSync(bytes) : await promisify(deflateRaw)(bytes);
  return `${ids === undefined ? VERSION : VERSION_WITH_IDS}:${crc32(packed).toString(16)}:${packed.toString('base64')}`;
}

/**
 * The rows of an encoded bucket, one at a time.
 * @throws UnreadableValueError
 */
export async function decodeBucket(
  value: unknown,
): Promise<{ coveredMs: number; rows: Iterable<[id: string, row: SealedRow]> }> {
  const text = typeof value === 'string' ? value : '';
  const version = ITS_VERSION.exec(text)?.[1];
  if (version === undefined) throw new UnreadableValueError('It is no bucket of cogscope.');
  const hasIds = Number(version) === VERSION_WITH_IDS;
  if (Number(version) !== VERSION && !hasIds) {
    throw new UnreadableValueError(
      `It is a bucket of version ${version}; this cogscope reads versions up to ${VERSION_WITH_IDS}.`,
    );
  }
  const [, , checksum = '', base64 = ''] = VALUE.exec(text) ?? [];
  const packed = Buffer.from(base64, 'base64');
  // Deflated bytes can be wrong and still inflate.
  if (crc32(packed).toString(16) !== checksum) throw new UnreadableValueError('It is damaged.');
  try {
    const bytes = packed.length < LARGE_BYTES ? inflateRawSync(packed) : await promisify(inflateRaw)(packed);
    const reader = new ByteReader(bytes);
    const coveredMs = reader.varint();
    const ids = hasIds ? IdTable.read(reader) : undefined;
    return { coveredMs, rows: readRows(reader, reader.varint(), ids) };
  } catch (error) {
    throw new UnreadableValueError('It is damaged.', { cause: error });
  }
}

/** Buckets of the same bot have mostly the same ids: those of the last one need not be made, and hashed, again. */
let lastIds: { readonly ids: string[]; readonly shared: number[] } = { ids: [], shared: [] };

function* readRows(
  reader: ByteReader,
  count: number,
  table: IdTable | undefined,
): Iterable<[string, SealedRow]> {
  const known = lastIds;
  const ids: string[] = [];
  const sharedLengths: number[] = [];
  lastIds = { ids, shared: sharedLengths };
  for (let at = 0; at < count; at++) {
    try {
      const shared = reader.varint();
      const last = ids[at - 1] ?? '';
      const candidate = known.ids[at];
      const isKnown =
        candidate !== undefined &&
        known.ids[at - 1] === ids[at - 1] &&
        known.shared[at] === shared &&
        reader.skipText(candidate, shared);
      ids.push(isKnown ? candidate : last.slice(0, shared) + reader.text());
      sharedLengths.push(shared);
      const row = readRow(reader);
      const heaviest = table && readHeaviest(reader, table);
      yield [ids[at]!, heaviest === undefined ? row : { ...row, heaviest }];
    } catch (error) {
      if (error instanceof RangeError) throw new UnreadableValueError('It is damaged.', { cause: error });
      throw error;
    }
  }
}

function writeRow(writer: ByteWriter, row: SealedRow): void {
  writer.varint(row.sinceEpochMs);
  writer.varint(row.count);
  // Rounding can leave one more timed than there are.
  writer.varint(Math.max(0, row.count - row.timed));
  writer.varint(row.errors);
  writer.varint(row.aborted);
  // Of many long calls side by side it may be more than 2^53.
  writer.double(row.sumNs);
  const minNs = row.count === 0 ? 0 : row.minNs;
  writer.varint(minNs);
  writer.varint(row.maxNs - minNs);
  writer.double(row.sumOfSquaresMs2);
  writer.bytes(row.histogram);
  writer.varint(row.errorKinds.size);
  for (const [kind, times] of row.errorKinds) {
    writer.text(kind);
    writer.varint(times);
  }
}

function readRow(reader: ByteReader): SealedRow {
  const sinceEpochMs = reader.varint();
  const count = reader.varint();
  const timed = count - reader.varint();
  const errors = reader.varint();
  const aborted = reader.varint();
  const sumNs = reader.double();
  const leastNs = reader.varint();
  const maxNs = leastNs + reader.varint();
  // Of a target that was not called, as they travel between shards.
  const minNs = count === 0 ? Number.POSITIVE_INFINITY : leastNs;
  const sumOfSquaresMs2 = reader.double();
  const histogram = reader.bytes();
  const kinds = reader.varint();
  let errorKinds = NO_ERRORS;
  if (kinds > 0) {
    const found = new Map<string, number>();
    for (let kind = 0; kind < kinds; kind++) found.set(reader.text(), reader.varint());
    errorKinds = found;
  }
  return {
    sinceEpochMs,
    count,
    timed,
    errors,
    aborted,
    sumNs,
    minNs,
    maxNs,
    sumOfSquaresMs2,
    histogram,
    errorKinds,
  };
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  // Half of a surrogate pair is no text.
  return length > 0 && isHighSurrogate(a.charCodeAt(length - 1)) ? length - 1 : length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
