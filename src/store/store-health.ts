/** What is wrong with the store. It is told once each time that it breaks, not at each try. */
export class StoreHealth {
  readonly #warn: (message: string) => void;
  #problem: string | undefined;
  #isSuperseded = false;
  #hasSkipped = false;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** As a sentence; undefined where nothing is wrong. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether another process of this bot writes there: this one goes on in memory. */
  get isSuperseded(): boolean {
    return this.#isSuperseded;
  }

  failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#problem === undefined) {
      this.#warn(`Figures cannot be kept in the store, and stay in memory until they can: ${message}`);
    }
    this.#problem = message;
  }

  /** Says that all that was to be written is written. */
  worked(): void {
    if (this.#problem === undefined || this.#isSuperseded) return;
    this.#problem = undefined;
    this.#warn('The store takes figures again: what was counted meanwhile is written.');
  }

  superseded(): void {
    this.#isSuperseded = true;
    this.#problem =
      'Another process of this bot has taken over the store: the figures of this one stay in its memory.';
    this.#warn(this.#problem);
  }

  /** To be told of values that cannot be read: one line, however many there are, and however often they are met. */
  readonly skipped = (error: Error): void => {
    if (this.#hasSkipped) return;
    this.#hasSkipped = true;
    this.#warn(`Figures in the store that cannot be read are left out. ${error.message}`);
  };
}
