/** The thread that looks at a snapshot: it takes one, answers, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { ProfilerError } from '../../errors.ts';
import type { CodeSite } from '../snapshot/code.ts';
import { type CogsReport, cogsOf } from '../snapshot/cogs.ts';
import { openHeap } from '../snapshot/heap.ts';
import type { AnalysisStep } from '../snapshot/progress.ts';
import { type HeapReport, reportOf } from '../snapshot/report.ts';
import { hideAlso } from '../snapshot/secrets.ts';

export interface AnalysisOrder {
  readonly path: string;
  /** Rows of each table. */
  readonly limit: number;
  /** What must not be in the answer, wherever it stood in the heap. */
  readonly secrets: readonly string[];
}

/** Said by the thread. */
export type AnalysisMessage =
  | { readonly kind: 'progress'; readonly step: AnalysisStep; readonly share: number }
  /** Asks whose these are: the answer is a list in the same order. */
  | { readonly kind: 'sites'; readonly sites: readonly CodeSite[] }
  | { readonly kind: 'done'; readonly report: HeapReport; readonly cogs: CogsReport | undefined }
  /** An error of this package, as its code and what it is made of; or what else went wrong. */
  | { readonly kind: 'error'; readonly code: string; readonly details: readonly unknown[] }
  | { readonly kind: 'problem'; readonly problem: string };

const PROGRESS_EVERY_MS = 200;
const port = parentPort!;
const order = workerData as AnalysisOrder;

function say(message: AnalysisMessage): void {
  port.postMessage(message);
}

function askCogs(sites: readonly CodeSite[]): Promise<readonly (string | undefined)[]> {
  return new Promise((resolve) => {
    port.once('message', resolve);
    say({ kind: 'sites', sites });
  });
}

let saidAtMs = 0;
let saidStep: AnalysisStep | undefined;
try {
  hideAlso(order.secrets);
  const heap = await openHeap(order.path, {
    onProgress(step, share) {
      const nowMs = performance.now();
      if (step === saidStep && nowMs - saidAtMs < PROGRESS_EVERY_MS) return;
      [saidStep, saidAtMs] = [step, nowMs];
      say({ kind: 'progress', step, share });
    },
  });
  say({ kind: 'progress', step: 'cogs', share: 0 });
  const cogs = await cogsOf(heap, askCogs);
  say({ kind: 'progress', step: 'tables', share: 0 });
  say({ kind: 'done', report: reportOf(heap, order.limit), cogs });
} catch (error) {
  if (error instanceof ProfilerError) say({ kind: 'error', code: error.code, details: error.details });
  else say({ kind: 'problem', problem: error instanceof Error ? error.message : String(error) });
}
