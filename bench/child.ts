import { type ChildProcess, fork } from 'node:child_process';

/** What a process offers to be called from outside. Arguments and results travel as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: every function has its own arguments.
export type Api = Record<string, (...args: any[]) => unknown>;

interface Request {
  name: string;
  args: unknown[];
}
type Response = { result: unknown } | { error: string };

/** A process of its own, for what must not share a heap or the JIT's experience with anything else. */
export class Child<A extends Api> implements Disposable {
  readonly #process: ChildProcess;

  constructor(module: URL, nodeOptions: readonly string[] = []) {
    this.#process = fork(module, { execArgv: [...nodeOptions] });
  }

  /** One call at a time. Rejects with what the function threw, or when the process ends. */
  call<N extends keyof A & string>(name: N, ...args: Parameters<A[N]>): Promise<Awaited<ReturnType<A[N]>>> {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<A[N]>>>();
    const onExit = (code: number | null) => reject(new Error(`The process ended with ${code} in ${name}().`));
    this.#process.once('exit', onExit);
    this.#process.once('message', (response: Response) => {
      this.#process.off('exit', onExit);
      if ('error' in response) reject(new Error(response.error));
      else resolve(response.result as Awaited<ReturnType<A[N]>>);
    });
    this.#process.send({ name, args } satisfies Request);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}

/** The other end: answers calls until the parent is gone. */
export function serve(api: Api): void {
  process.on('message', async ({ name, args }: Request) => {
    try {
      process.send?.({ result: (await api[name]?.(...args)) ?? null });
    } catch (error) {
      process.send?.({ error: String((error as Error).stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit());
}
