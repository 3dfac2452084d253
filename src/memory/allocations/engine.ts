import type { Contexts } from '../../context/contexts.ts';
import { ProfilerError } from '../../errors.ts';
import { takeSlot } from '../../sampling/recorder/slot.ts';
import { type AllocationData, allocationData } from './data.ts';
import type { AllocationFormatName } from './formats/index.ts';
import { KeptAllocations } from './kept.ts';
import {
  type AllocationOptions,
  type ResolvedAllocationOptions,
  resolveAllocationOptions,
  resolveSourceOptions,
  type SourceOptions,
} from './options.ts';
import { Places } from './places.ts';
import type { AllocationReport } from './report.ts';
import { AllocationRun } from './run.ts';
import { AllocationSampling, type Sampled } from './sampling.ts';
import { SourceWatch } from './sources.ts';
import { AllocationThread } from './thread.ts';
import { sampledTree } from './tree.ts';

/** What sampling allocations needs of the profiler. */
export interface AllocationSurroundings {
  readonly contexts: Contexts;
  /** What the bot is called. */
  readonly name: string;
  /** Whether calls of a target can be told. */
  isTracked(targetId: string): boolean;
  /** The cog that a file of the bot belongs to. */
  cogOfFile(file: string): string;
}

/** Told how long V8 took to write out what it had sampled, at which size of the heap. */
type Paused = (pauseMs: number, heapUsedBytes: number) => void;

/** All of it that is loaded once somebody samples allocations. One of both at a time has V8's sampler. */
export class AllocationEngine implements AsyncDisposable {
  readonly #surroundings: AllocationSurroundings;
  readonly #paused: Paused;
  readonly #thread = new AllocationThread();
  readonly #places: Places;
  readonly kept = new KeptAllocations();
  #sampling: AllocationSampling | undefined;
  #run: AllocationRun | undefined;
  #sources: SourceWatch | undefined;
  #isClosed = false;

  constructor(surroundings: AllocationSurroundings, paused: Paused) {
    this.#surroundings = surroundings;
    this.#paused = paused;
    this.#places = new Places(this.#thread, (file) => surroundings.cogOfFile(file));
  }

  /** The sample that is taken now, else the last one. */
  get run(): AllocationRun | undefined {
    return this.#run;
  }

  get sources(): SourceWatch | undefined {
    return this.#sources;
  }

  start(options: AllocationOptions): AllocationRun {
    const resolved = resolveAllocationOptions(options);
    const { target, startedBy, durationMs, warmupMs } = resolved;
    if (this.#isClosed) throw new ProfilerError('DESTROYED');
    if (target !== undefined && !this.#surroundings.isTracked(target))
      throw new ProfilerError('INVALID_OPTION', 'target', 'must be the id of a target that is tracked');
    const mostMs = target === undefined ? warmupMs + durationMs : 2 * durationMs;
    const slot = takeSlot(startedBy, `the allocations of ${resolved.name ?? target ?? 'the bot'}`, mostMs);
    // There is one sampler: the watch goes on when the sample is done.
    this.#sources?.suspend();
    const sampling = new AllocationSampling(resolved, this.#surroundings.contexts);
    const free = () => {
      if (this.#sampling === sampling) this.#sampling = undefined;
      slot[Symbol.dispose]();
      this.#resumeSources();
    };
    this.#sampling = sampling;
    try {
      sampling.start();
    } catch (error) {
      sampling.cancel();
      free();
      throw error;
    }
    const done = sampling.done.finally(free).then((sampled) => this.#keep(sampled, resolved));
    this.#run = new AllocationRun(sampling, done);
    return this.#run;
  }

  /** @throws ProfilerError UNKNOWN_RECORDING; INVALID_OPTION */
  export(id: string, format: AllocationFormatName): Promise<Uint8Array> {
    return this.#thread.run('encode', { data: this.kept.get(id).data, format });
  }

  startSources(options: SourceOptions): void {
    const settings = resolveSourceOptions(options);
    if (this.#isClosed) throw new ProfilerError('DESTROYED');
    if (this.#sources?.isRunning) throw new ProfilerError('SOURCES_RUNNING');
    const watch = new SourceWatch(settings, this.#places, this.#paused);
    watch.resume();
    this.#sources = watch;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#sources?.[Symbol.dispose]();
    this.#sampling?.cancel(': the profiler was destroyed');
    await this.#thread[Symbol.asyncDispose]();
  }

  #resumeSources(): void {
    try {
      this.#sources?.resume();
    } catch (error) {
      this.#sources!.fail((error as Error).message);
    }
  }

  async #keep(sampled: Sampled, options: ResolvedAllocationOptions): Promise<AllocationReport> {
    const { profile, ...figures } = sampled;
    const { name, startedBy, intervalBytes, churn, target } = options;
    this.#paused(figures.pauseMs, process.memoryUsage().heapUsed);
    const tree = sampledTree(profile);
    const facts = {
      ...figures,
      id: this.kept.nextId(),
      name: name ?? target ?? this.#surroundings.name,
      startedBy,
      intervalBytes,
      churn,
      ...(target !== undefined && { target }),
      nodeVersion: process.version,
    };
    const data: AllocationData = allocationData(facts, tree, await this.#places.of(tree.frames));
    const report = { ...facts, ...(await this.#thread.run('tables', data)) };
    this.kept.add(data, report);
    return report;
  }
}
