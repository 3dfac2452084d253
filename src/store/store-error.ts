/** What a store can do wrong. */
const MESSAGES = {
  failed: (store: string, problem: string) => `${store} failed: ${problem}`,
  timeout: (store: string, problem: string) => `${store} does not answer: ${problem}`,
  garbage: (store: string, problem: string) => `${store} answered with what was never stored: ${problem}`,
  lost: (store: string, problem: string) => `${store} does not keep what it takes: ${problem}`,
} as const satisfies Record<string, (store: string, problem: string) => string>;

export type StoreErrorKind = keyof typeof MESSAGES;

/**
 * One call to a store that came to nothing. Most pass by themselves, so whoever gets it keeps what it wanted to
 * write, and tries again later. `cause` is what the store itself said.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, store: string, problem: string, cause?: unknown) {
    super(MESSAGES[kind](store, problem), { cause });
    this.kind = kind;
  }
}
