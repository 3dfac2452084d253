import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ProfilerError, type ProfilerErrorCode } from '../../errors.ts';
import { ownModule } from '../../own-files.ts';
import type { CogsOfSites } from '../snapshot/code.ts';
import type { CogsReport } from '../snapshot/cogs.ts';
import type { ProgressListener } from '../snapshot/progress.ts';
import type { HeapReport } from '../snapshot/report.ts';
import type { AnalysisMessage, AnalysisOrder } from './worker.ts';

const WORKER = ownModule('memory/taking/worker');
/** Columns of numbers, which are the most of it, lie outside this heap and are held against the free memory. */
const MOST_HEAP_MIB = 1_024;

export interface Analysed {
  readonly report: HeapReport;
  readonly cogs: CogsReport | undefined;
}

export interface AnalysisOptions {
  readonly cogsOf: CogsOfSites;
  readonly onProgress: ProgressListener;
  /** Ends the thread. */
  readonly signal: AbortSignal;
}

/**
 * Looks at a snapshot in a thread of its own, with a heap of its own: the bot goes on, and where memory runs out, only
 * the thread ends.
 * @throws ProfilerError INVALID_SNAPSHOT, UNUSABLE_FILE, NOT_ENOUGH_MEMORY, ANALYSIS_FAILED; the reason of the signal
 */
export async function analyseInThread(
  order: AnalysisOrder,
  { cogsOf, onProgress, signal }: AnalysisOptions,
): Promise<Analysed> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Analysed>();
  const fail = (problem: string) =>
    reject(new ProfilerError('ANALYSIS_FAILED', basename(order.path), problem));
  // What is preloaded into the bot is not to be preloaded here.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const worker = new Worker(WORKER, {
    name: 'cogscope heap snapshot',
    workerData: order,
    execArgv: [],
    env,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MIB },
  });
  worker.unref();
  const receive = (message: AnalysisMessage) => {
    switch (message.kind) {
      case 'progress':
        onProgress(message.step, message.share);
        break;
      case 'sites':
        cogsOf(message.sites).then((cogs) => worker.postMessage(cogs), reject);
        break;
      case 'done':
        resolve(message);
        break;
      case 'error':
        reject(new ProfilerError(message.code as ProfilerErrorCode, ...(message.details as never)));
        break;
      case 'problem':
        fail(message.problem);
    }
  };
  worker.on('message', receive);
  worker.on('error', (error) => fail(error.message));
  worker.on('exit', (code) => fail(`its thread ended with ${code}`));
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    const { report, cogs } = await promise;
    return { report, cogs };
  } finally {
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
