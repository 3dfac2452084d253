import { once } from 'node:events';
import { mkdir, open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { ProfilerError } from '../../errors.ts';
import type { Profiler } from '../../profiler.ts';
import type { PageFile } from '../../render/page.ts';
import { code } from '../../render/text.ts';
import { formatBytes } from '../../render/units.ts';
import { fileName } from './file-name.ts';

const compress = promisify(gzip);

/** Where a file went, as a sentence; and the file, where Discord takes it. */
interface Placed {
  readonly sentence: string;
  readonly files?: readonly PageFile[];
}

export interface Exported extends Placed {
  /** Rows: what one target did in one minute, hour or day. */
  readonly rows: number;
}

/**
 * All figures as one file: plain, else compressed, else in the folder of the profiler.
 * @throws ProfilerError UNUSABLE_FILE; StoreError
 */
export async function exportToFile(profiler: Profiler, limitBytes: number): Promise<Exported> {
  const now = new Date();
  const { plain, compressed, rows } = await collect(profiler.exportData(), limitBytes);
  const name = fileName('data', plain === undefined ? 'jsonl.gz' : 'jsonl', now);
  const content = plain ?? compressed;
  return { rows, ...(await place(profiler, name, content, limitBytes)) };
}

/**
 * A text, or what is none, as a file: plain, else compressed, else in the folder of the profiler.
 * @throws ProfilerError UNUSABLE_FILE
 */
export async function textToFile(
  profiler: Profiler,
  {
    what,
    extension,
    text,
  }: { readonly what: string; readonly extension: string; readonly text: string | Uint8Array },
  limitBytes: number,
): Promise<Placed> {
  const plain =
    typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.length);
  const isSmall = plain.length <= limitBytes;
  const name = fileName(what, isSmall ? extension : `${extension}.gz`, new Date());
  return place(profiler, name, isSmall ? plain : await compress(plain), limitBytes);
}

async function place(profiler: Profiler, name: string, content: Buffer, limitBytes: number): Promise<Placed> {
  const size = formatBytes(content.length);
  if (content.length <= limitBytes) {
    return { sentence: `The file has it all, ${size}.`, files: [{ name, content }] };
  }
  const path = await writePrivately(profiler.options.profileDir, name, content);
  return {
    sentence: `It is too large for Discord (${size} compressed, ${formatBytes(limitBytes)} allowed), so it is on the bot's machine:\n${code(path)}`,
  };
}

/** Compresses in any case, as what is plain is let go of as soon as it is too large. */
async function collect(lines: AsyncIterable<string>, limitBytes: number) {
  const gzip = createGzip();
  const compressed: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => compressed.push(chunk));
  let plain: string[] | undefined = [];
  let plainBytes = 0;
  let rows = 0;
  for await (const line of lines) {
    const text = `${line}\n`;
    plainBytes += Buffer.byteLength(text);
    if (plainBytes > limitBytes) plain = undefined;
    plain?.push(text);
    if (line.includes('"target":')) rows++;
    if (!gzip.write(text)) await once(gzip, 'drain');
  }
  gzip.end();
  await once(gzip, 'end');
  return { plain: plain && Buffer.from(plain.join('')), compressed: Buffer.concat(compressed), rows };
}

async function writePrivately(folder: string, name: string, content: Buffer): Promise<string> {
  const path = join(resolve(folder), name);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeNew(path, content);
    return path;
  } catch (error) {
    const problem = `is too large for Discord (${formatBytes(content.length)}) and could not be written either: ${(error as Error).message}`;
    throw new ProfilerError('UNUSABLE_FILE', name, problem);
  }
}

/** A file is whole, or it is not there: the disk may be full. */
async function writeNew(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}
