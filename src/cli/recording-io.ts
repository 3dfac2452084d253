import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ProfilerError } from '../errors.ts';
import type { Profile } from '../sampling/profile.ts';
import { decodeAnyRecording } from '../sampling/recording-parts.ts';

/** Packed, none that can be read is larger. */
const MOST_BYTES = 2 ** 27;
/** What a gzip file begins with: what is too large for Discord is packed once more. */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** @throws ProfilerError UNUSABLE_FILE for anything but a whole recording, packed by gzip or not */
export async function readRecording(path: string): Promise<Profile> {
  const name = basename(path);
  const bytes = await read(path, name);
  return decodeAnyRecording(unpacked(bytes, name), name);
}

async function read(path: string, name: string): Promise<Buffer> {
  const fail = (problem: string) => new ProfilerError('UNUSABLE_FILE', name, problem);
  try {
    const found = await stat(path);
    if (!found.isFile()) throw fail('is not a file');
    if (found.size > MOST_BYTES) throw fail('is larger than any recording');
    return await readFile(path);
  } catch (error) {
    throw error instanceof ProfilerError ? error : fail(problemOf(error as Error, 'read'));
  }
}

function unpacked(bytes: Buffer, name: string): Uint8Array {
  if (!bytes.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    throw new ProfilerError('UNUSABLE_FILE', name, 'is damaged, or not whole');
  }
}

/**
 * Puts a file in the place of what was there.
 * @returns its size in bytes
 * @throws ProfilerError UNUSABLE_FILE
 */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<number> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw new ProfilerError('UNUSABLE_FILE', basename(path), problemOf(error as Error, 'written'));
  }
  return bytes.length;
}

function problemOf({ code, message }: NodeJS.ErrnoException, done: 'read' | 'written'): string {
  if (code === 'ENOENT')
    return done === 'read' ? 'is not there' : 'cannot be written: its folder is not there';
  return code === 'EACCES' ? `may not be ${done}` : `cannot be ${done}: ${message}`;
}
