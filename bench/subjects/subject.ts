/** An object with a function that others call, as a bot's modules are. */
export interface Holder {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the function of the case takes and returns.
  execute(...args: any[]): any;
}

/**
 * A way to time the calls of a function.
 *
 * Each wrapper is written out, although they resemble each other: a helper in common would carry costs from one
 * to the next. They do what people write by hand: any arguments, `this` kept, promises followed until they settle.
 */
export interface Subject {
  readonly name: string;
  /** Set where it times until the function returns, not until its promise settles. */
  readonly syncOnly?: true;
  /** Which part of the calls makes up a batch, where each costs microseconds. Default: 1. */
  readonly share?: number;
  /** Loads what it needs, and returns what times the function that it is handed. */
  load(): Promise<(holder: Holder, name: string) => void>;
  /** Does now what it puts off until after the calls: that is a part of its cost. */
  flush?(): Promise<void>;
}
