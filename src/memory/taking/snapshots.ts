import type { Client } from 'discord.js';
import { ProfilerError } from '../../errors.ts';
import { secretVariables } from '../objects/redactor.ts';
import type { SnapshotChanges } from './changes.ts';
import type { SnapshotFile } from './files.ts';
import type { LiveCogsSources } from './live-cogs.ts';
import type { Machine, SnapshotPlan } from './plan.ts';
import { type SnapshotAnalysis, SnapshotRun, type SnapshotTools } from './run.ts';

/** What was found is kept of so many. */
const MOST_ANALYSES = 4;

export interface SnapshotSources extends Pick<LiveCogsSources, 'targets' | 'surroundings'> {
  readonly client: Client;
  /** The folder for files. */
  readonly profileDir: string;
  /** What all of the profiler hangs from: it is no cog's. */
  readonly profiler: readonly object[];
}

/** A snapshot on the disk, and what was found in it, where that is still known. */
export interface SnapshotInfo extends SnapshotFile {
  readonly analysis: SnapshotAnalysis | undefined;
}

/**
 * Heap snapshots of this process: taken, looked at in a thread, and kept as files. A snapshot holds all texts of the
 * bot, its token too; what is told here of one has none of the secrets that are known.
 */
export class HeapSnapshots implements Disposable {
  readonly #sources: SnapshotSources;
  readonly #machine: Machine | undefined;
  #tools: Promise<SnapshotTools> | undefined;
  readonly #analyses = new Map<string, SnapshotAnalysis>();
  #running: SnapshotRun | undefined;
  #isDisposed = false;

  /** @param machine what is asked for free memory and disk space; default: this one */
  constructor(sources: SnapshotSources, machine?: Machine) {
    this.#sources = sources;
    this.#machine = machine;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#running?.end(new ProfilerError('DESTROYED'));
  }

  /** What a snapshot would take now: how long the bot would be held up, how much memory, how large a file. */
  async plan(): Promise<SnapshotPlan> {
    const { files, planner } = await this.#load();
    return planner.plan(files.folder);
  }

  /**
   * Takes a snapshot and looks at it. **While it is written the bot does nothing else**: see `plan`. To look at it takes
   * a thread and some memory.
   * @param options.delayMs how long to wait before it begins: until then it can be cancelled
   * @returns at once; `done` says how it ended
   * @throws ProfilerError SNAPSHOT_BUSY or DESTROYED. `done` rejects with SNAPSHOT_REFUSED where memory or disk are too
   *   small, SNAPSHOT_FAILED, SNAPSHOT_CANCELLED, DESTROYED; and, where the file is there but could not be looked at,
   *   as `analyse` does
   */
  start({ delayMs = 0 }: { delayMs?: number } = {}): SnapshotRun {
    return this.#begin((run) => run.take(delayMs));
  }

  /**
   * The same, and waits for what was found.
   * @param options.signal cancels it, as long as it has not begun, or ends the thread that looks at it
   */
  async take({ signal }: { signal?: AbortSignal } = {}): Promise<SnapshotAnalysis> {
    signal?.throwIfAborted();
    const run = this.start();
    const cancel = () => run.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      return await run.done;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /**
   * Looks at a snapshot that is there, such as one of before the last start. The bot goes on meanwhile. Whose objects
   * are is what the cogs of now say of code, and what was noted when it was taken.
   * @throws ProfilerError SNAPSHOT_BUSY or DESTROYED. `done` rejects with UNKNOWN_SNAPSHOT, INVALID_SNAPSHOT,
   *   UNUSABLE_FILE, NOT_ENOUGH_MEMORY, ANALYSIS_FAILED, SNAPSHOT_CANCELLED, DESTROYED
   */
  analyse(id: string): SnapshotRun {
    return this.#begin((run) => run.analyse(id));
  }

  /** What is taken or looked at now. */
  get running(): SnapshotRun | undefined {
    return this.#running;
  }

  /** What was found in the latest one, of those that were looked at since the process started. */
  get latest(): SnapshotAnalysis | undefined {
    return [...this.#analyses.values()].sort((a, b) => b.takenAtEpochMs - a.takenAtEpochMs)[0];
  }

  /** What was found in one; undefined where it was not looked at since the process started, or four others were. */
  analysis(id: string): SnapshotAnalysis | undefined {
    return this.#analyses.get(id);
  }

  /** The snapshots in the folder of the profiler, the newest first. */
  async list(): Promise<SnapshotInfo[]> {
    const { files } = await this.#load();
    return (await files.list()).map((file) => ({ ...file, analysis: this.#analyses.get(file.id) }));
  }

  /**
   * What of which cog and class grew from one to another; both must have been looked at.
   * @throws ProfilerError UNKNOWN_SNAPSHOT
   */
  async compare(before: string, after: string): Promise<SnapshotChanges> {
    const [earlier, later] = [before, after].map((id) => {
      const { cogs } = this.#analyses.get(id) ?? {};
      if (cogs === undefined) throw new ProfilerError('UNKNOWN_SNAPSHOT', id);
      return cogs;
    });
    const { changesBetween } = await import('./changes.ts');
    return { before, after, ...changesBetween(earlier!, later!) };
  }

  /**
   * Deletes a file, and forgets what was found in it.
   * @throws ProfilerError UNKNOWN_SNAPSHOT
   */
  async remove(id: string): Promise<void> {
    this.#analyses.delete(id);
    const { files } = await this.#load();
    if (!(await files.remove(id))) throw new ProfilerError('UNKNOWN_SNAPSHOT', id);
  }

  #begin(work: (run: SnapshotRun) => Promise<SnapshotAnalysis>): SnapshotRun {
    if (this.#isDisposed) throw new ProfilerError('DESTROYED');
    if (this.#running !== undefined) throw new ProfilerError('SNAPSHOT_BUSY', this.#running.progress.stage);
    const { client, profiler, targets, surroundings } = this.#sources;
    const run = new SnapshotRun(
      {
        tools: () => this.#load(),
        cogs: { targets, surroundings, client, profiler },
        secrets: () => [client.token, ...secretVariables()].filter((secret) => typeof secret === 'string'),
      },
      work,
    );
    this.#running = run;
    const over = () => {
      if (this.#running === run) this.#running = undefined;
    };
    run.done.then((analysis) => {
      over();
      this.#keep(analysis);
    }, over);
    return run;
  }

  #load(): Promise<SnapshotTools> {
    this.#tools ??= Promise.all([import('./files.ts'), import('./plan.ts')]).then(
      ([{ SnapshotFiles }, { SnapshotPlanner }]) => ({
        files: new SnapshotFiles(this.#sources.profileDir),
        planner: new SnapshotPlanner(this.#machine),
      }),
    );
    return this.#tools;
  }

  #keep(analysis: SnapshotAnalysis): void {
    this.#analyses.delete(analysis.id);
    this.#analyses.set(analysis.id, analysis);
    for (const oldest of this.#analyses.keys()) {
      if (this.#analyses.size <= MOST_ANALYSES) break;
      this.#analyses.delete(oldest);
    }
  }
}
