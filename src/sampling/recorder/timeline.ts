import type { Context, ContextConsumer } from '../../context/contexts.ts';
import { Pairs } from '../pairs.ts';

/** The fields of an entry of each log: who, and from when to when, in ns of the monotonic clock. */
export const TIMELINE_FIELDS = 3;
/** Whose code it was: nobody's that is known, or what is not to be recorded. Paths are numbered from 1, as targets are. */
export const NOBODY = 0;

/** Of the calls that a call is within, so many are told, the innermost ones: recursion is without an end. */
const MOST_AROUND = 16;
/** Where there are more ways to come to a call, those that are new are not told. */
const MOST_PATHS = 2 ** 16;

/** What a step of a path is, added to twice the number of its target: it runs, or it waits for what comes next. */
const RUNS = 0;
export const AWAITS = 1;

/** From one continuation of a promise to the next there is hardly a tenth of it; each would be an entry of its own. */
const JOIN_NS = 1_000;

/** 192 KB each. */
const CHUNK_ENTRIES = 8_192;
/** 24 MB: what a busy bot makes while its loop is held for some seconds. */
const MOST_CHUNKS = 128;

/** What was logged since the last time; the columns are given away. */
export interface TimelinePart {
  readonly stretches: readonly Float64Array<ArrayBuffer>[];
  readonly calls: readonly Float64Array<ArrayBuffer>[];
  /** The ids of those targets that are new, in the order of their numbers. */
  readonly newTargets: readonly string[];
  /** Those paths that are new, in the order of their numbers: see `CallPaths`. */
  readonly newPaths: Int32Array;
  /** Stretches that there was no room for. */
  readonly lost: number;
}

/** Which calls are recorded, where not all are. */
export interface CountedCalls {
  readonly targetId: string;
  readonly count: number;
  /** The last of them has ended. */
  enough(): void;
}

/** Logs whose code runs from when to when, and which calls there were. It does as little as it can. */
export class Timeline implements ContextConsumer {
  #stretches = new Log(true);
  #calls = new Log(false);
  readonly #numbers = new Map<string, number>();
  #newTargets: string[] = [];
  /** A path, or 0, and the step that it goes on by. */
  readonly #paths = new Pairs();
  #toldPaths = 0;
  readonly #around: Context[] = [];
  /** Whose code ran last: mostly, it is the same one's as before. */
  #lastContext: Context | undefined;
  #lastWho = NOBODY;
  readonly #counted: CountedCalls | undefined;
  readonly #isRunning: (context: Context) => boolean;
  readonly #countedContexts = new Set<Context>();
  #begun = 0;
  /** Whether calls that begin now are counted. */
  isCounting = true;
  #ended = 0;

  /** @param isRunning whether code of a call is on the stack while it is told what runs */
  constructor(counted?: CountedCalls, isRunning: (context: Context) => boolean = () => false) {
    this.#counted = counted;
    this.#isRunning = isRunning;
  }

  /** Of those that are counted. */
  get endedCalls(): number {
    return this.#ended;
  }

