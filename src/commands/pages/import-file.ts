import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ProfilerError } from '../../errors.ts';
import { formatBytes } from '../../render/units.ts';
import type { GivenFile } from '../subcommand.ts';

const MOST_BYTES = 64 * 2 ** 20;
/** Of a file that is compressed: it is never in memory as a whole, but reading it takes time. */
const MOST_INFLATED_BYTES = 512 * 2 ** 20;
/** A row with every bin of its histogram takes some 40 KiB. */
const LONGEST_LINE = 2 ** 20;
const DOWNLOAD_WITHIN_MS = 60_000;
const GZIP_MAGIC = Buffer.of(0x1f, 0x8b);
const NEWLINE = 0x0a;

/**
 * Downloads a whole file: while it is read nobody else can write figures, so that must not wait for the network.
 * @throws ProfilerError UNUSABLE_FILE
 */
export async function download({ name, url, sizeBytes }: GivenFile): Promise<Buffer> {
  const tooLarge = () =>
    new ProfilerError('UNUSABLE_FILE', name, `is larger than ${formatBytes(MOST_BYTES)}`);
  if (sizeBytes > MOST_BYTES) throw tooLarge();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_WITHIN_MS) });
    if (!response.ok || response.body === null)
      throw new Error(`Discord answered with status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof ProfilerError) throw error;
    throw new ProfilerError('UNUSABLE_FILE', name, `could not be downloaded: ${(error as Error).message}`);
  }
}

/**
 * The lines of a file, compressed or not.
 * @throws ProfilerError UNUSABLE_FILE, INVALID_DATA
 */
export async function* linesOf(
  name: string,
  bytes: Buffer,
  mostInflatedBytes = MOST_INFLATED_BYTES,
): AsyncIterable<string> {
  const isCompressed = bytes.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
  yield* split(isCompressed ? inflated(name, bytes, mostInflatedBytes) : [bytes]);
}

async function* inflated(name: string, bytes: Buffer, mostBytes: number): AsyncIterable<Buffer> {
  let inflatedBytes = 0;
  try {
    for await (const chunk of Readable.from([bytes]).pipe(createGunzip()) as AsyncIterable<Buffer>) {
      inflatedBytes += chunk.length;
      if (inflatedBytes > mostBytes) {
        const problem = `holds more than ${formatBytes(mostBytes)}. What comes before is taken in`;
        throw new ProfilerError('UNUSABLE_FILE', name, problem);
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ProfilerError) throw error;
    const problem = `is damaged: ${(error as Error).message}. What comes before is taken in`;
    throw new ProfilerError('UNUSABLE_FILE', name, problem);
  }
}

async function* split(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncIterable<string> {
  let rest = Buffer.alloc(0);
  let number = 1;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([rest, chunk.subarray(from, end)]).toString();
      rest = Buffer.alloc(0);
      from = end + 1;
      number++;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
    if (rest.length > LONGEST_LINE)
      throw new ProfilerError('INVALID_DATA', number, `is longer than ${formatBytes(LONGEST_LINE)}`);
  }
  if (rest.length > 0) yield rest.toString();
}
