import type { Stack, StackFrame } from '../cog/error-stack.ts';
import type { Outcome } from './row.ts';

/** How a call that failed ended. */
export class Failure {
  /** Class and code of what was thrown. */
  readonly kind: string;
  readonly outcome: Outcome;
  /** Unix ms. */
  readonly endedAtEpochMs: number;
  /** What was thrown, until its stack has been read. */
  thrown: unknown;
  #site: { readonly stack: Stack | undefined } | undefined;

  constructor(kind: string, outcome: Outcome, endedAtEpochMs: number, thrown: unknown) {
    this.kind = kind;
    this.outcome = outcome;
    this.endedAtEpochMs = endedAtEpochMs;
    this.thrown = thrown;
  }

  /** Undefined until it has been read, and where there was no time for it. */
  get stack(): Stack | undefined {
    return this.#site?.stack;
  }

  /** @param site the group of such errors, whose stack stands for that of each of them: it would take much memory */
  found(site: { readonly stack: Stack | undefined }): void {
    this.#site = site;
    this.thrown = undefined;
  }
}

/** One run of a target that failed. */
export interface FailedCall {
  /** Unix ms. */
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly failure: Failure;
}

/** Errors of one kind that were made in one place. */
export interface StackGroup {
  readonly kind: string;
  count: number;
  /** Unix ms. */
  readonly firstAtEpochMs: number;
  lastAtEpochMs: number;
  /** Of the last one; undefined in the group of the rest. */
  stack: Stack | undefined;
}

const LATEST = 8;
/** Stacks of one target that are waiting to be read: the latest ones. */
const MOST_WAITING = 32;
export const MOST_GROUPS = 16;
/** The kind of the group of the rest. */
export const OTHER_ERRORS = 'other';

/**
 * What is known of the failed calls of one target: the latest ones, what each single call that is kept failed with,
 * and where errors come from. Stacks are read later, as reading one takes longer than all else that is done for a
 * call; where too many come, of the latest ones.
 */
export class Failures {
  #latest: FailedCall[] = [];
  #waiting: Failure[] = [];
  /** By the place of a single call that is kept. */
  readonly #atPlace: (Failure | undefined)[] = [];
  readonly #groups = new Map<string, StackGroup>();
  #errors = 0;
  #grouped = 0;

  /**
   * @param call undefined where it was too short to be kept
   * @param places where it stands among the single calls that are kept
   */
  add(failure: Failure, call: Omit<FailedCall, 'failure'> | undefined, places: readonly number[]): void {
    if (failure.outcome === 'error') this.#errors++;
    if (call !== undefined) {
      this.#latest.unshift({ ...call, failure });
      if (this.#latest.length > LATEST) this.#latest.pop();
    }
    for (const place of places) this.#atPlace[place] = failure;
    this.#waiting.push(failure);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()!.thrown = undefined;
  }

  /** Newest first. */
  get latest(): readonly FailedCall[] {
    return this.#latest;
  }

  /** In no particular order; there are at most 16, and one for the rest. */
  get groups(): Iterable<StackGroup> {
    return this.#groups.values();
  }

  /** Errors that are in no group: their stacks were not read. */
  get ungrouped(): number {
    return this.#errors - this.#grouped;
  }

  /** What the call in a place failed with, if it did. */
  at(place: number): Failure | undefined {
    return this.#atPlace[place];
  }

  /**
   * Reads the stacks that are waiting.
   * @param mayGoOn whether there is time for one more
   * @returns whether none is left
   */
  readStacks(read: (error: unknown) => Stack, mayGoOn: () => boolean): boolean {
    const { length } = this.#waiting;
    let done = 0;
    for (; done < length && mayGoOn(); done++) {
      const failure = this.#waiting[done]!;
      const stack = read(failure.thrown);
      const group = failure.outcome === 'error' ? this.#group(failure, stack) : undefined;
      // Of one that is in no group of its own, only the top is kept.
      failure.found(group ?? { stack: { top: stack.top, frames: [] } });
    }
    this.#waiting = this.#waiting.slice(done);
    return done === length;
  }

  /** @returns undefined where it is one of the rest */
  #group({ kind, endedAtEpochMs }: Failure, stack: Stack): StackGroup | undefined {
    this.#grouped++;
    const key = `${kind}\n${siteOf(stack.top)}`;
    const isOther = !this.#groups.has(key) && this.#groups.size >= MOST_GROUPS;
    let group = this.#groups.get(isOther ? OTHER_ERRORS : key);
    if (group === undefined) {
      group = {
        kind: isOther ? OTHER_ERRORS : kind,
        count: 0,
        firstAtEpochMs: endedAtEpochMs,
        lastAtEpochMs: endedAtEpochMs,
        stack: undefined,
      };
      this.#groups.set(isOther ? OTHER_ERRORS : key, group);
    }
    group.count++;
    group.lastAtEpochMs = Math.max(group.lastAtEpochMs, endedAtEpochMs);
    if (isOther) return undefined;
    group.stack = stack;
    return group;
  }
}

function siteOf(frame: StackFrame | undefined): string {
  const { file, line, column } = frame?.location ?? {};
  return `${frame?.functionName} ${file}:${line}:${column}`;
}
