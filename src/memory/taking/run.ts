import { setTimeout as wait } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { ProfilerError } from '../../errors.ts';
import type { CogsReport } from '../snapshot/cogs.ts';
import type { CogscopeMarks } from '../snapshot/marks.ts';
import type { AnalysisStep } from '../snapshot/progress.ts';
import type { HeapReport } from '../snapshot/report.ts';
import { type MemoryUsage, readUsage } from '../usage.ts';
import type { SnapshotFile, SnapshotFiles } from './files.ts';
import type { LiveCogsSources } from './live-cogs.ts';
import type { SnapshotPlanner } from './plan.ts';

/** Rows of each table. */
const ROWS = 200;
/** Files are named by the second. */
const LATER_MS = 1_000;

/** What was found in a snapshot. */
export interface SnapshotAnalysis extends SnapshotFile {
  /** For how long the bot was held up; undefined where another process has taken it. */
  readonly pauseMs: number | undefined;
  /** What the process took just before; undefined where another process has taken it. */
  readonly usage: MemoryUsage | undefined;
  /** How long it took to look at it, beside the bot. */
  readonly analysisMs: number;
  readonly report: HeapReport;
  /** By cog; undefined where the snapshot says nothing of cogs, and there is no code of any in it. */
  readonly cogs: CogsReport | undefined;
}

/** How far it is. Before it is written, it can be cancelled. */
export interface SnapshotProgress {
  readonly stage: 'waiting' | 'being written' | 'being looked at';
  /** Of what is looked at. */
  readonly step: AnalysisStep | undefined;
  /** Of that step, from 0 to 1. */
  readonly share: number;
  /** When it is to begin, where it waits. */
  readonly beginsAtEpochMs: number | undefined;
}

/** Loaded with the first snapshot. */
export interface SnapshotTools {
  readonly files: SnapshotFiles;
  readonly planner: SnapshotPlanner;
}

interface RunSources {
  tools(): Promise<SnapshotTools>;
  readonly cogs: LiveCogsSources;
  secrets(): readonly string[];
}

/** One snapshot on its way, from the wish to what was found. */
export class SnapshotRun {
  /** What was found. */
  readonly done: Promise<SnapshotAnalysis>;
  readonly #sources: RunSources;
  readonly #end = new AbortController();
  #progress: SnapshotProgress = { stage: 'waiting', step: undefined, share: 0, beginsAtEpochMs: undefined };
  /** What has to be on the heap while it is written. */
  readonly #onHeap = new Set<CogscopeMarks>();

  constructor(sources: RunSources, work: (run: SnapshotRun) => Promise<SnapshotAnalysis>) {
    this.#sources = sources;
    this.done = work(this);
    // Who does not wait for it does not want to hear of it.
    this.done.catch(() => undefined);
  }

  get progress(): SnapshotProgress {
    return this.#progress;
  }

  /** Before it has begun, nothing is written; later the file stays, and is not looked at. */
  cancel(): void {
    this.end(new ProfilerError('SNAPSHOT_CANCELLED'));
  }

  /** @param reason what `done` rejects with */
  end(reason: ProfilerError): void {
    this.#end.abort(reason);
  }

  /** Called once, by who makes it. */
  async take(delayMs: number): Promise<SnapshotAnalysis> {
    const { signal } = this.#end;
    this.#progress = { ...this.#progress, beginsAtEpochMs: Date.now() + delayMs };
    const tools = await this.#sources.tools();
    const { files, planner } = tools;
    await planner.check(files.folder);
    if (delayMs > 0) await this.#unlessEnded(wait(delayMs, undefined, { signal, ref: false }));
    signal.throwIfAborted();
    await planner.check(files.folder);
    const { LiveCogs } = await import('./live-cogs.ts');
    const usage = readUsage();
    const { id, pauseMs } = await this.#write(tools, new LiveCogs(this.#sources.cogs).marks());
    return { ...(await this.analyse(id)), pauseMs, usage };
  }

  /** Called once, by who makes it. */
  async analyse(id: string): Promise<SnapshotAnalysis> {
    const { cogs, secrets, tools } = this.#sources;
    const { files } = await tools();
    const file = await files.find(id);
    if (file === undefined) throw new ProfilerError('UNKNOWN_SNAPSHOT', id);
    const report = (step: AnalysisStep | undefined, share: number) => {
      this.#progress = { stage: 'being looked at', step, share, beginsAtEpochMs: undefined };
    };
    report(undefined, 0);
    const [{ LiveCogs }, { analyseInThread }] = await Promise.all([
      import('./live-cogs.ts'),
      import('./analysis-thread.ts'),
    ]);
    const startedAtMs = performance.now();
    const found = await analyseInThread(
      { path: file.path, limit: ROWS, secrets: secrets() },
      {
        cogsOf: (sites) => new LiveCogs(cogs).cogsOf(sites),
        onProgress: report,
        signal: this.#end.signal,
      },
    );
    const analysisMs = performance.now() - startedAtMs;
    return { ...file, ...found, analysisMs, pauseMs: undefined, usage: undefined };
  }

  /** The file is whole, or it is not there: the disk may be full. */
  async #write(
    { files, planner }: SnapshotTools,
    marks: CogscopeMarks,
  ): Promise<{ id: string; pauseMs: number }> {
    const id = await freeId(files);
    this.#onHeap.add(marks);
    try {
      await files.prepare();
      // What a WeakRef was made for stays until the turn is over.
      await new Promise((next) => setImmediate(next));
      this.#end.signal.throwIfAborted();
      this.#progress = { ...this.#progress, stage: 'being written', beginsAtEpochMs: undefined };
      const { pauseMs } = planner.during(() => writeHeapSnapshot(files.partialPathOf(id)));
      await files.complete(id);
      return { id, pauseMs };
    } catch (error) {
      await files.discard(id).catch(() => undefined);
      if (error instanceof ProfilerError) throw error;
      throw new ProfilerError('SNAPSHOT_FAILED', (error as Error).message);
    } finally {
      this.#onHeap.delete(marks);
    }
  }

  /** A wait that is aborted rejects with an error of Node's: the reason is ours. */
  async #unlessEnded(waiting: Promise<unknown>): Promise<void> {
    await waiting.catch(() => this.#end.signal.throwIfAborted());
  }
}

async function freeId(files: SnapshotFiles): Promise<string> {
  for (let at = Date.now(); ; at += LATER_MS) {
    const id = files.newId(new Date(at));
    if ((await files.find(id)) === undefined) return id;
  }
}
