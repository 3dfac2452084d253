import { monotonicNs } from '../../cog/clock.ts';
import type { Target } from '../../cog/target.ts';
import type { Moment } from './generation.ts';
import type { Generations } from './generations.ts';
import { setAsLatest } from './latest.ts';
import type { ReloadLeaks } from './report.ts';
import { type Change, type Found, Roll } from './roll.ts';
import type { ReloadSources } from './sources.ts';

/**
 * Watches what reloads leave behind. Each look compares what there is with what there was; where something was loaded
 * anew or unloaded, what is left of the old one is looked for two minutes later. Nothing is done to have garbage
 * collected. What that takes is loaded at the first reload.
 */
export class ReloadWatch implements Disposable {
  readonly #sources: ReloadSources;
  readonly #roll = new Roll();
  readonly #reloads = new Map<string, number>();
  #generations: Generations | undefined;
  #adding: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(sources: ReloadSources) {
    this.#sources = sources;
  }

  /** When each cog was last loaded anew, in Unix ms. */
  get reloads(): ReadonlyMap<string, number> {
    return this.#reloads;
  }

  /** Takes in what there is now, by id. Called whenever that may have changed. */
  look(present: ReadonlyMap<string, Target>): void {
    if (this.#isDisposed) return;
    const changes = this.#roll.look(present, this.#sources.codeOf);
    const { found } = this.#roll;
    const reloaded = changes.flatMap(({ cog, isReload }) => (isReload ? [cog] : []));
    if (changes.length > 0) {
      const at = { epochMs: Date.now(), ns: monotonicNs() };
      const now = [...found.values()];
      this.#adding = this.#adding.then(() => this.#add(changes, at, now));
    }
    for (const cog of [...reloaded, ...(this.#generations?.returned(found) ?? [])])
      setAsLatest(this.#reloads, cog, Date.now());
  }

  /** What reloads have left, as it is now. */
  async leaks(): Promise<ReloadLeaks> {
    await this.#adding;
    const none = { leaks: [], pending: 0, undecided: 0, clean: 0, unwatched: 0 };
    return this.#generations?.leaks() ?? none;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#generations?.[Symbol.dispose]();
  }

  /** Never rejects. */
  async #add(changes: readonly Change[], at: Moment, found: readonly Found[]): Promise<void> {
    try {
      const { Generations } = await import('./generations.ts');
      if (this.#isDisposed) return;
      this.#generations ??= new Generations(this.#sources, () => [...this.#roll.found.values()]);
      this.#generations.add(changes, at, found);
    } catch (error) {
      this.#sources.warn(`What reloads leave cannot be watched: ${error}`);
    }
  }
}
