import { ProfilerError } from '../errors.ts';
import { merged } from './merge.ts';
import type { Counter, Profile, Thread } from './profile.ts';
import { decodeRecording } from './recording-file.ts';

/**
 * A recording that is written while it is made. A file is
 *
 *     "cogparts" in ASCII, 1 byte: version,
 *     for each part of the time 4 bytes: its length in little-endian order, and a recording as `recording-file.ts` has it
 *
 * with the times of all parts since the beginning of the first. What comes after the last whole part is left out: the
 * process has ended meanwhile.
 */
const MAGIC = Buffer.from('cogparts', 'latin1');
const VERSION = 1;
const HEAD_BYTES = MAGIC.length + 1;
const LENGTH_BYTES = 4;

/** What such a file begins with. */
export const PARTS_HEAD: Uint8Array = Buffer.concat([MAGIC, Buffer.of(VERSION)]);

/** A part as it stands in a file. */
export function partBytes(recording: Uint8Array): Uint8Array {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(recording.length);
  return Buffer.concat([length, recording]);
}

/**
 * A recording, whether it is whole or in parts.
 * @param name of the file, for what is said of it
 * @throws ProfilerError `UNUSABLE_FILE` for anything but a recording that this version can read, or a part of one
 */
export function decodeAnyRecording(bytes: Uint8Array, name: string): Profile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return decodeRecording(bytes, name);
  const fail = (problem: string) => new ProfilerError('UNUSABLE_FILE', name, problem);
  if (file.length < HEAD_BYTES) throw fail('is damaged, or not whole');
  const version = file.readUInt8(MAGIC.length);
  if (version !== VERSION) {
    throw fail(
      `has been written by another version of cogscope (layout ${version}; this one reads ${VERSION})`,
    );
  }
  const parts: Profile[] = [];
  for (let at = HEAD_BYTES; at + LENGTH_BYTES <= file.length; ) {
    const end = at + LENGTH_BYTES + file.readUInt32LE(at);
    if (end > file.length) break;
    parts.push(decodeRecording(file.subarray(at + LENGTH_BYTES, end), name));
    at = end;
  }
  if (parts.length === 0) throw fail('ends before the first part of the recording is whole');
  return joined(parts);
}

/** Parts one after the other: each thread and each counter once. */
function joined(parts: readonly Profile[]): Profile {
  const profile = merged(parts);
  const threads = Map.groupBy(profile.threads.keys(), (index) => {
    const { name, shard, id } = profile.threads[index]!;
    return JSON.stringify([name, shard, id]);
  });
  const numbers = new Uint32Array(profile.threads.length);
  const whole = [...threads.values()].map((indices, number): Thread => {
    for (const index of indices) numbers[index] = number;
    const all = indices.map((index) => profile.threads[index]!);
    return {
      ...all[0]!,
      atUs: doubles(all.map(({ atUs }) => atUs)),
      weightUs: doubles(all.map(({ weightUs }) => weightUs)),
      node: numbersOf(all.map(({ node }) => node)),
      owner: numbersOf(all.map(({ owner }) => owner)),
      missed: all.reduce((sum, { missed }) => sum + missed, 0),
    };
  });
  const markers = profile.markers.map((marker) => ({ ...marker, thread: numbers[marker.thread]! }));
  const counters = Map.groupBy(profile.counters, ({ name, unit, shard }) =>
    JSON.stringify([name, unit, shard]),
  );
  return {
    ...profile,
    threads: whole,
    markers: markers.sort((a, b) => a.fromUs - b.fromUs),
    counters: [...counters.values()].map(
      (all): Counter => ({
        ...all[0]!,
        atUs: doubles(all.map(({ atUs }) => atUs)),
        value: doubles(all.map(({ value }) => value)),
      }),
    ),
  };
}

function doubles(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}

function numbersOf(columns: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}
