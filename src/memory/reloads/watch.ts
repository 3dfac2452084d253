import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from 'discord.js';
import type { AnyFunction, SourceLocation, Target } from '../../cog/target.ts';
import { belongings, byScript, type SameCode, sameCode } from './belongings.ts';
import { Collections } from './collections.ts';
import { type FunctionLooks, Generation, type Present } from './generation.ts';
import { leftByBot, type ReloadLeak, type ReloadLeaks, sentenceOf } from './report.ts';
import { type Found, Roll } from './roll.ts';

/** What was left on purpose, to end soon, has ended by then. */
const CHECK_AFTER_MS = 120_000;
/** How often, and until when, it is looked whether garbage was collected. */
const CHECK_EACH_MS = 60_000;
const GIVE_UP_AFTER_MS = 30 * 60_000;
const MOST_GENERATIONS = 64;
/** Cogs whose last reload is known. */
const MOST_COGS = 1_000;

/** What watching reloads needs of the profiler. */
export interface ReloadSources extends FunctionLooks {
  readonly client: Client;
  /** The folder against which source files are named. */
  readonly rootDir: string;
  locationOf(fn: AnyFunction): SourceLocation | undefined;
  isFrameworkCode(location: SourceLocation | undefined): boolean;
  /** Has what there is looked at again, if it is at all. */
  lookAgain(): void;
  /** Visits the calls that have not settled; when they began is by `monotonicNs`. */
  forEachCall(visit: (targetId: string, startedAtNs: number) => void): void;
  warn(message: string): void;
}

interface Watched {
  readonly generation: Generation;
  timer: NodeJS.Timeout | undefined;
  isChecked: boolean;
}

/**
 * Watches what reloads leave behind. Each look compares what there is with what there was; where something was loaded
 * anew or unloaded, what is left of the old one is looked for two minutes later. Nothing is done to have garbage
 * collected.
 */
export class ReloadWatch implements Disposable {
  readonly #sources: ReloadSources;
  readonly #roll = new Roll();
  readonly #collections = new Collections();
  /** The latest last. */
  readonly #watched: Watched[] = [];
  readonly #reloads = new Map<string, number>();
  /** By cog: what was said last of what is left of it. */
  readonly #warned = new Map<string, string>();
  #clean = 0;
  #unwatched = 0;
  /** What is left to look into of the reloads so far. */
  #lookingInto: Promise<void> = Promise.resolve();
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
    const now = changes.length === 0 ? NOTHING : presentOf([...found.values()]);
    for (const change of changes) {
      const known = this.#watched.find(({ generation }) => generation.includes(change));
      const { generation } = known ?? this.#watch(change.cog);
      generation.add(change, now);
      const all = sameCode(change.certain, now.byScript);
      this.#lookingInto = this.#lookingInto.then(() => this.#addBelongings(generation, all));
      if (generation.isReload) this.#noteReload(change.cog);
    }
    for (const { generation } of this.#watched) {
      // What was taken away first, and loaded anew after a while.
      if (generation.isReload || ![...generation.ids].some((id) => found.has(id))) continue;
      generation.isReload = true;
      this.#noteReload(generation.cog);
    }
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

  #watch(cog: string): Watched {
    this.#collections.start();
    const generation = new Generation(cog, this.#collections.count);
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
    // Needed at reloads alone.
    const { findRemains } = await import('./remains.ts');
    if (this.#watched.length === 0) return [];
    this.#sources.lookAgain();
    const watched = [...this.#watched];
    const generations = watched.map(({ generation }) => generation);
    const present = [...this.#roll.found.values()];
    const leaks = await findRemains(generations, present, this.#sources, this.#collections.count);
    return watched.map((one, at) => ({ ...one, leak: leaks[at]! }));
  }

  #noteReload(cog: string): void {
    setAsLatest(this.#reloads, cog, Date.now());
  }
}

const NOTHING: Present = { objects: new Set(), byScript: new Map() };

function presentOf(found: readonly Found[]): Present {
  const objects = new Set<object>();
  for (const { fn, holder } of found) {
    for (const object of [fn.deref(), holder?.deref()]) if (object !== undefined) objects.add(object);
  }
  return { objects, byScript: byScript(found) };
}

function setAsLatest<T>(map: Map<string, T>, cog: string, value: T): void {
  map.delete(cog);
  map.set(cog, value);
  if (map.size > MOST_COGS) map.delete(map.keys().next().value!);
}
