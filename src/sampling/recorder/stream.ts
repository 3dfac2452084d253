import type * as inspector from 'node:inspector';
import { Assembly } from './assembly.ts';
import { finish, MAIN, type Recorded, type Took } from './finish.ts';
import type { Start } from './messages.ts';
import { Samples } from './samples.ts';
import type { Sources } from './sources.ts';
import { StreamedFile } from './streamed-file.ts';

/** A slice, once more. */
interface SliceAgain {
  readonly profile: inspector.Profiler.Profile;
  readonly toUs: (v8Us: number) => number;
  readonly whoAt: (atUs: number) => number;
  /** From when on its samples are new. */
  readonly after: number;
  readonly took: readonly Took[];
  readonly readings: Float64Array;
}

/** Writes slices to disk as they come, each as a recording of its own that goes on with the one before. */
export class Stream {
  readonly #start: Start;
  readonly #sources: Sources;
  readonly #file: StreamedFile;
  /** What comes of a slice without samples is told with the next. */
  #took: Took[] = [];
  #readings: Float64Array[] = [];
  #writtenUs: number | undefined;

  /** @throws Error of the file system */
  constructor(start: Start, path: string, sources: Sources) {
    this.#start = start;
    this.#sources = sources;
    this.#file = new StreamedFile(path);
  }

  get note(): string | undefined {
    return this.#file.note;
  }

  async add({ profile, toUs, whoAt, after, took, readings }: SliceAgain, recorded: Recorded): Promise<void> {
    this.#took.push(...took);
    this.#readings.push(readings);
    const assembly = new Assembly(this.#start.ownFolder);
    const samples = new Samples(this.#start.about.intervalUs);
    assembly.addSlice(samples, profile, toUs, whoAt, after);
    if (samples.length === 0) return;
    const frames = await this.#sources.framesOf(assembly);
    const { fromUs } = recorded;
    const { startPauseMs } = recorded.threads[0]!;
    const thread = { name: MAIN, id: 0, samples, startPauseMs, fromUs: this.#writtenUs ?? fromUs };
    const { lastUs } = samples;
    const told = { took: this.#took, readings: this.#readings };
    const part = { ...recorded, toUs: lastUs, assembly, threads: [thread], ...told };
    this.#file.add(finish(part, frames, this.#sources.cogs, this.#sources.maps));
    this.#took = [];
    this.#readings = [];
    this.#writtenUs = lastUs;
  }

  finish(whole: Uint8Array): string {
    return this.#file.finish(whole);
  }

  leave(isUnwanted: boolean): void {
    this.#file.leave(isUnwanted);
  }
}

/** What answers a second time as it did the first, where that can be asked in the order of time only. */
export function remembering(whoAt: (atUs: number) => number): (atUs: number) => number {
  const known = new Map<number, number>();
  return (atUs) => {
    let who = known.get(atUs);
    if (who === undefined) known.set(atUs, (who = whoAt(atUs)));
    return who;
  };
}
