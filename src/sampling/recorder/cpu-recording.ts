import { isMainThread } from 'node:worker_threads';
import { monotonicNs } from '../../cog/clock.ts';
import { ProfilerError } from '../../errors.ts';
import { OWN_FOLDER } from '../../own-files.ts';
import { openInspector } from './availability.ts';
import { Beside } from './beside.ts';
import { answerTo, fileFor } from './bot-side.ts';
import { isExact } from './heap.ts';
import type { Answer } from './messages.ts';
import type { RecordingProgress, ResolvedRecordingOptions } from './options.ts';
import type { RecordedBytes, RecordingSurroundings } from './recording-info.ts';
import { connectHere, cure } from './session-here.ts';
import { type Slice, Slicer } from './slicer.ts';
import { ThreadLink } from './thread-link.ts';

const NS_PER_US = 1e3;
const NS_PER_MS = 1e6;
const PROGRESS_MS = 500;
/** What is written while it is recorded is written so often: as much is lost in a crash. */
const STREAMED_SLICE_MS = 1_000;
/** For so long the thread may take for its part at the start, and at the end. */
const START_WITHIN_MS = 30_000;
const FINISH_WITHIN_MS = 120_000;

/** One recording of the thread that it is made in. All that it starts ends with it. */
export class CpuRecording {
  readonly #options: ResolvedRecordingOptions;
  readonly #surroundings: RecordingSurroundings;
  readonly #beside: Beside;
  readonly #done = Promise.withResolvers<RecordedBytes>();
  readonly #warm = Promise.withResolvers<void>();
  /** What is to be undone in the bot, the latest first. */
  readonly #undo: (() => void)[] = [];
  #link: ThreadLink | undefined;
  #slicer: Slicer | undefined;
  #state: 'starting' | 'recording' | 'finishing' | 'over' = 'starting';
  /** When what is sampled begins to be kept; as long as it does not, when that is to be. */
  #startedNs = 0;
  #warmUntilNs = 0;
  #stoppedNs = 0;
  #startedAtEpochMs = 0;
  #startPauseMs = 0;
  #endPauseMs = 0;
  #rotation: NodeJS.Timeout | undefined;
  #samples = 0;
  #samplesOfMain = 0;

  constructor(options: ResolvedRecordingOptions, surroundings: RecordingSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    // The last call is to be over before.
    this.#beside = new Beside(options, surroundings, () => setImmediate(() => this.stop()));
    // Whoever has started it may never ask.
    this.#done.promise.catch(() => undefined);
  }

  /** Fulfils when it is over and complete; rejects with a ProfilerError. */
  get done(): Promise<RecordedBytes> {
    return this.#done.promise;
  }

  /** Fulfils when samples begin to be kept, or it is over. */
  get warm(): Promise<void> {
    return this.#warm.promise;
  }

