import type { Context, ContextConsumer } from '../../context/contexts.ts';

/** The fields of an entry of each log: who, and from when to when, in ns of the monotonic clock. */
export const TIMELINE_FIELDS = 3;
/** Whose code it was: nobody's that is known, or what is not to be recorded. Targets are numbered from 1. */
export const NOBODY = 0;

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
  readonly #counted: CountedCalls | undefined;
  readonly #countedContexts = new Set<Context>();
  #begun = 0;
  #ended = 0;

  constructor(counted?: CountedCalls) {
    this.#counted = counted;
  }

  /** Of those that are counted. */
  get endedCalls(): number {
    return this.#ended;
  }

  begun(context: Context): void {
    if (this.#counted === undefined || context.targetId !== this.#counted.targetId) return;
    if (this.#begun === this.#counted.count) return;
    this.#begun++;
    this.#countedContexts.add(context);
  }

  ended(context: Context): void {
    if (this.#counted !== undefined && !this.#isCounted(context)) return;
    this.#calls.add(this.#numberOf(context), context.startedAtNs, context.endedAtNs!);
    if (this.#counted === undefined || !this.#countedContexts.delete(context)) return;
    this.#ended++;
    if (this.#ended === this.#counted.count) this.#counted.enough();
  }

  ran(context: Context | undefined, fromNs: number, toNs: number): void {
    const isNobody = context === undefined || (this.#counted !== undefined && !this.#isCounted(context));
    this.#stretches.add(isNobody ? NOBODY : this.#numberOf(context), fromNs, toNs);
  }

  /** Gives away what was logged. */
  take(): TimelinePart {
    const [stretches, calls] = [this.#stretches, this.#calls];
    const newTargets = this.#newTargets;
    this.#stretches = new Log(true);
    this.#calls = new Log(false);
    this.#newTargets = [];
    return { stretches: stretches.chunks(), calls: calls.chunks(), newTargets, lost: stretches.lost };
  }

  /** Whether it is one of the calls that are counted, or was made by one. */
  #isCounted(context: Context): boolean {
    for (let at: Context | undefined = context; at !== undefined; at = at.parent) {
      if (this.#countedContexts.has(at)) return true;
    }
    return false;
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

  /** @param joins whether an entry that begins with the end of the one before, and is of the same, goes on with it */
  constructor(joins: boolean) {
    this.#joins = joins;
  }

  add(who: number, fromNs: number, toNs: number): void {
    const entries = this.#entries;
    const at = this.#length;
    if (this.#joins && at > 0 && entries[at - 1] === fromNs && entries[at - 3] === who) {
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
