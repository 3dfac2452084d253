/** A figure that is looked at some times a second while the CPU is recorded. */
export interface Collector {
  /** Such as `Event loop`. */
  readonly name: string;
  /** What it is counted in: `%`, `bytes`, `events/s`; empty for plain numbers. */
  readonly unit?: string;
  /** The figure as it is now. What it throws is swallowed, and what is no number left out. */
  read(): number;
}

/** What of the bot the collectors look at. */
export interface Collected {
  /** How long garbage was collected so far, in ns. */
  gcNs(): number;
  /** How many requests to Discord wait for their turn. */
  waitingRequests(): number;
  /** What the client receives from Discord by, with an event `dispatch` for each; undefined where there is none. */
  readonly gateway: Gateway | undefined;
}

/** An event emitter, as far as it is needed. */
export interface Gateway {
  on(event: 'dispatch', listener: (event: Dispatched) => void): unknown;
  prependListener(event: 'dispatch', listener: (event: Dispatched) => void): unknown;
  off(event: 'dispatch', listener: (event: Dispatched) => void): unknown;
}

/** An event from Discord, as far as it is looked at. */
export interface Dispatched {
  /** With its name, such as `MESSAGE_CREATE`. */
  readonly data?: { readonly t?: unknown };
}

/** One that has begun to look, and may have something to undo. */
export type Collecting = Collector & Partial<Disposable>;

/** Begins to look; undefined where there is nothing to look at. */
export type StartCollector = (bot: Collected) => Collecting | undefined;
