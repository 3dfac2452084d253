/** The thread that does what takes long with what was sampled: source maps, tables and files. */
import { parentPort } from 'node:worker_threads';
import { ProfilerError } from '../../errors.ts';
import type { Answer } from '../../sampling/conversion/worker.ts';
import { WORK, type Work } from './work.ts';

/** What is to be done. */
interface Order {
  readonly job: number;
  readonly name: keyof Work;
  readonly argument: unknown;
}

const port = parentPort!;
port.on('message', (order: Order) => port.postMessage(answerTo(order)));

function answerTo({ job, name, argument }: Order): Answer {
  try {
    return { job, result: (WORK[name] as (argument: unknown) => unknown)(argument) };
  } catch (error) {
    if (error instanceof ProfilerError) return { job, code: error.code, details: error.details };
    return { job, problem: error instanceof Error ? error.message : String(error) };
  }
}
