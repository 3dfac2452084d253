import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ProfilerError } from '../../errors.ts';
import type { SnapshotFile } from '../../memory/taking/files.ts';
import type { PageFile } from '../../render/page.ts';

/**
 * A snapshot, packed, where Discord takes it; undefined where it is too large: as soon as that is seen, the rest is not
 * read.
 * @throws ProfilerError UNUSABLE_FILE
 */
export async function packed({ path }: SnapshotFile, limitBytes: number): Promise<PageFile | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    await pipeline(createReadStream(path), createGzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > limitBytes) return;
        chunks.push(chunk);
      }
    });
  } catch (error) {
    if (bytes <= limitBytes)
      throw new ProfilerError('UNUSABLE_FILE', basename(path), `cannot be read: ${(error as Error).message}`);
  }
  if (bytes > limitBytes) return undefined;
  return { name: `${basename(path)}.gz`, content: Buffer.concat(chunks) };
}
