import { ProfilerError } from '../errors.ts';
import type { RecordingInfo } from './recorder/recording-info.ts';

/** Memory that threads share, so that it need not be copied for the one that reads it. */
export type RecordingBytes = Uint8Array<SharedArrayBuffer>;

export interface KeptRecording {
  readonly info: RecordingInfo;
  readonly bytes: RecordingBytes;
}

const MOST_RECORDINGS = 8;
const MOST_RECORDINGS_BYTES = 32 * 2 ** 20;

/** The latest recordings; a new one takes the place of the oldest, where there is no room beside it. */
export class KeptRecordings {
  readonly #kept = new Map<string, KeptRecording>();
  readonly #mostBytes: number;
  #count = 0;

  constructor(mostBytes = MOST_RECORDINGS_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** The latest first. */
  get list(): readonly RecordingInfo[] {
    return [...this.#kept.values()].map(({ info }) => info).reverse();
  }

  /** @throws ProfilerError UNKNOWN_RECORDING */
  get(id: string): KeptRecording {
    const found = this.#kept.get(id);
    if (found === undefined) throw new ProfilerError('UNKNOWN_RECORDING', id);
    return found;
  }

  /** Keeps it in any case, even if it is too large for others beside it. */
  add(bytes: RecordingBytes, about: Omit<RecordingInfo, 'id' | 'sizeBytes'>): RecordingInfo {
    const info = { ...about, id: String(++this.#count), sizeBytes: bytes.length };
    this.#kept.set(info.id, { info, bytes });
    for (const oldest of this.#kept.keys()) {
      const sizeBytes = [...this.#kept.values()].reduce((sum, kept) => sum + kept.bytes.length, 0);
      const fits = this.#kept.size <= MOST_RECORDINGS && sizeBytes <= this.#mostBytes;
      if (fits || oldest === info.id) break;
      this.#kept.delete(oldest);
    }
    return info;
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.#kept.delete(id);
  }
}
