/**
 * The thread that records: it connects to the bot's thread, takes what V8 tells of that, and makes a recording of it.
 * What the bot's thread does for it is to write the slices out, and to log whose code runs.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Order, Start } from './messages.ts';
import { RecordingThread } from './recording-thread.ts';

const port = parentPort!;
const start: Start = workerData;

function send(answer: Answer): void {
  port.postMessage(answer);
}

function fail(error: unknown): void {
  send({ kind: 'problem', message: error instanceof Error ? error.message : String(error) });
}

try {
  const thread = new RecordingThread(start, send, fail);
  port.on('message', async (order: Order) => {
    try {
      if (order.kind === 'end') port.close();
      else await thread.obey(order);
    } catch (error) {
      fail(error);
    }
  });
  await thread.connect();
} catch (error) {
  fail(error);
} finally {
  Atomics.store(start.ready, 0, 1);
  Atomics.notify(start.ready, 0);
}
