import { ownModule } from '../../own-files.ts';
import { ConversionThread } from '../../sampling/conversion/conversion-thread.ts';
import type { Work } from './work.ts';

const WORKER = ownModule('memory/allocations/worker');

/** The thread that `worker.ts` runs in: it starts with the first order, and ends when there was none for a while. */
export class AllocationThread implements AsyncDisposable {
  readonly #thread = new ConversionThread({ worker: WORKER, name: 'cogscope allocations' });

  /** @throws ProfilerError as the work does; RECORDING_UNAVAILABLE where there is no answer */
  run<Name extends keyof Work>(
    name: Name,
    argument: Parameters<Work[Name]>[0],
  ): Promise<ReturnType<Work[Name]>> {
    return this.#thread.order(name, [], argument) as Promise<ReturnType<Work[Name]>>;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread.dispose();
  }
}
