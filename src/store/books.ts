import { Callers } from './callers.ts';
import type { Failures } from './failures.ts';
import { countErrorKind } from './row.ts';

/** One target's open books: the key to what is recorded of it. */
export class Books {
  readonly targetId: string;
  /** Since when its calls have been counted. */
  openedAtEpochMs: number;
  /** Place in the flat arrays, or -1 once closed: calls that are still running then leave no trace. */
  index: number;
  /** Kinds of errors in the open minute; there once one came. */
  errorKinds: Map<string, number> | undefined;
  /** Whether a call is to be looked at more closely before it is timed: where there is a gap, or calls have contexts. */
  goesAside = false;
  /** Calls of the open minute that went untimed. */
  untimed = 0;
  /** Timed calls that no tracked target was running for when they began. */
  withoutCaller = 0;
  /** Who called in the other ones; there once somebody did. */
  callers: Callers | undefined;
  /** What is known of failed calls; there once one came. */
  failures: Failures | undefined;
  #gap = 0;
  #skip = 0;
  #hasContexts = false;

  constructor(targetId: string, openedAtEpochMs: number, index: number) {
    this.targetId = targetId;
    this.openedAtEpochMs = openedAtEpochMs;
    this.index = index;
  }

  /** How many calls, on average, go untimed between two that are timed; 0 where each is timed. */
  get gap(): number {
    return this.#gap;
  }

  set gap(gap: number) {
    this.#gap = gap;
    this.goesAside = gap !== 0 || this.#hasContexts;
  }

  /** Whether each call has a context. */
  set hasContexts(hasContexts: boolean) {
    this.#hasContexts = hasContexts;
    this.goesAside = hasContexts || this.#gap !== 0;
  }

  /** Counts a call that may go untimed, and tells whether it does. */
  goesUntimed(): boolean {
    if (this.#gap === 0) return false;
    if (this.#skip > 0) {
      this.#skip--;
      this.untimed++;
      return true;
    }
    // Gaps of random length: of calls that come in a rhythm, equal ones would see one beat only.
    this.#skip = Math.round(Math.random() * 2 * this.#gap);
    return false;
  }

  /** Counts who calls. */
  calledBy(caller: Books | undefined): void {
    if (caller === undefined) this.withoutCaller++;
    else (this.callers ??= new Callers()).count(caller);
  }

  /** Notes the kind of an error that was counted in the open minute. */
  addErrorKind(kind: string): void {
    this.errorKinds ??= new Map();
    countErrorKind(this.errorKinds, kind);
  }

  /** Lets go what is kept beside the figures. */
  clear(): void {
    this.errorKinds = undefined;
    this.untimed = 0;
    this.withoutCaller = 0;
    this.callers = undefined;
    this.failures = undefined;
  }
}
