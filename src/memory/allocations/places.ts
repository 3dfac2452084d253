import { loadedMaps } from '../../frameworks/source-maps.ts';
import type { Frame } from '../../sampling/profile.ts';
import { isFile } from '../../sampling/recorder/classify.ts';
import type { AllocationThread } from './thread.ts';
import type { CompiledFrame } from './tree.ts';

/** A bot that makes code as it runs has functions without end. */
const MOST_KNOWN = 20_000;

/** Finds where functions were written, and whose they are. What it has found once, it knows. */
export class Places {
  readonly #thread: AllocationThread;
  readonly #cogOfFile: (file: string) => string;
  readonly #known = new Map<string, Frame>();

  constructor(thread: AllocationThread, cogOfFile: (file: string) => string) {
    this.#thread = thread;
    this.#cogOfFile = cogOfFile;
  }

  /** The functions in their order, those of the bot as they were written: where there is a source map, in the source. */
  async of(frames: readonly CompiledFrame[]): Promise<Frame[]> {
    const unknown = [...new Set(frames.filter((frame) => isMapped(frame) && !this.#known.has(keyOf(frame))))];
    if (unknown.length > 0) await this.#find(unknown);
    return frames.map((frame) => this.#known.get(keyOf(frame)) ?? this.#withCog(frame));
  }

  async #find(unknown: readonly CompiledFrame[]): Promise<void> {
    const maps = loadedMaps([...new Set(unknown.map(({ file }) => file))]);
    const places = unknown.map(({ file, line, column }) => ({ file, line, column }));
    const found = await this.#thread.run('places', { places, maps });
    if (this.#known.size + unknown.length > MOST_KNOWN) this.#known.clear();
    unknown.forEach((frame, index) => {
      this.#known.set(keyOf(frame), this.#withCog({ ...frame, ...found[index]! }));
    });
  }

  #withCog(frame: CompiledFrame): Frame {
    return frame.kind === 'bot' ? { ...frame, cog: this.#cogOfFile(frame.file) } : frame;
  }
}

function isMapped({ kind, file, line }: CompiledFrame): boolean {
  return kind === 'bot' && line > 0 && isFile(file);
}

function keyOf({ name, file, line, column }: CompiledFrame): string {
  return `${line}:${column}:${name}\n${file}`;
}
