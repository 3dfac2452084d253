import type * as inspector from 'node:inspector';
import type { Assembly } from './assembly.ts';
import { placeFunction } from './classify.ts';
import type { RecordedThread } from './finish.ts';
import { Samples } from './samples.ts';
import { sliceTitle } from './slicer.ts';
import { NOBODY } from './timeline.ts';
import { cure, type V8Session } from './v8-session.ts';

/** A thread that is busy with something that cannot be interrupted may take so long to answer. */
const ANSWER_WITHIN_MS = 5_000;
/** As `console` of its inspector is reached there, whatever the bot has done to the global one. */
const CONSOLE = "process.getBuiltinModule('node:inspector').console";
/** In the names of our own threads. */
const TITLE = 'cogscope';

type Attached = inspector.NodeWorker.AttachedToWorkerEventDataType;
type Received = inspector.NodeWorker.ReceivedMessageFromWorkerEventDataType;
type Profile = inspector.Profiler.Profile;

export interface WorkerThreadsOptions {
  readonly intervalUs: number;
  readonly ownFolder: string | undefined;
  /** Whether V8 is to look anew at functions that it has optimised while they ran. */
  readonly cures: boolean;
  /** Turns V8's times into those of the monotonic clock; one clock serves all threads of a process. */
  readonly toUs: (v8Us: number) => number;
  readonly nowUs: () => number;
  /** From when on samples count; threads start before that. */
  readonly countsFromUs: () => number;
}

/**
 * The worker threads of the bot, by way of its own one. Whose code runs in them is not known: their samples belong to
 * what the stack says.
 */
export class WorkerThreads {
  readonly #session: V8Session;
  readonly #assembly: Assembly;
  readonly #options: WorkerThreadsOptions;
  readonly #workers = new Map<string, WorkerThread>();
  /** Those that were recorded, whether they still run or not. */
  readonly #all: WorkerThread[] = [];

  constructor(session: V8Session, assembly: Assembly, options: WorkerThreadsOptions) {
    this.#session = session;
    this.#assembly = assembly;
    this.#options = options;
  }

  /** Of all threads. */
  get samples(): number {
    return this.#all.reduce((sum, { samples }) => sum + samples.length, 0);
  }

  /** Starts with those that run, and with each that begins to. */
  async start(): Promise<void> {
    const starting: Promise<void>[] = [];
    const { session } = this.#session;
    session.on('NodeWorker.attachedToWorker', ({ params }: { params: Attached }) => {
      if (this.#isOwn(params)) return;
      const worker = new WorkerThread(params, this.#session, this.#assembly, this.#options);
      this.#workers.set(params.sessionId, worker);
      this.#all.push(worker);
      starting.push(worker.start());
    });
    session.on(
      'NodeWorker.detachedFromWorker',
      ({ params: { sessionId } }: { params: { sessionId: string } }) => {
        this.#workers.get(sessionId)?.gone();
        this.#workers.delete(sessionId);
      },
    );
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }: { params: Received }) => {
      this.#workers.get(params.sessionId)?.receive(params.message);
    });
    await this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    await Promise.all(starting);
  }

  rotate(): void {
    for (const worker of this.#workers.values()) worker.rotate();
  }

  /** Fulfils once all has come that will. */
  async stop(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
  }

  /** What was recorded. */
  threads(fromUs: number, toUs: number): RecordedThread[] {
    return this.#all.flatMap((worker) => worker.recorded(fromUs, toUs));
  }

  /** What falls short, as sentences. */
  notes(): string[] {
    return this.#all.flatMap(({ note }) => note ?? []);
  }

  #isOwn({ workerInfo: { title, url } }: Attached): boolean {
    return title.includes(TITLE) || placeFunction('', url, this.#options.ownFolder).kind === 'profiler';
  }
}

/** One of them, as a session within that of the bot's thread. */
class WorkerThread {
  readonly samples: Samples;
  note: string | undefined;
  readonly #name: string;
  readonly #id: number;
  readonly #sessionId: string;
  readonly #session: V8Session;
  readonly #assembly: Assembly;
  readonly #options: WorkerThreadsOptions;
  readonly #answers = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  readonly #ended = Promise.withResolvers<void>();
  #calls = 0;
  #slices = 0;
  #isRecording = false;
  #awaited: string | undefined;
  #fromUs = 0;
  #toUs: number | undefined;
  #startPauseMs = 0;

