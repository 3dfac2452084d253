/** More than these are made anew: bots have no more requests under way at once. */
const MOST_SPARE = 256;

/**
 * Tells what promises settle with, before whoever waits for them learns it. What it gives to `then` is used again and
 * again: functions made for each promise, and collected after it, cost as much as the promise.
 */
export class Settlements<Subject> {
  readonly #fulfilled: (subject: Subject, value: unknown) => void;
  readonly #rejected: (subject: Subject, error: unknown) => void;
  readonly #spare: Settlement<Subject>[] = [];

  /** Neither may throw. */
  constructor(
    fulfilled: (subject: Subject, value: unknown) => void,
    rejected: (subject: Subject, error: unknown) => void,
  ) {
    this.#fulfilled = fulfilled;
    this.#rejected = rejected;
  }

  /** @returns the derived promise, so that a rejection which nobody handles is still reported */
  follow(promise: Promise<unknown>, subject: Subject): Promise<unknown> {
    const settlement = this.#spare.pop() ?? this.#create();
    settlement.subject = subject;
    return promise.then(settlement.fulfilled, settlement.rejected);
  }

  #create(): Settlement<Subject> {
    const settlement: Settlement<Subject> = {
      subject: undefined,
      fulfilled: (value) => {
        this.#fulfilled(this.#subjectOf(settlement), value);
        return value;
      },
      rejected: (error) => {
        this.#rejected(this.#subjectOf(settlement), error);
        throw error;
      },
    };
    return settlement;
  }

  /** It is free for another one from now on. */
  #subjectOf(settlement: Settlement<Subject>): Subject {
    const subject = settlement.subject!;
    settlement.subject = undefined;
    if (this.#spare.length < MOST_SPARE) this.#spare.push(settlement);
    return subject;
  }
}

/** One promise that is followed, and then another one. */
interface Settlement<Subject> {
  subject: Subject | undefined;
  readonly fulfilled: (value: unknown) => unknown;
  readonly rejected: (error: unknown) => never;
}
