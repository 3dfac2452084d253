import * as fs from 'node:fs';
import { dirname } from 'node:path';
import type { Profile } from '../profile.ts';
import { encodeRecording } from '../recording-file.ts';
import { PARTS_HEAD, partBytes } from '../recording-parts.ts';

/** Names files and functions of the bot: for its user only. */
const MODE = 0o600;
const FOLDER_MODE = 0o700;
const PARTIAL = '.partial';
const NEW = '.new';

type Disk = Pick<
  typeof fs,
  | 'mkdirSync'
  | 'openSync'
  | 'writeSync'
  | 'ftruncateSync'
  | 'closeSync'
  | 'writeFileSync'
  | 'renameSync'
  | 'rmSync'
>;

/**
 * A recording on disk, part by part while it is made, so that what was recorded is left of a process that crashes. Once
 * it is whole it takes another name.
 */
export class StreamedFile {
  readonly #path: string;
  readonly #disk: Disk;
  readonly #file: number;
  /** Where the last whole part ends. */
  #length = 0;
  /** Why no more is written. */
  #problem: string | undefined;
  #isOpen = true;

  /** @throws Error of the file system */
  constructor(path: string, disk: Disk = fs) {
    this.#path = path;
    this.#disk = disk;
    disk.mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
    this.#file = disk.openSync(path + PARTIAL, 'wx', MODE);
    this.#write(PARTS_HEAD);
  }

  /** What falls short, as a sentence. */
  get note(): string | undefined {
    return this.#problem === undefined
      ? undefined
      : `The file of the recording was not written any further: ${this.#problem}.`;
  }

  add(part: Profile): void {
    this.#write(partBytes(encodeRecording(part)));
  }

  /**
   * All of it is there. Where it does not fit on the disk any more, its parts stay.
   * @returns the path of what there is
   */
  finish(whole: Uint8Array): string {
    const disk = this.#disk;
    this.#close();
    try {
      disk.writeFileSync(this.#path + NEW, whole, { mode: MODE, flag: 'wx' });
      disk.renameSync(this.#path + NEW, this.#path);
      disk.rmSync(this.#path + PARTIAL, { force: true });
      this.#problem = undefined;
      return this.#path;
    } catch (error) {
      this.#problem ??= (error as Error).message;
      disk.rmSync(this.#path + NEW, { force: true });
      return this.#path + PARTIAL;
    }
  }

  /**
   * It will not become whole.
   * @param isUnwanted whether what is there is not to stay; nothing stays of what has no part
   */
  leave(isUnwanted: boolean): void {
    if (!this.#isOpen) return;
    this.#close();
    if (isUnwanted || this.#length <= PARTS_HEAD.length)
      this.#disk.rmSync(this.#path + PARTIAL, { force: true });
  }

  #close(): void {
    this.#isOpen = false;
    this.#disk.closeSync(this.#file);
  }

  #write(bytes: Uint8Array): void {
    if (this.#problem !== undefined) return;
    try {
      for (let at = 0; at < bytes.length; ) {
        at += this.#disk.writeSync(this.#file, bytes, at, bytes.length - at, this.#length + at);
      }
      this.#length += bytes.length;
    } catch (error) {
      this.#problem = (error as Error).message;
      // What is there stays readable.
      this.#disk.ftruncateSync(this.#file, this.#length);
    }
  }
}
