import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ProfilerError } from '../../errors.ts';

const CHUNK_BYTES = 4 * 2 ** 20;
const GUNZIPPED_CHUNK_BYTES = 2 ** 20;
/** What a gzip file begins with. */
const GZIP_MAGIC = [0x1f, 0x8b];
/** Deflate makes nothing smaller than by this factor. */
const MOST_INFLATION = 1_032;

/** Where the bytes of a snapshot come from. */
export interface Source extends AsyncDisposable {
  /** For messages: the file without its folders. */
  readonly name: string;
  /** No more can come, whatever the snapshot says of itself. */
  readonly mostBytes: number;
  /** How much of it has been read, from 0 to 1. */
  readonly share: number;
  /** The next bytes, undefined at the end. They stay what they are until the next call only. */
  next(): Promise<Uint8Array | undefined>;
}

/**
 * Opens a snapshot, packed by gzip or not: its first bytes tell, not its name.
 * @throws ProfilerError UNUSABLE_FILE
 */
export async function openSource(path: string): Promise<Source> {
  const name = basename(path);
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new ProfilerError('UNUSABLE_FILE', name, problemOf(error));
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new ProfilerError('UNUSABLE_FILE', name, 'is not a file');
    const { buffer } = await handle.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0);
    const isPacked = GZIP_MAGIC.every((byte, at) => buffer[at] === byte);
    return isPacked ? new PackedFile(name, handle, stat.size) : new PlainFile(name, handle, stat.size);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function problemOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'is not there';
  return code === 'EACCES' ? 'may not be read' : `cannot be read: ${message}`;
}

class PlainFile implements Source {
  readonly name: string;
  readonly mostBytes: number;
  readonly #handle: FileHandle;
  /** One for all chunks: a new one each would be garbage outside the heap, which is collected late. */
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #read = 0;

  constructor(name: string, handle: FileHandle, sizeBytes: number) {
    this.name = name;
    this.#handle = handle;
    this.mostBytes = sizeBytes;
  }

  get share(): number {
    return this.mostBytes === 0 ? 1 : Math.min(1, this.#read / this.mostBytes);
  }

  async next(): Promise<Uint8Array | undefined> {
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, CHUNK_BYTES, this.#read);
    this.#read += bytesRead;
    return bytesRead === 0 ? undefined : this.#buffer.subarray(0, bytesRead);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

class PackedFile implements Source {
  readonly name: string;
  readonly mostBytes: number;
  readonly #sizeBytes: number;
  readonly #packed;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(name: string, handle: FileHandle, sizeBytes: number) {
    this.name = name;
    this.#sizeBytes = sizeBytes;
    this.mostBytes = sizeBytes * MOST_INFLATION;
    this.#packed = handle.createReadStream({ start: 0 });
    const unpacked = createGunzip({ chunkSize: GUNZIPPED_CHUNK_BYTES });
    // Who iterates is told of errors.
    pipeline(this.#packed, unpacked, () => undefined);
    this.#chunks = unpacked[Symbol.asyncIterator]();
  }

  get share(): number {
    return Math.min(1, this.#packed.bytesRead / this.#sizeBytes);
  }

  async next(): Promise<Uint8Array | undefined> {
    try {
      const { value, done } = await this.#chunks.next();
      return done ? undefined : value;
    } catch (error) {
      // The end of a packed file that was cut off.
      if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return undefined;
      throw new ProfilerError('UNUSABLE_FILE', this.name, `cannot be unpacked: ${(error as Error).message}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
    this.#packed.destroy();
  }
}
