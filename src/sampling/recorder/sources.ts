import { SourceMaps } from '../../frameworks/source-maps.ts';
import type { Frame } from '../profile.ts';
import type { Assembly } from './assembly.ts';
import { botFiles, sourceFrames } from './finish.ts';
import type { Answer, Order } from './messages.ts';

/** Where functions were written, and in which cogs: of each new file, the bot's thread is asked. */
export class Sources {
  readonly maps = new SourceMaps();
  /** Of each file that there was so far. */
  readonly cogs = new Map<string, string>();
  readonly #send: (answer: Answer) => void;
  readonly #compiled = new Set<string>();
  #answered: (() => void) | undefined;

  constructor(send: (answer: Answer) => void) {
    this.#send = send;
  }

  /** One at a time: whoever asks waits for the answer. */
  async framesOf(assembly: Assembly): Promise<Frame[]> {
    const compiled = botFiles(assembly.frames).filter((file) => !this.#compiled.has(file));
    for (const file of compiled) this.#compiled.add(file);
    await this.#ask('compiled', compiled);
    const frames = sourceFrames(assembly, this.maps);
    await this.#ask(
      'files',
      botFiles(frames).filter((file) => !this.cogs.has(file)),
    );
    return frames;
  }

  answer(order: Extract<Order, { kind: 'maps' | 'cogs' }>): void {
    if (order.kind === 'maps') for (const [file, payload] of order.maps) this.maps.give(file, payload);
    else for (const [file, cog] of order.cogs) this.cogs.set(file, cog);
    this.#answered?.();
  }

  async #ask(kind: 'compiled' | 'files', files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answered = resolve;
    this.#send({ kind, files });
    await promise;
  }
}
