import type * as inspector from 'node:inspector';

type Finished = inspector.Profiler.ConsoleProfileFinishedEventDataType;

/** V8's profiler in one thread. What it records it is told to by that thread's inspector console. */
export class V8Session {
  readonly #session: inspector.Session;

  /** @param connect how: to the thread that it is made in, or to the main one */
  constructor({ Session }: typeof inspector, connect: 'connect' | 'connectToMainThread') {
    this.#session = new Session();
    this.#session[connect]();
  }

  get session(): inspector.Session {
    return this.#session;
  }

  onFinished(finished: (title: string, profile: inspector.Profiler.Profile) => void): void {
    this.#session.on('Profiler.consoleProfileFinished', ({ params }: { params: Finished }) =>
      finished(params.title ?? '', params.profile),
    );
  }

  async prepare(intervalUs: number): Promise<void> {
    await this.post('Profiler.enable');
    await this.post('Profiler.setSamplingInterval', { interval: intervalUs });
  }

  /** @returns how long it took, in ms */
  async cure(): Promise<number> {
    const startedMs = performance.now();
    await cure((method, params) => this.post(method, params));
    return performance.now() - startedMs;
  }

  post(method: string, params: object = {}): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#session.post(method, params, (error, result) => (error === null ? resolve(result) : reject(error)));
    return promise;
  }

  disconnect(): void {
    this.#session.disconnect();
  }
}

/**
 * V8 forgets where functions are that it has replaced while they ran (on-stack replacement). To count how often
 * functions run, it throws all optimised code away: what runs then is known.
 */
export async function cure(post: (method: string, params?: object) => Promise<unknown>): Promise<void> {
  await post('Profiler.startPreciseCoverage', { callCount: false, detailed: false });
  await post('Profiler.stopPreciseCoverage');
}
