import type { Context, Contexts } from '../../context/contexts.ts';
import { ProfilerError } from '../../errors.ts';
import type { ResolvedAllocationOptions } from './options.ts';
import { SampleMemory } from './sample-memory.ts';
import { type HeapProfile, HeapSampler } from './sampler.ts';

/** What one sample is made of, before it is put together. */
export interface Sampled {
  readonly profile: HeapProfile;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly pauseMs: number;
  readonly externalBytes: number;
  readonly arrayBuffersBytes: number;
  readonly heapUsedBytes: number;
  readonly notes: readonly string[];
}

/** How far a sample is. */
export interface AllocationProgress {
  /** `waiting`: for the end of the warm-up, or for a call of the target. */
  readonly stage: 'waiting' | 'sampling' | 'over';
  /** Since it began to sample, or to wait. */
  readonly elapsedMs: number;
  readonly leftMs: number;
}

/** One sample while it runs: it waits for its beginning, samples, and reads once, at its end. */
export class AllocationSampling {
  readonly options: ResolvedAllocationOptions;
  readonly #contexts: Contexts;
  readonly #done = Promise.withResolvers<Sampled>();
  readonly #undo: (() => void)[] = [];
  #stage: AllocationProgress['stage'] = 'waiting';
  #stageStartedMs = performance.now();
  #leftCalls: number;
  #call: Context | undefined;
  #sampler: HeapSampler | undefined;
  #before: NodeJS.MemoryUsage | undefined;
  #startedAtEpochMs = 0;

  constructor(options: ResolvedAllocationOptions, contexts: Contexts) {
    this.options = options;
    this.#contexts = contexts;
    this.#leftCalls = options.warmupCalls;
    this.#done.promise.catch(() => undefined);
  }

  /** Rejects with a ProfilerError; then nothing is left of it in the bot. */
  get done(): Promise<Sampled> {
    return this.#done.promise;
  }

  get progress(): AllocationProgress {
    const elapsedMs = performance.now() - this.#stageStartedMs;
    const { target, durationMs, warmupMs } = this.options;
    const isWarmingUp = this.#stage === 'waiting' && target === undefined;
    const leftMs = this.#stage === 'over' ? 0 : (isWarmingUp ? warmupMs : durationMs) - elapsedMs;
    return { stage: this.#stage, elapsedMs, leftMs: Math.max(0, leftMs) };
  }

  /** @throws ProfilerError SAMPLING_BUSY, NO_INSPECTOR, NOT_ENOUGH_MEMORY */
  start(): void {
    SampleMemory.check();
    const { target, warmupMs, signal } = this.options;
    const aborted = () => this.cancel(': it was aborted');
    signal?.addEventListener('abort', aborted, { once: true });
    this.#undo.push(() => signal?.removeEventListener('abort', aborted));
    if (signal?.aborted) aborted();
    else if (target !== undefined) this.#waitForCall(target);
    else if (warmupMs === 0) this.#begin();
    else this.#after(warmupMs, () => this.#begin());
  }

  /** Ends it now, with what there is; where it waits still, with nothing. */
  stop(): void {
    if (this.#stage === 'waiting') this.cancel(' before it began');
    if (this.#stage === 'sampling') this.#guarded(() => this.#finish([]));
  }

  /** Ends it, and throws away what there is. @param why how the sentence goes on */
  cancel(why = ''): void {
    this.#fail(new ProfilerError('RECORDING_CANCELLED', why));
  }

  #waitForCall(target: string): void {
    const use = this.#contexts.use({
      begun: (context) => {
        if (context.targetId !== target || this.#stage !== 'waiting' || this.#leftCalls-- > 0) return;
        this.#call = context;
        this.#guarded(() => this.#begin());
      },
      ended: (context) => {
        if (context === this.#call) this.#guarded(() => this.#finish([]));
      },
    });
    this.#undo.push(() => use[Symbol.dispose]());
    const { durationMs } = this.options;
    this.#after(durationMs, () => {
      if (this.#stage === 'waiting') this.cancel(`: there was no call of \`${target}\` in its time`);
    });
  }

  #begin(): void {
    const { intervalBytes, churn, durationMs, startedBy, target } = this.options;
    this.#sampler = new HeapSampler({ intervalBytes, churn }, `a sample that ${startedBy} started`);
    this.#undo.push(() => this.#sampler?.[Symbol.dispose]());
    this.#stage = 'sampling';
    this.#stageStartedMs = performance.now();
    this.#startedAtEpochMs = Date.now();
    this.#before = process.memoryUsage();
    const memory = new SampleMemory((note) => this.#guarded(() => this.#finish([note])));
    this.#undo.push(() => memory[Symbol.dispose]());
    const isOverdue = target === undefined ? [] : ['The call had not settled when the time was over.'];
    this.#after(durationMs, () => this.#finish(isOverdue));
  }

  #finish(notes: readonly string[]): void {
    if (this.#stage !== 'sampling') return;
    const durationMs = performance.now() - this.#stageStartedMs;
    const { profile, pauseMs } = this.#sampler!.read();
    const before = this.#before!;
    // Garbage was collected by the read.
    const after = process.memoryUsage();
    this.#leave();
    this.#done.resolve({
      profile,
      startedAtEpochMs: this.#startedAtEpochMs,
      durationMs,
      pauseMs,
      externalBytes: after.external - before.external,
      arrayBuffersBytes: after.arrayBuffers - before.arrayBuffers,
      heapUsedBytes: after.heapUsed - before.heapUsed,
      notes,
    });
  }

  /** What happens within the bot's own calls, and in timers: it may not throw there. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => this.#guarded(act), ms).unref();
    this.#undo.push(() => clearTimeout(timer));
  }

  #fail(reason: unknown): void {
    if (this.#stage === 'over') return;
    this.#leave();
    const error =
      reason instanceof ProfilerError ? reason : new ProfilerError('RECORDING_FAILED', String(reason));
    this.#done.reject(error);
  }

  /** Takes all out of the bot that was put there. */
  #leave(): void {
    this.#stage = 'over';
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) undo();
  }
}
