import { DrawingThread } from '../../render/chart/drawing-thread.ts';
import type { DescriptionOf, DrawingName } from '../../render/chart/drawings/index.ts';

/** The thread that draws takes a third of it: the bot comes first. */
const LEAST_FREE_BYTES = 200 * 2 ** 20;

/** The pictures on pages. They are not worth more than a line in the log: pages say the same in words. */
export class Pictures {
  readonly #isWanted: boolean;
  readonly #warn: (message: string) => void;
  readonly #thread = new DrawingThread();
  #hasWarned = false;

  constructor(isWanted: boolean, warn: (message: string) => void) {
    this.#isWanted = isWanted;
    this.#warn = warn;
  }

  /** A PNG; undefined where there is to be none, or it cannot be. Never rejects. */
  readonly draw = async <Name extends DrawingName>(
    name: Name,
    description: DescriptionOf<Name>,
  ): Promise<Buffer | undefined> => {
    if (!this.#isWanted || process.availableMemory() < LEAST_FREE_BYTES) return undefined;
    try {
      return await this.#thread.draw(name, description);
    } catch (error) {
      if (!this.#hasWarned) this.#warn(`Pages are without pictures: ${(error as Error).message}`);
      this.#hasWarned = true;
      return undefined;
    }
  };

  dispose(): Promise<void> {
    return this.#thread.dispose();
  }
}
