import { ProfilerError } from '../../errors.ts';
import type { Profiler } from '../../profiler.ts';
import type { FormatName } from '../../sampling/formats/index.ts';
import { expectedPauseMs } from '../../sampling/recorder/heap.ts';
import {
  INTERVAL_US,
  parseInterval,
  type RecordingOptions,
  resolveRecordingOptions,
} from '../../sampling/recorder/options.ts';
import type { Recording } from '../../sampling/recorder/recording.ts';
import { INTERVAL_OPTION } from './plan.ts';
import type { CpuOptions, CpuRun, CpuService } from './service.ts';

const services = new WeakMap<Profiler, CpuService>();

/** What records for a profiler, as the pages need it. */
export function cpuServiceOf(profiler: Profiler): CpuService {
  let service = services.get(profiler);
  if (service === undefined) services.set(profiler, (service = new RecorderService(profiler)));
  return service;
}

class RecorderService implements CpuService {
  readonly #profiler: Profiler;
  #running: RecorderRun | undefined;
  #latest: RecorderRun | undefined;

  constructor(profiler: Profiler) {
    this.#profiler = profiler;
  }

  get running(): CpuRun | undefined {
    return this.#running;
  }

  get latest(): CpuRun | undefined {
    return this.#latest;
  }

  get recordings() {
    return this.#profiler.recordings.list;
  }

  expectedPauseMs({ exact }: CpuOptions): number {
    return expectedPauseMs(exact);
  }

  check(options: CpuOptions): void {
    inOwnWords(() => resolveRecordingOptions(recordingOptions(options)));
  }

  async start(options: CpuOptions, startedBy: string): Promise<CpuRun> {
    const recording = await this.#profiler.startRecording({ ...recordingOptions(options), startedBy });
    const run = new RecorderRun(recording, options, startedBy);
    this.#running = run;
    this.#latest = run;
    const over = () => {
      if (this.#running === run) this.#running = undefined;
    };
    run.done.then(over, over);
    return run;
  }

  view: CpuService['view'] = (ids, name, query) => this.#profiler.recordings.view(ids, name, query);

  export(id: string, format: string): Promise<Uint8Array> {
    return this.#profiler.recordings.export(id, format as FormatName);
  }

  exportComparison(before: string, after: string): Promise<Uint8Array> {
    return this.#profiler.recordings.exportComparison(before, after);
  }

  merge(ids: readonly string[]) {
    return this.#profiler.recordings.merge(ids);
  }
}

class RecorderRun implements CpuRun {
  readonly #recording: Recording;
  readonly options: CpuOptions;
  readonly startedBy: string;
  readonly intervalUs: number;

  constructor(recording: Recording, options: CpuOptions, startedBy: string) {
    this.#recording = recording;
    this.options = options;
    this.startedBy = startedBy;
    this.intervalUs = parseInterval(asNumber(options.interval)) ?? INTERVAL_US.default;
  }

  get progress() {
    return this.#recording.progress;
  }

  get done() {
    return this.#recording.done;
  }

  stop(): void {
    // Whoever waits for it is told by `done`.
    this.#recording.stop().catch(() => undefined);
  }

  cancel(): void {
    void this.#recording.cancel();
  }
}

function recordingOptions({
  durationMs,
  warmupMs,
  interval,
  workers,
  shards,
  exact,
  stream,
  target,
}: CpuOptions): RecordingOptions {
  const intervalUs = asNumber(interval);
  return {
    durationMs,
    ...(warmupMs !== undefined && { warmupMs }),
    ...(intervalUs !== undefined && { intervalUs }),
    ...(workers !== undefined && { workers }),
    ...(shards && { shards: 'all' as const }),
    ...(exact !== undefined && { exact }),
    ...(stream !== undefined && { stream }),
    ...(target !== undefined && { target }),
  };
}

/** What is only digits is a number of µs. */
function asNumber(interval: string | undefined): string | number | undefined {
  return interval !== undefined && /^\s*\d+\s*$/.test(interval) ? Number(interval) : interval;
}

/** Of options, errors name what the owner has typed. */
function inOwnWords(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ProfilerError) || error.code !== 'INVALID_OPTION') throw error;
    const [name, problem] = (error as ProfilerError<'INVALID_OPTION'>).details;
    throw new ProfilerError('INVALID_OPTION', name === 'intervalUs' ? INTERVAL_OPTION : name, problem);
  }
}
