import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AFTER_READY_MS } from '../cog/options.ts';
import { ProfilerError } from '../errors.ts';
import { ownModule } from '../own-files.ts';
import { ConversionThread } from './conversion/conversion-thread.ts';
import type { ExportOptions } from './conversion/conversions.ts';
import type { FormatName } from './formats/index.ts';
import { type KeptRecording, KeptRecordings } from './kept-recordings.ts';
import type { CpuRecording } from './recorder/cpu-recording.ts';
import {
  type RecordingOptions,
  type ResolvedRecordingOptions,
  resolveRecordingOptions,
} from './recorder/options.ts';
import { Recording } from './recorder/recording.ts';
import type { RecordedBytes, RecordingInfo, RecordingSurroundings } from './recorder/recording-info.ts';
import { takeSlot } from './recorder/slot.ts';
import {
  mustHaveOthers,
  type OtherShards,
  RecordingOfOthers,
  RecordingsForOthers,
} from './shard-recordings.ts';
import type { StartupRecording } from './startup.ts';
import type { ViewName, ViewOf, ViewQuery } from './views/index.ts';

export interface RecordingsSurroundings extends RecordingSurroundings {
  /** Whether calls of a target can be told. */
  isTracked(targetId: string): boolean;
  readonly others: OtherShards;
}

type Startup = typeof import('./startup.ts');

/** What the preload has begun to record, before there was a profiler. */
const BEGUN = Symbol.for('cogscope.startup');
const shared = globalThis as { [BEGUN]?: StartupRecording | undefined };

/** The recording of the bot's start. */
export interface StartUp {
  readonly recording: Recording;
  /** The client is ready. */
  ready(): void;
}

/** The recordings of a bot: makes them, keeps the latest, and shows them. What takes long runs in other threads. */
export class Recordings {
  readonly #surroundings: RecordingsSurroundings;
  readonly #kept = new KeptRecordings();
  readonly #thread = new ConversionThread();
  /** Asked for by other shards. */
  readonly forOthers = new RecordingsForOthers(
    (options) => this.start(options),
    (id) => this.raw(id),
  );
  #current: CpuRecording | undefined;
  #isClosed = false;

