import type { ResolvedAllocationOptions } from './options.ts';
import type { AllocationReport } from './report.ts';
import type { AllocationProgress, AllocationSampling } from './sampling.ts';

/** A sample of allocations under way. Disposing of it stops it. */
export class AllocationRun implements AsyncDisposable {
  readonly #sampling: AllocationSampling;
  /** Fulfils with what is kept of it. Rejects with a ProfilerError. */
  readonly done: Promise<AllocationReport>;

  constructor(sampling: AllocationSampling, done: Promise<AllocationReport>) {
    this.#sampling = sampling;
    this.done = done;
    // Nobody has to ask.
    done.catch(() => undefined);
  }

  get options(): ResolvedAllocationOptions {
    return this.#sampling.options;
  }

  get progress(): AllocationProgress {
    return this.#sampling.progress;
  }

  /** Ends it now; what was sampled is kept. It holds up the bot. */
  stop(): Promise<AllocationReport> {
    this.#sampling.stop();
    return this.done;
  }

  /** Ends it now, and keeps nothing. `done` rejects with RECORDING_CANCELLED, unless it was over. */
  cancel(): void {
    this.#sampling.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }
}
