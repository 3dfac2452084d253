import { OWN_FOLDER } from '../../own-files.ts';
import { Pairs } from '../../sampling/pairs.ts';
import type { Frame } from '../../sampling/profile.ts';
import { placeFunction } from '../../sampling/recorder/classify.ts';
import type { HeapNode, HeapProfile } from './sampler.ts';

/** Functions as V8 runs them; where they were written is found out later. */
export type CompiledFrame = Omit<Frame, 'cog'>;

/** What was sampled, as columns. */
export interface SampledTree {
  readonly frames: readonly CompiledFrame[];
  /** Of each node the index of its frame, and the node that called it; -1 of those that nothing has called. */
  readonly nodes: { readonly frame: Uint32Array; readonly parent: Int32Array };
  /** Of each node: whether what it allocates is the profiler's own. */
  readonly isOwn: Uint8Array;
  readonly samples: SampleColumns;
}

/** One entry a sample, in the order in which they were taken. */
export interface SampleColumns {
  readonly node: Uint32Array;
  /** What it stands for. */
  readonly bytes: Float64Array;
  readonly ordinal: Uint32Array;
}

/** What runs while no JavaScript does. */
const OUTSIDE = '(V8)';

/**
 * The timing proxies are taken out of the stacks: what they pass calls on to stands where it would stand without them.
 * What they allocate themselves stays, as the profiler's.
 */
export function sampledTree({ head, samples }: HeapProfile, ownFolder = OWN_FOLDER): SampledTree {
  const builder = new TreeBuilder(ownFolder);
  const { nodeOf, scaleOf } = builder.take(head, sizesOf(samples));
  const kept = samples.filter(({ nodeId }) => nodeOf.has(nodeId)).sort((a, b) => a.ordinal - b.ordinal);
  // Whole bytes, and yet the right sum: what is rounded off is added to the next.
  const carried = new Map<number, number>();
  const wholeBytes = ({ nodeId, size }: HeapProfile['samples'][number]) => {
    const bytes = size * scaleOf.get(nodeId)! + (carried.get(nodeId) ?? 0);
    carried.set(nodeId, bytes - Math.round(bytes));
    return Math.round(bytes);
  };
  return {
    frames: builder.frames,
    nodes: { frame: Uint32Array.from(builder.nodes.seconds()), parent: builder.nodes.firsts() },
    isOwn: Uint8Array.from(builder.isOwn),
    samples: {
      node: Uint32Array.from(kept, ({ nodeId }) => nodeOf.get(nodeId)!),
      bytes: Float64Array.from(kept, wholeBytes),
      ordinal: Uint32Array.from(kept, ({ ordinal }) => ordinal),
    },
  };
}

/** What the samples of each of V8's nodes stand for together. */
function sizesOf(samples: HeapProfile['samples']): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const { nodeId, size } of samples) sizes.set(nodeId, (sizes.get(nodeId) ?? 0) + size);
  return sizes;
}

class TreeBuilder {
  readonly frames: CompiledFrame[] = [];
  readonly nodes = new Pairs();
  readonly isOwn: number[] = [];
  readonly #frameNumbers = new Map<string, number>();
  readonly #ownFolder: string | undefined;

  constructor(ownFolder: string | undefined) {
    this.#ownFolder = ownFolder;
  }

  /**
   * @returns our nodes by V8's ids; and by what the sizes of samples are to be multiplied: V8 rounds how many objects
   *   one sample stands for, but in `selfSize` only how many all those of one size do
   */
  take(head: HeapNode, sizes: ReadonlyMap<number, number>) {
    const nodeOf = new Map<number, number>();
    const scaleOf = new Map<number, number>();
    const note = ({ id, selfSize }: HeapNode, node: number) => {
      nodeOf.set(id, node);
      const size = sizes.get(id) ?? 0;
      scaleOf.set(id, size === 0 ? 1 : selfSize / size);
    };
    if (sizes.has(head.id)) note(head, this.#nodeOf(-1, this.#frameNumber(OUTSIDE, '', -1, -1)));
    const waiting = head.children.map((node) => ({ node, parent: -1 }));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { functionName, url, lineNumber, columnNumber } = next.node.callFrame;
      const frame = this.#frameNumber(functionName, url, lineNumber, columnNumber);
      const node = this.#nodeOf(next.parent, frame);
      note(next.node, node);
      for (const child of next.node.children) waiting.push({ node: child, parent: node });
    }
    return { nodeOf, scaleOf };
  }

  #nodeOf(parent: number, frame: number): number {
    const { kind } = this.frames[frame]!;
    const passesOn = kind === 'node' || kind === 'native';
    const isOwn = kind === 'profiler' || (passesOn && parent >= 0 && this.isOwn[parent] === 1);
    const node = this.nodes.of(isOwn ? parent : this.#withoutOwn(parent), frame);
    if (node === this.isOwn.length) this.isOwn.push(Number(isOwn));
    return node;
  }

  #withoutOwn(node: number): number {
    let around = node;
    while (around >= 0 && this.isOwn[around] === 1) around = this.nodes.firstOf(around);
    return around;
  }

  #frameNumber(functionName: string, url: string, lineNumber: number, columnNumber: number): number {
    const key = `${lineNumber}:${columnNumber}:${functionName}\n${url}`;
    let number = this.#frameNumbers.get(key);
    if (number === undefined) {
      const name = functionName === '' ? '(anonymous)' : functionName;
      const place = placeFunction(functionName, url, this.#ownFolder);
      number = this.frames.push({ name, line: lineNumber + 1, column: columnNumber + 1, ...place }) - 1;
      this.#frameNumbers.set(key, number);
    }
    return number;
  }
}
