import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ProfilerError } from '../../errors.ts';
import { ownModule } from '../../own-files.ts';
import type { Answer, Order, Start } from './messages.ts';

/** A process that exits waits so long for the thread to let go; else Node would say that it waits for a debugger. */
const LET_GO_WITHIN_MS = 500;
/** What the thread has asked for before it said so is done in the first of them. */
const TURNS_TO_LET_GO = 2;
/** So long the bot's thread waits for the other one at most, where it has to. */
const READY_WITHIN_MS = 2_000;
/** A thread that does not end by itself within that is ended. */
const END_WITHIN_MS = 2_000;
/** What a recording of 300 s with many different stacks takes; more ends the thread, and not the bot. */
const MOST_HEAP_MIB = 1_024;

const WORKER = ownModule('sampling/recorder/worker');

type AnswerOf<Kind extends Answer['kind']> = Extract<Answer, { kind: Kind }>;

export interface ThreadLinkHooks {
  /** What was not asked for. */
  told(answer: Answer): void;
  /** It is gone, or cannot go on. */
  lost(error: ProfilerError): void;
}

/** The bot's end of the line to the thread that records. It keeps the process alive only while it is waited for. */
export class ThreadLink {
  readonly #worker: Worker;
  readonly #hooks: ThreadLinkHooks;
  readonly #letGo = signal();
  readonly #ready = signal();
  readonly #waiting = new Map<Answer['kind'], (answer: never) => void>();
  readonly #exited: Promise<unknown>;
  #isClosed = false;

  /** @throws ProfilerError RECORDING_UNAVAILABLE, such as in a process that may not start threads */
  constructor(start: Omit<Start, 'letGo' | 'ready'>, hooks: ThreadLinkHooks) {
    this.#hooks = hooks;
    // What is preloaded into the bot is not to be preloaded here.
    const { NODE_OPTIONS: _, ...env } = process.env;
    try {
      this.#worker = new Worker(WORKER, {
        name: 'cogscope recorder',
        execArgv: [],
        env,
        workerData: { ...start, letGo: this.#letGo, ready: this.#ready } satisfies Start,
        resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MIB },
      });
    } catch (error) {
      throw new ProfilerError('RECORDING_UNAVAILABLE', (error as Error).message);
    }
    this.#worker.on('message', (answer: Answer) => this.#receive(answer));
    this.#worker.on('error', (error) => this.#lose(error.message));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#lose(`its thread ended with ${code}`);
        process.off('exit', this.#processExits);
        resolve(code);
      });
    });
    process.on('exit', this.#processExits);
  }

  /** Holds this thread until the other one has connected to it. @returns whether it has, within some time */
  waitUntilReady(): boolean {
    return Atomics.wait(this.#ready, 0, 0, READY_WITHIN_MS) !== 'timed-out';
  }

  /** Resolves with the next answer of a kind; stays open where the link is lost. */
  next<Kind extends Answer['kind']>(kind: Kind): Promise<AnswerOf<Kind>> {
    const { promise, resolve } = Promise.withResolvers<AnswerOf<Kind>>();
    this.#waiting.set(kind, resolve);
    return promise;
  }

  post(order: Order): void {
    const moved = order.kind === 'slice' ? [...order.part.stretches, ...order.part.calls] : [];
    this.#worker.postMessage(
      order,
      moved.map(({ buffer }) => buffer),
    );
  }

  /** Whether the process is to go on until the thread has answered. */
  keepsAlive(does: boolean): void {
    if (does) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Has the thread let go of this one, and end. @param isUnwanted whether nothing is to be left on disk */
  async close(isUnwanted = false): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#worker.ref();
    this.next('letGo').then(() => this.#onceLetGo(() => this.post({ kind: 'end' })));
    this.post({ kind: 'letGo', isUnwanted });
    const terminate = () => void this.#onceLetGo(() => this.#worker.terminate());
    const timer = setTimeout(terminate, END_WITHIN_MS).unref();
    await this.#exited;
    clearTimeout(timer);
  }

  /**
   * Has the thread end when this one has let go of it as well. That happens in a turn of the loop, or an interruption of
   * JavaScript, of its own; Node then tells the thread, and aborts the process where that is just coming apart.
   */
  async #onceLetGo(end: () => unknown): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_LET_GO; turn++) await nextTurn();
    end();
  }

  /** Nothing but this runs any more: it has to wait. */
  readonly #processExits = (): void => {
    this.post({ kind: 'letGo', isUnwanted: false });
    Atomics.wait(this.#letGo, 0, 0, LET_GO_WITHIN_MS);
  };

  #receive(answer: Answer): void {
    if (this.#isClosed && answer.kind !== 'letGo') return;
    if (answer.kind === 'problem') {
      this.#lose(answer.message);
      return;
    }
    const resolve = this.#waiting.get(answer.kind);
    this.#waiting.delete(answer.kind);
    if (resolve === undefined) this.#hooks.told(answer);
    else resolve(answer as never);
  }

  #lose(problem: string): void {
    if (!this.#isClosed) this.#hooks.lost(new ProfilerError('RECORDING_FAILED', problem));
  }
}

/** What one thread sets to 1, and another one waits for. */
function signal(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}
