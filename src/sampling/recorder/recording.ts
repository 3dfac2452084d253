import type { CpuRecording } from './cpu-recording.ts';
import type { RecordingProgress } from './options.ts';
import type { RecordingInfo } from './recording-info.ts';

/** A recording under way. Disposing of it stops it. */
export class Recording implements AsyncDisposable {
  readonly #recording: Pick<CpuRecording, 'progress' | 'warm' | 'stop' | 'cancel' | 'done'>;
  /** Fulfils with what is kept of it, once its time is over or it was stopped. Rejects with a ProfilerError. */
  readonly done: Promise<RecordingInfo>;

  constructor(
    recording: Pick<CpuRecording, 'progress' | 'warm' | 'stop' | 'cancel' | 'done'>,
    done: Promise<RecordingInfo>,
  ) {
    this.#recording = recording;
    this.done = done;
    // Nobody has to ask.
    done.catch(() => undefined);
  }

  get progress(): RecordingProgress {
    return this.#recording.progress;
  }

  /** Fulfils once samples are kept, when it has warmed up; also where it is over before. */
  get warm(): Promise<void> {
    return this.#recording.warm;
  }

  /** Ends it now; what was recorded is kept. */
  stop(): Promise<RecordingInfo> {
    this.#recording.stop();
    return this.done;
  }

  /** Ends it now, and keeps nothing. `done` rejects with RECORDING_CANCELLED, unless it was over. */
  async cancel(): Promise<void> {
    this.#recording.cancel();
    await this.#recording.done.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }
}
