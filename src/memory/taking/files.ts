import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const PREFIX = 'profiler_heap_';
const EXTENSION = '.heapsnapshot';
/** Of a file that is not whole. */
const PARTIAL = '.partial';
const NAME = /^profiler_heap_(\d{8}_\d{6}_\d+)\.heapsnapshot(\.partial)?$/;
const ID = /^\d{8}_\d{6}_\d+$/;
/** Nobody writes any more to what was not written to for so long: the longest pause is shorter. */
const LEFT_BEHIND_AFTER_MS = 600_000;

/** A snapshot that is whole, on the disk of this machine. */
export interface SnapshotFile {
  /** Such as `20261121_143005_4242`: when it was taken, in UTC, and the process. */
  readonly id: string;
  readonly path: string;
  readonly takenAtEpochMs: number;
  readonly sizeBytes: number;
}

/** The snapshots in the folder of the profiler. */
export class SnapshotFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  /** Makes the folder; nobody else may read it. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.#removeLeftBehind();
  }

  newId(at = new Date()): string {
    const [day, time] = at.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
    return `${day}_${time}_${process.pid}`;
  }

  partialPathOf(id: string): string {
    return `${this.pathOf(id)}${PARTIAL}`;
  }

  pathOf(id: string): string {
    return join(this.folder, `${PREFIX}${id}${EXTENSION}`);
  }

  /** The file is whole from now on. */
  async complete(id: string): Promise<void> {
    await rename(this.partialPathOf(id), this.pathOf(id));
  }

  async discard(id: string): Promise<void> {
    await rm(this.partialPathOf(id), { force: true });
  }

  /** @returns whether it was there */
  async remove(id: string): Promise<boolean> {
    const file = await this.find(id);
    if (file !== undefined) await rm(file.path, { force: true });
    return file !== undefined;
  }

  async find(id: string): Promise<SnapshotFile | undefined> {
    return ID.test(id) ? describe(this.pathOf(id), id) : undefined;
  }

  /** Those that are whole, the newest first. What a process that was killed has left behind is removed. */
  async list(): Promise<SnapshotFile[]> {
    await this.#removeLeftBehind();
    const files = (await this.#names()).map(async (name) => {
      const [, id = '', partial] = NAME.exec(name) ?? [];
      return partial === undefined && id !== '' ? this.find(id) : undefined;
    });
    const found = (await Promise.all(files)).filter((file) => file !== undefined);
    return found.sort((a, b) => b.takenAtEpochMs - a.takenAtEpochMs);
  }

  async #removeLeftBehind(): Promise<void> {
    for (const name of await this.#names()) {
      if (!NAME.exec(name)?.[2]) continue;
      const path = join(this.folder, name);
      const written = await stat(path).catch(() => undefined);
      if (written !== undefined && Date.now() - written.mtimeMs > LEFT_BEHIND_AFTER_MS)
        await rm(path, { force: true });
    }
  }

  #names(): Promise<string[]> {
    return readdir(this.folder).catch(() => []);
  }
}

async function describe(path: string, id: string): Promise<SnapshotFile | undefined> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined || !file.isFile()) return undefined;
  return { id, path, takenAtEpochMs: file.mtimeMs, sizeBytes: file.size };
}
