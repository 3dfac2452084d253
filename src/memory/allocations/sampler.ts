import { ProfilerError } from '../../errors.ts';
import { InspectorSession } from '../../frameworks/inspector.ts';

/** How V8 samples what is allocated. */
export interface SamplerSettings {
  /** One object is sampled of so many bytes, on average. */
  readonly intervalBytes: number;
  /** Whether objects stay sampled that are garbage by now. */
  readonly churn: boolean;
}

/** A function on a stack of allocations, as V8 tells it: lines and columns from 0, -1 where it has none. */
interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface HeapNode {
  readonly callFrame: CallFrame;
  /** What the function allocated itself, made of the samples by V8. */
  readonly selfSize: number;
  /** The same in each answer of one sampler. */
  readonly id: number;
  readonly children: readonly HeapNode[];
}

/** What V8 answers. */
export interface HeapProfile {
  readonly head: HeapNode;
  readonly samples: readonly {
    /** The size of the object, times how many such objects it stands for. */
    readonly size: number;
    readonly nodeId: number;
    /** Of the samples of one sampler, it rises. */
    readonly ordinal: number;
  }[];
}

/** For whom V8 samples, shared with any other copy of this package in the process. */
const HOLDER = Symbol.for('cogscope.heapSampler');
const shared = globalThis as { [HOLDER]?: string | undefined };

/**
 * V8's sampler of allocations: there is one in a thread, and whoever stops it stops it for all. So only one of these
 * is there at a time, and one that somebody else has started is left alone.
 */
export class HeapSampler implements Disposable {
  readonly #session: InspectorSession;
  #isOver = false;

  /**
   * Starts to sample.
   * @param what for the sentence that refuses the next one
   * @throws ProfilerError NO_INSPECTOR; SAMPLING_BUSY
   */
  constructor({ intervalBytes, churn }: SamplerSettings, what: string) {
    if (shared[HOLDER] !== undefined) throw new ProfilerError('SAMPLING_BUSY', shared[HOLDER]);
    this.#session = openSession();
    try {
      // V8 says nothing where it samples already, and goes on as it was told before. Without a sampler this costs
      // nothing; with one it is the pause of a read, once.
      if (isSampling(this.#session))
        throw new ProfilerError('SAMPLING_BUSY', 'another program in this process');
      this.#session.post('HeapProfiler.startSampling', {
        samplingInterval: intervalBytes,
        includeObjectsCollectedByMajorGC: churn,
        includeObjectsCollectedByMinorGC: churn,
      });
    } catch (error) {
      this.#session.disconnect();
      throw error;
    }
    shared[HOLDER] = what;
  }

  /**
   * What was sampled until now. V8 collects all garbage first, and the bot does nothing else meanwhile.
   * @throws ProfilerError SAMPLING_LOST where somebody else has stopped the sampler
   */
  read(): { readonly profile: HeapProfile; readonly pauseMs: number } {
    const startedAtMs = performance.now();
    try {
      const { profile } = this.#session.post('HeapProfiler.getSamplingProfile', {}) as {
        profile: HeapProfile;
      };
      return { profile, pauseMs: performance.now() - startedAtMs };
    } catch {
      throw new ProfilerError('SAMPLING_LOST');
    }
  }

  /** Stops it, without the pause of a read. */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    shared[HOLDER] = undefined;
    this.#session.disconnect();
  }
}

function openSession(): InspectorSession {
  try {
    // Loaded on first use: a Node that was built without it throws.
    return new InspectorSession(process.getBuiltinModule('node:inspector'));
  } catch {
    throw new ProfilerError('NO_INSPECTOR');
  }
}

function isSampling(session: InspectorSession): boolean {
  try {
    session.post('HeapProfiler.getSamplingProfile', {});
    return true;
  } catch {
    return false;
  }
}