  get progress(): RecordingProgress {
    const isWarm = this.#startedNs !== 0 || this.#state === 'over';
    const elapsedMs = this.#startedNs === 0 ? 0 : this.#elapsedNs() / NS_PER_MS;
    return {
      elapsedMs,
      warmupLeftMs: isWarm ? 0 : Math.max(0, this.#warmUntilNs - monotonicNs()) / NS_PER_MS,
      leftMs: this.#stoppedNs === 0 ? Math.max(0, this.#options.durationMs - elapsedMs) : 0,
      samples: this.#samples,
      rateHz: this.#samplesOfMain === 0 || elapsedMs === 0 ? 0 : this.#samplesOfMain / (elapsedMs / 1_000),
      calls: this.#beside.endedCalls,
    };
  }

  /**
   * Fulfils once it records. Rejects with a ProfilerError, as `done` does; then nothing is left of it.
   * @param atOnce whether nothing else is to run before it records: the main thread is held until the other one is there
   */
  async start(atOnce = false): Promise<void> {
    const aborted = () => this.cancel(': it was aborted');
    const { signal } = this.#options;
    signal?.addEventListener('abort', aborted, { once: true });
    this.#undo.push(() => signal?.removeEventListener('abort', aborted));
    if (signal?.aborted) aborted();
    const started = this.#start(atOnce).catch((error) => this.#fail(error));
    // It may fail, or be cancelled, while it waits for its thread.
    await Promise.race([started, this.#done.promise]);
    if (this.#state === 'over') await this.#done.promise;
  }

  /** Ends it early, with what there is. */
  stop(): void {
    if (this.#state === 'starting' || this.#startedNs === 0) this.cancel(' before it began');
    if (this.#state !== 'recording') return;
    this.#state = 'finishing';
    this.#finish().catch((error) => this.#fail(error));
  }

  /** Ends it, and throws away what there is. @param why how the sentence goes on */
  cancel(why = ''): void {
    this.#fail(new ProfilerError('RECORDING_CANCELLED', why));
  }

  async #start(atOnce: boolean): Promise<void> {
    const inspector = openInspector();
    if (this.#state !== 'starting') return;
    const startedNs = monotonicNs();
    const { name, intervalUs, target, workers, exact, stream } = this.#options;
    const late = () => this.#fail(new ProfilerError('RECORDING_FAILED', 'its thread does not start'));
    const timer = setTimeout(late, START_WITHIN_MS).unref();
    this.#undo.push(() => clearTimeout(timer));
    const link = new ThreadLink(
      {
        about: { name: name ?? this.#surroundings.name, intervalUs, nodeVersion: process.version },
        shard: this.#surroundings.shard,
        ownFolder: OWN_FOLDER,
        connects: isMainThread,
        workers,
        cures: isExact(exact),
        onlyTargets: target !== undefined,
        file: stream ? fileFor(this.#surroundings) : undefined,
      },
      { told: (answer) => this.#told(answer), lost: (error) => this.#fail(error) },
    );
    this.#link = link;
    const isHeld = atOnce && isMainThread && link.waitUntilReady();
    if (!isHeld) await link.next('ready');
    const session = isMainThread ? undefined : await connectHere(inspector, link, intervalUs);
    this.#undo.push(() => session?.disconnect());
    if (this.#state !== 'starting') return;
    const mostMs = stream ? STREAMED_SLICE_MS : undefined;
    this.#slicer = new Slicer(inspector.console, intervalUs, mostMs);
    this.#undo.push(() => this.#slicer!.stop());
    this.#startPauseMs = this.#slicer.start();
    if (isHeld) this.#startPauseMs = (monotonicNs() - startedNs) / NS_PER_MS;
    if (isExact(exact)) this.#startPauseMs += await cure(session, link);
    if (this.#state !== 'starting') return;
    clearTimeout(timer);
    this.#begin(link);
  }

  #begin(link: ThreadLink): void {
    const { warmupMs, onProgress } = this.#options;
    this.#beside.begin(warmupMs === 0);
    this.#undo.push(() => this.#beside[Symbol.dispose]());
    if (onProgress !== undefined) {
      const timer = setInterval(() => this.#tellProgress(onProgress), PROGRESS_MS).unref();
      this.#undo.push(() => clearInterval(timer));
    }
    link.keepsAlive(false);
    this.#state = 'recording';
    this.#warmUntilNs = monotonicNs() + warmupMs * NS_PER_MS;
    if (warmupMs === 0) {
      this.#keepSamples(link);
    } else {
      const timer = setTimeout(() => this.#endWarmup(link), warmupMs).unref();
      this.#undo.push(() => clearTimeout(timer));
    }
    this.#rotateLater();
  }

  #endWarmup(link: ThreadLink): void {
    try {
      // What is kept begins with a slice of its own.
      this.#send(this.#slicer!.rotate());
      this.#beside.countCalls();
      this.#keepSamples(link);
    } catch (error) {
      this.#fail(error);
    }
  }

  #keepSamples(link: ThreadLink): void {
    this.#startedAtEpochMs = Date.now();
    this.#startedNs = monotonicNs();
    const end = setTimeout(() => this.stop(), this.#options.durationMs).unref();
    this.#undo.push(() => clearTimeout(end));
    link.post({
      kind: 'begin',
      fromUs: this.#startedNs / NS_PER_US,
      startedAtEpochMs: this.#startedAtEpochMs,
      startPauseMs: this.#startPauseMs,
      counters: this.#beside.counterNames,
    });
    this.#warm.resolve();
  }

  #rotateLater(): void {
    const timer = setTimeout(() => {
      try {
        this.#send(this.#slicer!.rotate());
        this.#rotateLater();
      } catch (error) {
        this.#fail(error);
      }
    }, this.#slicer!.sliceMs).unref();
    this.#rotation = timer;
  }

  /** Sends what is known of a slice that is over, beside what V8 tells of it. */
  #send({ title, beforeUs, afterUs }: Slice): void {
    const isWarmup = this.#startedNs === 0;
    this.#link!.post({ kind: 'slice', title, beforeUs, afterUs, ...this.#beside.take(), isWarmup });
  }

  async #finish(): Promise<void> {
    const link = this.#link!;
    const late = () => this.#fail(new ProfilerError('RECORDING_FAILED', 'its thread does not answer'));
    const timer = setTimeout(late, FINISH_WITHIN_MS).unref();
    const done = link.next('done');
    this.#stoppedNs = monotonicNs();
    const last = this.#slicer!.stop()!;
    this.#endPauseMs = (monotonicNs() - this.#stoppedNs) / NS_PER_MS;
    this.#beside.end();
    this.#send(last);
    this.#leave();
    this.#undo.push(() => clearTimeout(timer));
    link.keepsAlive(true);
    link.post({ kind: 'finish', toUs: this.#stoppedNs / NS_PER_US, shard: this.#surroundings.shard });
    const { bytes, facts, file } = await done;
    if (this.#isOver) return;
    this.#state = 'over';
    this.#leave();
    await link.close();
    this.#done.resolve({
      bytes,
      facts,
      ...(file !== undefined && { file }),
      startedAtEpochMs: this.#startedAtEpochMs,
      durationMs: this.#elapsedNs() / NS_PER_MS,
      startPauseMs: this.#startPauseMs,
      endPauseMs: this.#endPauseMs,
      calls: this.#beside.endedCalls,
    });
  }

  #told(answer: Answer): void {
    if (answer.kind === 'progress') {
      this.#samples = answer.samples;
      this.#samplesOfMain = answer.ofMain;
      return;
    }
    try {
      const order = answerTo(answer, this.#surroundings);
      if (order !== undefined) this.#link!.post(order);
    } catch (error) {
      this.#fail(error);
    }
  }

  #tellProgress(onProgress: (progress: RecordingProgress) => void): void {
    try {
      onProgress(this.progress);
    } catch {
      // It is the caller's.
    }
  }

  #fail(reason: unknown): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    const error =
      reason instanceof ProfilerError ? reason : new ProfilerError('RECORDING_FAILED', String(reason));
    this.#leave();
    this.#warm.resolve();
    // It is over when its thread is.
    const isUnwanted = error.code === 'RECORDING_CANCELLED';
    const closed = this.#link?.close(isUnwanted) ?? Promise.resolve();
    closed.then(() => this.#done.reject(error));
  }

  /** Takes everything out of the bot that the recording has put there. */
  #leave(): void {
    clearTimeout(this.#rotation);
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) undo();
  }

  get #isOver(): boolean {
    return this.#state === 'over';
  }

  #elapsedNs(): number {
    return (this.#stoppedNs || monotonicNs()) - this.#startedNs;
  }
}