  constructor(
    { sessionId, workerInfo }: Attached,
    session: V8Session,
    assembly: Assembly,
    options: WorkerThreadsOptions,
  ) {
    this.#sessionId = sessionId;
    this.#name = workerInfo.title;
    this.#id = Number(workerInfo.workerId);
    this.#session = session;
    this.#assembly = assembly;
    this.#options = options;
    this.samples = new Samples(options.intervalUs);
  }

  async start(): Promise<void> {
    try {
      await this.#within(this.#start());
    } catch (error) {
      this.note = `The thread ${this.#name} was not recorded: ${(error as Error).message}.`;
    }
  }

  rotate(): void {
    if (!this.#isRecording) return;
    const next = `profile('${sliceTitle(this.#slices + 1)}')`;
    const over = `profileEnd('${sliceTitle(this.#slices)}')`;
    this.#slices++;
    this.#evaluate(`{ const it = ${CONSOLE}; it.${next}; it.${over}; }`).catch(() => undefined);
  }

  async stop(): Promise<void> {
    if (!this.#isRecording) return;
    this.#isRecording = false;
    this.#awaited = sliceTitle(this.#slices);
    try {
      this.#toUs = this.#options.nowUs();
      await this.#within(
        Promise.all([this.#evaluate(`${CONSOLE}.profileEnd('${this.#awaited}')`), this.#ended.promise]),
      );
    } catch (error) {
      this.note = `The end of the thread ${this.#name} is missing: ${(error as Error).message}.`;
    }
  }

  /** It has ended by itself. */
  gone(): void {
    if (this.#isRecording)
      this.note = `The thread ${this.#name} ended meanwhile: its last seconds are missing.`;
    this.#isRecording = false;
    this.#toUs ??= this.samples.lastUs;
    this.#ended.resolve();
    for (const answer of this.#answers.values()) answer({ error: { message: 'it has ended' } });
  }

  receive(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
      method?: string;
      params: { title?: string; profile: Profile };
    };
    if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message);
      this.#answers.delete(message.id);
    } else if (message.method === 'Profiler.consoleProfileFinished') {
      const { title, profile } = message.params;
      const fromUs = Math.max(this.#fromUs, this.#options.countsFromUs());
      this.#assembly.addSlice(this.samples, profile, this.#options.toUs, () => NOBODY, fromUs);
      if (title === this.#awaited) this.#ended.resolve();
    }
  }

  /** Nothing where there are no samples of the time that was recorded. */
  recorded(fromUs: number, toUs: number): RecordedThread[] {
    if (this.samples.length === 0) return [];
    const times = { fromUs: Math.max(fromUs, this.#fromUs), toUs: Math.min(toUs, this.#toUs ?? toUs) };
    return [
      { name: this.#name, id: this.#id, samples: this.samples, startPauseMs: this.#startPauseMs, ...times },
    ];
  }

  async #start(): Promise<void> {
    await this.#post('Profiler.enable');
    await this.#post('Profiler.setSamplingInterval', { interval: this.#options.intervalUs });
    const startedMs = performance.now();
    await this.#evaluate(`${CONSOLE}.profile('${sliceTitle(0)}')`);
    if (this.#options.cures) await cure((method, params) => this.#post(method, params));
    this.#startPauseMs = performance.now() - startedMs;
    this.#fromUs = this.#options.nowUs();
    this.#isRecording = true;
  }

  async #evaluate(expression: string): Promise<void> {
    const { exceptionDetails } = (await this.#post('Runtime.evaluate', { expression })) as {
      exceptionDetails?: { text: string };
    };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
  }

  #post(method: string, params: object = {}): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#calls;
    this.#answers.set(id, ({ result, error }) =>
      error === undefined ? resolve(result) : reject(new Error(error.message)),
    );
    const message = JSON.stringify({ id, method, params });
    this.#session
      .post('NodeWorker.sendMessageToWorker', { sessionId: this.#sessionId, message })
      .catch(reject);
    return promise;
  }

  async #within<Result>(answer: Promise<Result>): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('it does not answer')), ANSWER_WITHIN_MS);
    try {
      return await Promise.race([answer, promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