  constructor(surroundings: RecordingsSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Those that are kept, the latest first: up to 8, of up to 32 MB. */
  get list(): readonly RecordingInfo[] {
    return this.#kept.list;
  }

  /** Whether one is made in this process now. */
  get isRecording(): boolean {
    return this.#current !== undefined;
  }

  /** @throws ProfilerError UNKNOWN_RECORDING */
  get(id: string): RecordingInfo {
    return this.#kept.get(id).info;
  }

  /**
   * Fulfils once it records.
   * @throws ProfilerError INVALID_OPTION, RECORDING_BUSY with who records what, RECORDING_UNAVAILABLE,
   *   RECORDING_CANCELLED, RECORDING_FAILED; then nothing is left of it
   */
  async start(options: RecordingOptions = {}): Promise<Recording> {
    const resolved = resolveRecordingOptions(options);
    const { target, durationMs, warmupMs, shards } = resolved;
    if (shards === 'all') mustHaveOthers(this.#surroundings.others);
    // Most bots are never recorded.
    const recorder = await import('./recorder/cpu-recording.ts');
    if (this.#isClosed) throw new ProfilerError('DESTROYED');
    if (target !== undefined && !this.#surroundings.isTracked(target)) {
      throw new ProfilerError('INVALID_OPTION', 'target', 'must be the id of a target that is tracked');
    }
    const slot = takeSlot(resolved.startedBy, resolved.name ?? target ?? 'the bot', warmupMs + durationMs);
    const recording = new recorder.CpuRecording(resolved, this.#surroundings);
    this.#current = recording;
    const free = () => {
      if (this.#current === recording) this.#current = undefined;
      slot[Symbol.dispose]();
    };
    recording.done.then(free, free);
    await recording.start();
    const done = recording.done.then((recorded) => this.#keep(recorded, resolved));
    return shards === 'all' ? this.#withOthers(recording, done, resolved) : new Recording(recording, done);
  }

  /**
   * Records from now on until the client is ready, and for some time after that; or goes on with what has begun so before
   * there was a profiler.
   * @param afterReadyMs undefined where nothing is wanted but what has begun
   * @returns undefined where nothing is recorded
   * @throws ProfilerError RECORDING_BUSY
   */
  startUp(afterReadyMs: number | undefined): StartUp | undefined {
    const begun = shared[BEGUN];
    shared[BEGUN] = undefined;
    begun?.belongsTo(this.#surroundings);
    if (begun === undefined && afterReadyMs === undefined) return undefined;
    const wantedMs = afterReadyMs ?? begun?.afterReadyMs ?? AFTER_READY_MS.default;
    const startup = begun ?? this.#beginStartup(wantedMs);
    const { recording, options } = startup;
    this.#current = recording;
    const free = () => {
      if (this.#current === recording) this.#current = undefined;
    };
    recording.done.then(free, free);
    const done = recording.done.then((recorded) => this.#keep(recorded, options));
    return { ready: () => startup.ready(wantedMs), recording: new Recording(recording, done) };
  }

  /** `import()` would be too late: what is loaded meanwhile is to be recorded. */
  #beginStartup(afterReadyMs: number): StartupRecording {
    const file = fileURLToPath(ownModule('sampling/startup'));
    const startup: Startup = createRequire(file)(file);
    return new startup.StartupRecording(afterReadyMs, this.#surroundings);
  }

  /** The own recording goes on; the others are asked to begin, and to end, with it. */
  async #withOthers(
    recording: CpuRecording,
    own: Promise<RecordingInfo>,
    options: ResolvedRecordingOptions,
  ): Promise<Recording> {
    const others = new RecordingOfOthers(this.#surroundings.others, this.#surroundings.shard);
    await others.start(options);
    const done = own.then(
      async (info) => {
        // It may have been stopped before its time.
        await others.stop();
        const { recordings, notes } = await others.done();
        const all = [this.#kept.get(info.id)];
        // Where there are more shards than are kept, the first ones are in the merged one only.
        for (const { info: other, bytes } of recordings)
          all.push({ bytes, info: this.#kept.add(bytes, other) });
        return this.#merge(all, info.name, notes);
      },
      async (error) => {
        await others.cancel();
        throw error;
      },
    );
    return new Recording(recording, done);
  }

  /**
   * The file of a recording in a format.
   * @throws ProfilerError UNKNOWN_RECORDING; INVALID_OPTION for what the format does not take
   */
  export(id: string, format: FormatName, options: ExportOptions = {}): Promise<Uint8Array> {
    return this.#thread.run('export', this.#sources([id]), { format, options });
  }

  /**
   * The differential flame graph of two recordings: a page of HTML.
   * @throws ProfilerError UNKNOWN_RECORDING
   */
  exportComparison(before: string, after: string): Promise<Uint8Array> {
    return this.#thread.run('compare', this.#sources([before, after]), undefined);
  }

  /** A recording as a file of its own, which other processes read. */
  raw(id: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#kept.get(id).bytes);
  }

  /** What is shown of one recording, or of several: see `views/index.ts`. */
  view<Name extends ViewName>(
    ids: readonly string[],
    name: Name,
    query: ViewQuery<Name>,
  ): Promise<ViewOf<Name>> {
    return this.#thread.run('view', this.#sources(ids), { name, query }) as Promise<ViewOf<Name>>;
  }

  /** Makes one of several, which stay as they are. */
  async merge(ids: readonly string[], name?: string): Promise<RecordingInfo> {
    return this.#merge(
      ids.map((id) => this.#kept.get(id)),
      name,
    );
  }

  async #merge(
    recordings: readonly KeptRecording[],
    name: string | undefined,
    notes: readonly string[] = [],
  ) {
    const infos = recordings.map(({ info }) => info);
    if (infos.length === 0) throw new ProfilerError('INVALID_OPTION', 'ids', 'must name some recordings');
    const { bytes, facts, ...times } = await this.#thread.run('merge', recordings.map(sourceOf), undefined);
    const names = [...new Set(infos.map((info) => info.name))];
    return this.#kept.add(bytes, {
      ...facts,
      ...times,
      name: name ?? names.join(', '),
      startedBy: infos[0]!.startedBy,
      intervalUs: Math.min(...infos.map(({ intervalUs }) => intervalUs)),
      startPauseMs: Math.max(...infos.map(({ startPauseMs }) => startPauseMs)),
      endPauseMs: Math.max(...infos.map(({ endPauseMs }) => endPauseMs)),
      shards: [...new Set(infos.flatMap(({ shards }) => shards))].sort((a, b) => a - b),
      notes: [...new Set([...infos.flatMap((info) => info.notes), ...notes])],
      mergedFrom: infos.map(({ id }) => id),
    });
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    return this.#kept.remove(id);
  }

  /** Cancels what is recorded now, and ends all threads. */
  async dispose(): Promise<void> {
    this.#isClosed = true;
    const recording = this.#current;
    recording?.cancel(': the profiler was destroyed');
    await recording?.done.catch(() => undefined);
    await this.#thread.dispose();
  }

  #sources(ids: readonly string[]) {
    return ids.map((id) => sourceOf(this.#kept.get(id)));
  }

  #keep({ bytes, facts, ...times }: RecordedBytes, options: ResolvedRecordingOptions): RecordingInfo {
    const { name, startedBy, intervalUs, target } = options;
    const { calls, ...rest } = times;
    return this.#kept.add(bytes, {
      ...facts,
      ...rest,
      name: name ?? target ?? this.#surroundings.name,
      startedBy,
      intervalUs,
      shards: [this.#surroundings.shard],
      ...(target !== undefined && { target, calls }),
    });
  }
}

function sourceOf({ info: { id }, bytes }: KeptRecording) {
  return { id, bytes };
}
