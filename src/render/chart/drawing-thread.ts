import { Worker } from 'node:worker_threads';
import { ownModule } from '../../own-files.ts';
import { DrawingError } from './drawing-error.ts';
import type { DescriptionOf, DrawingName } from './drawings/index.ts';
import type { Answer, Order } from './worker.ts';

export interface DrawingThreadOptions {
  /** For how long one picture may take, the start of the thread with the first one. */
  readonly deadlineMs: number;
  /** For how long the thread waits for another picture before it ends and gives its memory back. */
  readonly idleMs: number;
  /** How many pictures may wait for their turn. */
  readonly mostWaiting: number;
  /** How much JavaScript may take in the thread, in MiB: more ends the thread, and not the bot. */
  readonly mostHeapMib: number;
}

const DEFAULTS: DrawingThreadOptions = {
  deadlineMs: 10_000,
  idleMs: 60_000,
  mostWaiting: 32,
  mostHeapMib: 128,
};

interface Job extends Order {
  resolve(png: Buffer | undefined): void;
  reject(error: DrawingError): void;
}

/** What a drawing makes is soon forgotten. With the room that V8 takes by itself, the thread takes 25 MB more. */
const YOUNG_HEAP_MIB = 4;

const WORKER = ownModule('render/chart/worker');

/**
 * Draws pictures in a thread of its own, one at a time: the bot's thread neither waits nor loads what draws. The
 * thread starts with the first picture, and ends when there was none for a while. While it waits, it does not keep the
 * process alive.
 */
export class DrawingThread implements AsyncDisposable {
  readonly #options: DrawingThreadOptions;
  readonly #waiting: Job[] = [];
  #drawn: Job | undefined;
  #worker: Worker | undefined;
  /** Until the deadline of the picture that is drawn, or until nothing was drawn for long enough. */
  #timer: NodeJS.Timeout | undefined;
  /** Why nothing is drawn any more. */
  #refusal: DrawingError | undefined;

  constructor(options: Partial<DrawingThreadOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /**
   * A PNG; undefined where there is nothing to draw.
   * @param name a kind of picture, from the list of drawings
   * @param description what it is made from: plain data
   * @throws DrawingError where there is no picture. After `unavailable` it is not tried again
   */
  draw<Name extends DrawingName>(name: Name, description: DescriptionOf<Name>): Promise<Buffer | undefined> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    if (this.#waiting.length >= this.#options.mostWaiting) {
      return Promise.reject(new DrawingError('busy', 'Too many pictures are waiting to be drawn.'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
    this.#waiting.push({ name, description, resolve, reject });
    if (this.#drawn === undefined) this.#next();
    return promise;
  }

  /** Ends the thread. What was not drawn by now is rejected. */
  async dispose(): Promise<void> {
    this.#refuse(new DrawingError('closed', 'No more pictures are drawn.'));
    await this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #next(): void {
    clearTimeout(this.#timer);
    const job = this.#waiting.shift();
    this.#drawn = job;
    if (job === undefined) {
      this.#rest();
      return;
    }
    this.#timer = setTimeout(() => {
      // If the bot's loop itself was held, the answer may have come: let it be read first.
      setImmediate(() => this.#giveUp(job));
    }, this.#options.deadlineMs).unref();
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      // Such as in a process that is not permitted to start threads.
      this.#refuse(problem('unavailable', error));
      return;
    }
    this.#worker.ref();
    try {
      this.#worker.postMessage({ name: job.name, description: job.description } satisfies Order);
    } catch (error) {
      this.#fail(problem('failed', error));
    }
  }

  #rest(): void {
    if (this.#worker === undefined) return;
    this.#worker.unref();
    this.#timer = setTimeout(() => this.#end(), this.#options.idleMs).unref();
  }

  #start(): Worker {
    // What is preloaded into the bot is not to be preloaded here, and no folders of fonts are to be read.
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const worker = new Worker(WORKER, {
      name: 'cogscope',
      execArgv: [],
      env: { ...environment, DISABLE_SYSTEM_FONTS_LOAD: '1' },
      resourceLimits: {
        maxOldGenerationSizeMb: this.#options.mostHeapMib,
        maxYoungGenerationSizeMb: YOUNG_HEAP_MIB,
      },
    });
    // One that was given up may have an answer on its way, and it will end.
    const isCurrent = () => worker === this.#worker;
    worker.on('message', (answer: Answer) => isCurrent() && this.#receive(answer));
    worker.on('error', (error: NodeJS.ErrnoException) => {
      // All else that is not caught there comes from loading the thread's own file.
      const kind = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'failed' : 'unavailable';
      if (isCurrent()) this.#lose(problem(kind, error));
    });
    worker.on(
      'exit',
      (code) => isCurrent() && this.#lose(problem('failed', `the thread ended with ${code}`)),
    );
    return worker;
  }

  #receive(answer: Answer): void {
    if ('png' in answer) {
      const { png } = answer;
      this.#drawn?.resolve(png && Buffer.from(png.buffer));
      this.#next();
    } else if (answer.problem === 'failed') {
      this.#fail(problem('failed', answer.message));
    } else {
      this.#refuse(problem('unavailable', answer.message));
      void this.#end();
    }
  }

  #giveUp(job: Job): void {
    if (job !== this.#drawn) return;
    void this.#end();
    this.#fail(new DrawingError('deadline', `There was no picture within ${this.#options.deadlineMs} ms.`));
  }

  /** The thread has ended by itself: the next picture gets another one. */
  #lose(error: DrawingError): void {
    this.#worker = undefined;
    if (error.problem === 'unavailable') this.#refuse(error);
    else this.#fail(error);
  }

  #fail(error: DrawingError): void {
    this.#drawn?.reject(error);
    this.#next();
  }

  #refuse(error: DrawingError): void {
    clearTimeout(this.#timer);
    this.#refusal ??= error;
    for (const job of [this.#drawn, ...this.#waiting.splice(0)]) job?.reject(this.#refusal);
    this.#drawn = undefined;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

const SENTENCES = {
  unavailable: 'Pictures cannot be drawn in this process',
  failed: 'The picture could not be drawn',
} as const;

function problem(kind: keyof typeof SENTENCES, cause: unknown): DrawingError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DrawingError(kind, `${SENTENCES[kind]}: ${reason}`, { cause });
}
