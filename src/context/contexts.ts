import { AsyncLocalStorage } from 'node:async_hooks';
import { monotonicNs } from '../cog/clock.ts';
import type { Books } from '../store/books.ts';
import type { Outcome } from '../store/row.ts';
import { LoopRuns } from './loop-runs.ts';
import { isSocket } from './sockets.ts';

/** One call of a tracked function, which may still run; and what it has left behind belongs to it too. */
export class Context {
  readonly books: Books;
  /** The call that made it; of those that are over, none is kept: a timer that sets itself anew has no forefathers. */
  readonly parent: Context | undefined;
  readonly startedAtNs: number;
  /** Undefined while it runs, or its promise has not settled. */
  endedAtNs: number | undefined;

  constructor(books: Books, parent: Context | undefined, startedAtNs: number) {
    this.books = books;
    this.parent = parent;
    this.startedAtNs = startedAtNs;
  }

  get targetId(): string {
    return this.books.targetId;
  }
}

/** Who wants to know whose code runs. What it throws is swallowed: the bot must not notice. */
export interface ContextConsumer {
  begun?(context: Context): void;
  ended?(context: Context, outcome: Outcome, error: unknown): void;
  /**
   * The loop ran so long for a call, or what that has left behind, without anything of others within; or for nobody
   * that is known. Stretches come in order and do not overlap. Between two of them it was idle, or busy with itself.
   */
  ran?(context: Context | undefined, fromNs: number, toNs: number): void;
  /** The loop comes back to a call, through this: a timer, the answer of the file system, a promise and so on. */
  resumed?(context: Context, resource: object, atNs: number): void;
}

/** What is stored with each asynchronous context. */
interface Place {
  readonly context: Context;
  /** Something that the call does, as its consumer has it. */
  readonly within: object | undefined;
}

type Wired = (contexts: Contexts | undefined) => void;

/**
 * Who runs on the loop. While somebody wants to know, each call of a tracked function has a context, which follows it
 * through all that it awaits. Otherwise there is nothing: no storage, no hook, and no look at it in the proxies.
 *
 * What a socket receives belongs to whoever has opened it, as Node tells it. But others use it too: that is nobody's,
 * until a promise, a timer or the like of somebody goes on.
 */
export class Contexts {
  readonly #wired: Wired;
  #consumers: readonly ContextConsumer[] = [];
  /** Those of them that are told when the loop comes back to a call. */
  #resumers: readonly ContextConsumer[] = [];
  #storage: AsyncLocalStorage<Place | undefined> | undefined;
  #runs: LoopRuns<Context> | undefined;

  /** @param wired is told what the proxies have to call; undefined where they need not */
  constructor(wired: Wired) {
    this.#wired = wired;
  }

  get isActive(): boolean {
    return this.#consumers.length > 0;
  }

  /** The call that runs now, or has left behind what runs. */
  get current(): Context | undefined {
    return this.#storage?.getStore()?.context;
  }

  /** What the present code was put into, see `runWithin`. */
  get within(): object | undefined {
    return this.#storage?.getStore()?.within;
  }

  /** Whether code of a call is on the stack; else, unless it is over, it waits for something. */
  isRunning(context: Context): boolean {
    return this.#runs?.isRunning(context) ?? false;
  }

  /** From now on tells of each call that begins, and for whom the loop runs, until it is disposed of. */
  use(consumer: ContextConsumer): Disposable {
    if (!this.isActive) this.#start();
    this.#setConsumers([...this.#consumers, consumer]);
    return {
      [Symbol.dispose]: () => {
        if (!this.#consumers.includes(consumer)) return;
        this.#setConsumers(this.#consumers.filter((other) => other !== consumer));
        if (!this.isActive) this.#stop();
      },
    };
  }

  /**
   * Runs a function, and what it leads to, as part of something that the present call does: `within` says so there.
   * Where nobody's code runs, just runs it.
   */
  runWithin<Result>(within: object, fn: () => Result): Result {
    const context = this.current;
    return context === undefined ? fn() : this.#storage!.run({ context, within }, fn);
  }

  /** A call begins. For the proxies, as are the next ones. */
  begin(books: Books): Context {
    const context = new Context(books, alive(this.current), monotonicNs());
    this.#each((consumer) => consumer.begun?.(context));
    return context;
  }

  /** Calls the function of a call that has begun just now; throws what it throws. */
  run(context: Context, fn: () => unknown): unknown {
    const storage = this.#storage;
    const runs = this.#runs;
    // Switched off by what began the call.
    if (storage === undefined || runs === undefined) return fn();
    const depth = runs.enter(context, context.startedAtNs);
    try {
      return storage.run({ context, within: undefined }, fn);
    } finally {
      runs.leave(depth);
    }
  }

  end(context: Context, outcome: Outcome, error?: unknown): void {
    context.endedAtNs = monotonicNs();
    this.#each((consumer) => consumer.ended?.(context, outcome, error));
  }

  /** Tells consumers of the stretch that runs now, as far as it has come: what follows is another one. */
  tellRunning(): void {
    this.#runs?.tell();
  }

  #setConsumers(consumers: readonly ContextConsumer[]): void {
    this.#consumers = consumers;
    this.#resumers = consumers.filter(({ resumed }) => resumed !== undefined);
  }

  #start(): void {
    // A new one each time: of the former one, stores are left in whatever still waits.
    const storage = new AsyncLocalStorage<Place | undefined>();
    this.#storage = storage;
    // Where it is kept by hooks, from its first use on, they have to come before those that look at it.
    storage.run(undefined, () => undefined);
    this.#runs = new LoopRuns<Context>({
      current: () => storage.getStore()?.context,
      isNobodys: isSocket,
      // Without a function for each of them: these are told with each promise.
      resumed: (context, resource, atNs) => {
        for (const consumer of this.#resumers) {
          try {
            consumer.resumed!(context, resource, atNs);
          } catch {
            // In a hook of Node's it would end the process.
          }
        }
      },
      ran: (context, fromNs, toNs) => {
        for (const consumer of this.#consumers) {
          try {
            consumer.ran?.(context, fromNs, toNs);
          } catch {
            // The same.
          }
        }
      },
    });
    this.#wired(this);
  }

  #stop(): void {
    this.#wired(undefined);
    this.#runs?.[Symbol.dispose]();
    this.#runs = undefined;
    this.#storage?.disable();
    this.#storage = undefined;
  }

  #each(tell: (consumer: ContextConsumer) => void): void {
    for (const consumer of this.#consumers) {
      try {
        tell(consumer);
      } catch {
        // It is not the bot's.
      }
    }
  }
}

/** The innermost call of these that is not over. */
function alive(context: Context | undefined): Context | undefined {
  let found = context;
  while (found !== undefined && found.endedAtNs !== undefined) found = found.parent;
  return found;
}
