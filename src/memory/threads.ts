import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';

const CHANNEL = 'worker_threads';
/** What a thread has once it has ended. */
const ENDED = -1;
/** A thread that is busy answers when it is done. */
const ANSWER_WITHIN_MS = 1_000;

/** Another thread of this process; its memory is part of the process's. */
export interface MemoryThread {
  readonly id: number;
  /** Undefined while it is too busy to say. */
  readonly heapUsedBytes: number | undefined;
  readonly heapLimitBytes: number | undefined;
}

/** The worker threads that were started since this was made, and have not ended. They are not kept alive by it. */
export class Threads implements Disposable {
  readonly #workers = new Set<WeakRef<Worker>>();
  readonly #started = (message: unknown) => {
    const { worker } = message as { worker: Worker };
    this.#workers.add(new WeakRef(worker));
  };

  constructor() {
    subscribe(CHANNEL, this.#started);
  }

  [Symbol.dispose](): void {
    unsubscribe(CHANNEL, this.#started);
    this.#workers.clear();
  }

  async read(): Promise<MemoryThread[]> {
    return Promise.all(this.#living().map(readThread));
  }

  #living(): Worker[] {
    const living: Worker[] = [];
    for (const reference of this.#workers) {
      const worker = reference.deref();
      if (worker === undefined || worker.threadId === ENDED) this.#workers.delete(reference);
      else living.push(worker);
    }
    return living;
  }
}

async function readThread(worker: Worker): Promise<MemoryThread> {
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(timeout.resolve, ANSWER_WITHIN_MS, undefined).unref();
  const id = worker.threadId;
  try {
    const heap = await Promise.race([worker.getHeapStatistics(), timeout.promise]);
    return { id, heapUsedBytes: heap?.used_heap_size, heapLimitBytes: heap?.heap_size_limit };
  } catch {
    // It ends just now.
    return { id, heapUsedBytes: undefined, heapLimitBytes: undefined };
  } finally {
    clearTimeout(timer);
  }
}
