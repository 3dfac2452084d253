import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { ProfilerError } from '../errors.ts';
import { ByteReader, ByteWriter } from '../store/bytes.ts';
import type { Profile } from './profile.ts';
import { readProfile, writeProfile } from './recording-layout.ts';

/**
 * A recording to be kept, and to be shown later or elsewhere. A file is
 *
 *     "cogscope" in ASCII, 1 byte: version of the layout,
 *     4 bytes: CRC-32 of what follows, 4 bytes: length of the layout, the deflated layout
 *
 * with numbers of four bytes in little-endian order; the layout is in `recording-layout.ts`. Since version 3 the checksum
 * begins with the version.
 */
const MAGIC = Buffer.from('cogscope', 'latin1');
/**
 * 2: counters, and what targets are within. 3: requests, and what they waited for, among the markers. 4: events from
 * Discord among them.
 */
const VERSION = 4;
/** From here on, a version that was damaged shows: what two say may be read alike. */
const FIRST_CHECKED_VERSION = 3;
const VERSION_AT = MAGIC.length;
const CHECKSUM_AT = VERSION_AT + 1;
const LENGTH_AT = CHECKSUM_AT + 4;
const HEAD_BYTES = LENGTH_AT + 4;

/** Some 16 million samples. What claims to be more is not unpacked. */
const MOST_BYTES = 2 ** 27;

/** Quick, and within a tenth of the smallest: columns of differences leave little to be found. */
const LEVEL = 3;

/** @throws RangeError where it is larger than can be read back */
export function encodeRecording(profile: Profile): Uint8Array {
  const writer = new ByteWriter();
  writeProfile(writer, profile);
  const layout = writer.written;
  if (layout.length > MOST_BYTES) throw new RangeError(`A recording of ${layout.length} bytes is too large.`);
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt8(VERSION, VERSION_AT);
  head.writeUInt32LE(layout.length, LENGTH_AT);
  const file = Buffer.concat([head, deflateRawSync(layout, { level: LEVEL })]);
  file.writeUInt32LE(checksumOf(file), CHECKSUM_AT);
  return file;
}

/**
 * @param name of the file, for what is said of it
 * @throws ProfilerError `UNUSABLE_FILE` for anything but a whole recording that this version can read
 */
export function decodeRecording(bytes: Uint8Array, name: string): Profile {
  const fail = (problem: string) => new ProfilerError('UNUSABLE_FILE', name, problem);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw fail('is no recording of cogscope');
  const damaged = 'is damaged, or not whole';
  if (file.length < HEAD_BYTES) throw fail(damaged);
  const version = file.readUInt8(VERSION_AT);
  if (version > VERSION) {
    throw fail(
      `has been written by a later version of cogscope (layout ${version}; this one reads ${VERSION})`,
    );
  }
  if (checksumOf(file) !== file.readUInt32LE(CHECKSUM_AT) || version < 1) throw fail(damaged);
  const length = file.readUInt32LE(LENGTH_AT);
  if (length > MOST_BYTES)
    throw fail(`unpacks to ${length} bytes, more than the ${MOST_BYTES} that are read`);
  try {
    // With a checksum that is right it may still be made to harm.
    const layout = inflateRawSync(file.subarray(HEAD_BYTES), { maxOutputLength: Math.max(1, length) });
    const reader = new ByteReader(layout);
    const profile = readProfile(reader, version);
    if (layout.length !== length || !reader.atEnd) throw fail(damaged);
    return profile;
  } catch {
    throw fail(damaged);
  }
}

function checksumOf(file: Buffer): number {
  const version = file.subarray(VERSION_AT, CHECKSUM_AT);
  const isChecked = version[0]! >= FIRST_CHECKED_VERSION;
  return crc32(file.subarray(LENGTH_AT), isChecked ? crc32(version) : 0);
}