  begun(context: Context): void {
    if (this.#counted === undefined || context.targetId !== this.#counted.targetId) return;
    if (!this.isCounting || this.#begun === this.#counted.count) return;
    this.#begun++;
    this.#countedContexts.add(context);
  }

  ended(context: Context): void {
    if (!this.isOfCounted(context)) return;
    this.#calls.add(this.#numberOf(context), context.startedAtNs, context.endedAtNs!);
    if (this.#counted === undefined || !this.#countedContexts.delete(context)) return;
    this.#ended++;
    if (this.#ended === this.#counted.count) this.#counted.enough();
  }

  ran(context: Context | undefined, fromNs: number, toNs: number): void {
    const isNobody = context === undefined || !this.isOfCounted(context);
    this.#stretches.add(isNobody ? NOBODY : this.#whoOf(context), fromNs, toNs);
  }

  /** Whether what a call does is recorded; undefined for nobody's. */
  isOfCounted(context: Context | undefined): boolean {
    return this.#counted === undefined || (context !== undefined && this.#isCounted(context));
  }

  /** Gives away what was logged. */
  take(): TimelinePart {
    const [stretches, calls] = [this.#stretches, this.#calls];
    const newTargets = this.#newTargets;
    this.#stretches = new Log(true);
    this.#calls = new Log(false);
    this.#newTargets = [];
    const newPaths = this.#takePaths();
    return {
      stretches: stretches.chunks(),
      calls: calls.chunks(),
      newTargets,
      newPaths,
      lost: stretches.lost,
    };
  }

  /** Whether it is one of the calls that are counted, or was made by one. */
  #isCounted(context: Context): boolean {
    for (let at: Context | undefined = context; at !== undefined; at = at.parent) {
      if (this.#countedContexts.has(at)) return true;
    }
    return false;
  }

  /** The number of the path to a call: through those that it is within, and that are not over. */
  #whoOf(context: Context): number {
    if (context.parent !== undefined) return this.#pathTo(context);
    if (context === this.#lastContext) return this.#lastWho;
    this.#lastContext = context;
    this.#lastWho = this.#paths.of(NOBODY, RUNS + 2 * this.#numberOf(context)) + 1;
    return this.#lastWho;
  }

  #pathTo(context: Context): number {
    const around = this.#around;
    let count = 0;
    for (let at = context.parent; at !== undefined && count < MOST_AROUND; at = at.parent) {
      if (at.endedAtNs === undefined) around[count++] = at;
    }
    let path = NOBODY;
    if (this.#paths.size > MOST_PATHS) count = 0;
    while (count > 0) {
      const call = around[--count]!;
      const step = (this.#isRunning(call) ? RUNS : AWAITS) + 2 * this.#numberOf(call);
      path = this.#paths.of(path, step) + 1;
    }
    return this.#paths.of(path, RUNS + 2 * this.#numberOf(context)) + 1;
  }

  #takePaths(): Int32Array {
    const taken: number[] = [];
    for (; this.#toldPaths < this.#paths.size; this.#toldPaths++) {
      taken.push(this.#paths.firstOf(this.#toldPaths), this.#paths.secondOf(this.#toldPaths));
    }
    return Int32Array.from(taken);
  }

  #numberOf(context: Context): number {
    const id = context.targetId;
    let number = this.#numbers.get(id);
    if (number === undefined) {
      this.#newTargets.push(id);
      number = this.#numbers.size + 1;
      this.#numbers.set(id, number);
    }
    return number;
  }
}

/** Entries in the order of their ends. */
class Log {
  readonly #joins: boolean;
  readonly #full: Float64Array<ArrayBuffer>[] = [];
  #entries = new Float64Array(CHUNK_ENTRIES * TIMELINE_FIELDS);
  #length = 0;
  lost = 0;

  /** @param joins whether an entry that begins where the one before ends, and is of the same, goes on with it */
  constructor(joins: boolean) {
    this.#joins = joins;
  }

  add(who: number, fromNs: number, toNs: number): void {
    const entries = this.#entries;
    const at = this.#length;
    if (this.#joins && at > 0 && entries[at - 3] === who && fromNs - entries[at - 1]! < JOIN_NS) {
      entries[at - 1] = toNs;
      return;
    }
    if (at === entries.length) {
      if (this.#full.length === MOST_CHUNKS - 1) {
        this.lost++;
        return;
      }
      this.#full.push(entries);
      this.#entries = new Float64Array(CHUNK_ENTRIES * TIMELINE_FIELDS);
      this.#length = 0;
      this.add(who, fromNs, toNs);
      return;
    }
    entries[at] = who;
    entries[at + 1] = fromNs;
    entries[at + 2] = toNs;
    this.#length = at + TIMELINE_FIELDS;
  }

  chunks(): Float64Array<ArrayBuffer>[] {
    return this.#length === 0 ? this.#full : [...this.#full, this.#entries.slice(0, this.#length)];
  }
}
