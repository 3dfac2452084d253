import { setImmediate as nextTurn } from 'node:timers/promises';
import { belongings, byScript, type SameCode, sameCode } from './belongings.ts';
import { Collections } from './collections.ts';
import { Generation, type Moment, type Present } from './generation.ts';
import { setAsLatest } from './latest.ts';
import { findRemains } from './remains.ts';
import { leftByBot, type ReloadLeak, type ReloadLeaks, sentenceOf } from './report.ts';
import type { Change, Found } from './roll.ts';
import type { ReloadSources } from './sources.ts';

/** What was left on purpose, to end soon, has ended by then. */
const CHECK_AFTER_MS = 120_000;
/** How often, and until when, it is looked whether garbage was collected. */
const CHECK_EACH_MS = 60_000;
const GIVE_UP_AFTER_MS = 30 * 60_000;
const MOST_GENERATIONS = 64;

interface Watched {
  readonly generation: Generation;
  timer: NodeJS.Timeout | undefined;
  isChecked: boolean;
}

/** The reloads whose cogs may have left something. */
export class Generations implements Disposable {
  readonly #sources: ReloadSources;
  readonly #present: () => readonly Found[];
  readonly #collections = new Collections();
  /** The latest last. */
  readonly #watched: Watched[] = [];
  /** By cog: what was said last of what is left of it. */
  readonly #warned = new Map<string, string>();
  #clean = 0;
  #unwatched = 0;
  /** What is left to look into of the reloads so far. */
  #lookingInto: Promise<void> = Promise.resolve();
  #isDisposed = false;

  /** @param present tells what there is now */
  constructor(sources: ReloadSources, present: () => readonly Found[]) {
    this.#sources = sources;
    this.#present = present;
  }

  /** @param found what there was after them */
  add(changes: readonly Change[], at: Moment, found: readonly Found[]): void {
    if (this.#isDisposed) return;
    const now = presentOf(found);
    for (const change of changes) {
      const known = this.#watched.find(({ generation }) => generation.includes(change, at));
      const { generation } = known ?? this.#watch(change.cog, at);
      generation.add(change, now);
      const all = sameCode(change.certain, now.byScript);
      this.#lookingInto = this.#lookingInto.then(() => this.#addBelongings(generation, all));
    }
  }

  /** Cogs that were taken away first, and have come back by now. */
  returned(found: ReadonlyMap<string, Found>): string[] {
    return this.#watched.flatMap(({ generation }) => {
      if (generation.isReload || ![...generation.ids].some((id) => found.has(id))) return [];
      generation.isReload = true;
      return [generation.cog];
    });
  }

  /** What reloads have left, as it is now. */
  async leaks(): Promise<ReloadLeaks> {
    const looked = await this.#lookForRemains();
    const checked = looked.filter(({ isChecked }) => isChecked);
    return {
      leaks: checked.flatMap(({ leak }) => (leak.left.length > 0 ? [leak] : [])).reverse(),
      pending: looked.length - checked.length,
      undecided: checked.filter(({ leak }) => leak.left.length === 0 && leak.undecided > 0).length,
      clean: this.#clean,
      unwatched: this.#unwatched,
    };
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const { timer } of this.#watched) clearTimeout(timer);
    this.#watched.length = 0;
    this.#collections[Symbol.dispose]();
  }

  /** To look into functions takes some milliseconds: one script a turn of the loop. Never rejects. */
  async #addBelongings(generation: Generation, all: readonly SameCode[]): Promise<void> {
    for (const same of all) {
      await nextTurn();
      if (this.#isDisposed) return;
      generation.addBelongings(belongings(same, this.#sources.closureOf));
    }
  }

  #watch(cog: string, at: Moment): Watched {
    this.#collections.start();
    const generation = new Generation(cog, at, this.#collections.count);
    const watched: Watched = { generation, timer: undefined, isChecked: false };
    this.#checkAfter(watched, CHECK_AFTER_MS);
    this.#watched.push(watched);
    if (this.#watched.length > MOST_GENERATIONS) {
      const [oldest] = this.#watched.splice(0, 1);
      clearTimeout(oldest!.timer);
      if (!oldest!.isChecked) this.#unwatched++;
    }
    return watched;
  }

  #checkAfter(watched: Watched, delayMs: number): void {
    watched.timer = setTimeout(() => void this.#check(watched), delayMs).unref();
  }

  /** Never rejects. */
  async #check(watched: Watched): Promise<void> {
    watched.isChecked = true;
    watched.timer = undefined;
    try {
      const looked = await this.#lookForRemains();
      const found = looked.find(({ generation }) => generation === watched.generation);
      if (found !== undefined) this.#conclude(watched, found.leak);
    } catch (error) {
      this.#sources.warn(
        `What the reload of ${watched.generation.cog} left could not be looked for: ${error}`,
      );
    }
  }

  #conclude(watched: Watched, leak: ReloadLeak): void {
    if (leak.left.length === 0 && leak.undecided === 0) {
      this.#clean++;
      this.#watched.splice(this.#watched.indexOf(watched), 1);
    } else if (leak.undecided > 0 && Date.now() - leak.atEpochMs < GIVE_UP_AFTER_MS) {
      this.#checkAfter(watched, CHECK_EACH_MS);
    }
    // What Node itself keeps is told to those who look.
    const left = leftByBot(leak);
    if (left.length > 0) this.#warn({ ...leak, left });
    if (!this.#watched.some(({ timer }) => timer !== undefined)) this.#collections[Symbol.dispose]();
  }

  /** A cog that leaks the same at each reload is told of once. */
  #warn(leak: ReloadLeak): void {
    const what = JSON.stringify(leak.left.map(({ kind, name, place }) => [kind, name, place]));
    if (this.#warned.get(leak.cog) === what) return;
    setAsLatest(this.#warned, leak.cog, what);
    this.#sources.warn(sentenceOf(leak));
  }

  async #lookForRemains(): Promise<(Watched & { readonly leak: ReloadLeak })[]> {
    if (this.#watched.length === 0) return [];
    this.#sources.lookAgain();
    const watched = [...this.#watched];
    const generations = watched.map(({ generation }) => generation);
    const leaks = await findRemains(generations, this.#present(), this.#sources, this.#collections.count);
    return watched.map((one, at) => ({ ...one, leak: leaks[at]! }));
  }
}

function presentOf(found: readonly Found[]): Present {
  const objects = new Set<object>();
  for (const { fn, holder } of found) {
    for (const object of [fn.deref(), holder?.deref()]) if (object !== undefined) objects.add(object);
  }
  return { objects, byScript: byScript(found) };
}
