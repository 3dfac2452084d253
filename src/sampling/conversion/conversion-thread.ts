import { Worker } from 'node:worker_threads';
import { ProfilerError, type ProfilerErrorCode } from '../../errors.ts';
import { ownModule } from '../../own-files.ts';
import type { ConversionName, Conversions } from './conversions.ts';
import type { Answer, Order } from './worker.ts';

export interface ConversionThreadOptions {
  /** For how long one conversion may take. */
  readonly deadlineMs: number;
  /** For how long the thread waits for another one before it ends and gives its memory back. */
  readonly idleMs: number;
  /** The file that the thread runs, and what it is called. */
  readonly worker: URL;
  readonly name: string;
}

const DEFAULTS: ConversionThreadOptions = {
  deadlineMs: 60_000,
  idleMs: 20_000,
  worker: ownModule('sampling/conversion/worker'),
  name: 'cogscope recordings',
};
const MOST_HEAP_MIB = 1_024;

interface Job {
  resolve(result: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Does what takes long with recordings in a thread of its own: it starts with the first conversion, and ends when there
 * was none for a while. While it waits, it does not keep the process alive.
 */
export class ConversionThread implements AsyncDisposable {
  readonly #options: ConversionThreadOptions;
  readonly #jobs = new Map<number, Job>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #count = 0;
  #isClosed = false;

  constructor(options: Partial<ConversionThreadOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** @throws ProfilerError as the conversion does; RECORDING_UNAVAILABLE where there is no answer */
  run<Name extends ConversionName>(
    name: Name,
    sources: Order['sources'],
    argument: Parameters<Conversions[Name]>[1],
  ): Promise<ReturnType<Conversions[Name]>> {
    return this.order(name, sources, argument) as Promise<ReturnType<Conversions[Name]>>;
  }

  /** The same of whatever the thread's file understands. */
  order(name: string, sources: Order['sources'], argument: unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#isClosed) return Promise.reject(new ProfilerError('DESTROYED'));
    clearTimeout(this.#idle);
    const job = ++this.#count;
    const late = () => this.#lose('the thread for recordings does not answer');
    // If the bot's loop itself was held, the answer may have come: let it be read first.
    const timer = setTimeout(
      () => setImmediate(() => this.#jobs.has(job) && late()),
      this.#options.deadlineMs,
    );
    this.#jobs.set(job, { resolve, reject, timer: timer.unref() });
    try {
      this.#worker ??= this.#start();
      this.#worker.ref();
      this.#worker.postMessage({ job, name, sources, argument } satisfies Omit<Order, 'name'> & {
        name: string;
      });
    } catch (error) {
      this.#take(job)?.reject(new ProfilerError('RECORDING_UNAVAILABLE', (error as Error).message));
      this.#rest();
    }
    return promise;
  }

  /** Ends the thread. What is not done by now is rejected. */
  async dispose(): Promise<void> {
    this.#isClosed = true;
    await this.#end(new ProfilerError('DESTROYED'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #start(): Worker {
    // What is preloaded into the bot is not to be preloaded here.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const worker = new Worker(this.#options.worker, {
      name: this.#options.name,
      execArgv: [],
      env,
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MIB },
    });
    const isCurrent = () => worker === this.#worker;
    worker.on('message', (answer: Answer) => isCurrent() && this.#receive(answer));
    worker.on('error', (error) => isCurrent() && this.#lose(error.message));
    worker.on('exit', (code) => isCurrent() && this.#lose(`the thread for recordings ended with ${code}`));
    return worker;
  }

  #receive(answer: Answer): void {
    const job = this.#take(answer.job);
    if ('result' in answer) job?.resolve(answer.result);
    else if ('problem' in answer) job?.reject(new ProfilerError('RECORDING_FAILED', answer.problem));
    else job?.reject(new ProfilerError(answer.code as ProfilerErrorCode, ...(answer.details as never)));
    this.#rest();
  }

  #rest(): void {
    if (this.#jobs.size > 0) return;
    this.#worker?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs).unref();
  }

  #take(number: number): Job | undefined {
    const job = this.#jobs.get(number);
    this.#jobs.delete(number);
    clearTimeout(job?.timer);
    return job;
  }

  /** The next conversion gets another thread. */
  #lose(problem: string): void {
    void this.#end(new ProfilerError('RECORDING_UNAVAILABLE', problem));
  }

  async #end(error?: ProfilerError): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    for (const job of [...this.#jobs.keys()]) this.#take(job)?.reject(error!);
    await worker?.terminate();
  }
}
