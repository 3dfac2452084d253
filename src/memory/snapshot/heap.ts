import type { Bits } from './bits.ts';
import { type DominatorTree, dominatorsOf } from './dominators.ts';
import { Ephemerons } from './ephemerons.ts';
import { essentialEdgesOf } from './essential-edges.ts';
import type { HeapGraph } from './graph.ts';
import { marksOf } from './marks.ts';
import { Paths } from './paths.ts';
import type { ProgressListener } from './progress.ts';
import { type ReadOptions, readSnapshot } from './read.ts';
import { release } from './release.ts';
import { moveSizesToOwners } from './shallow-sizes.ts';

/** A heap with all that is computed of it once; what is asked of it is in the files beside this one. */
export interface Heap {
  readonly graph: HeapGraph;
  /** The edges that keep their target alive. */
  readonly essential: Bits;
  /** Of each node the nearest one whose end would free it. */
  readonly dominators: Uint32Array;
  /** Of each node, in bytes, what its end would free: itself, and what is reached through it only. */
  readonly retainedSizes: Float64Array;
  readonly paths: Paths;
}

/**
 * Reads a snapshot and finds out what keeps what alive.
 * @throws ProfilerError INVALID_SNAPSHOT, UNUSABLE_FILE, NOT_ENOUGH_MEMORY
 */
export async function openHeap(path: string, options: ReadOptions = {}): Promise<Heap> {
  return analyse(await readSnapshot(path, options), options.onProgress);
}

/** The same of what has been read. The sizes in the graph are moved to their owners. */
export function analyse(graph: HeapGraph, onProgress?: ProgressListener): Heap {
  onProgress?.('sizes', 0);
  moveSizesToOwners(graph);
  const ephemerons = new Ephemerons(graph);
  const essential = essentialEdgesOf(graph, ephemerons);
  onProgress?.('dominators', 0);
  // What dominators take beside their result is the most that is in memory at a time: it is let go before the rest.
  const tree = dominatorsOf(graph, essential);
  const retainedSizes = retainedSizesOf(graph, tree);
  const { dominators, order } = tree;
  release(order);
  onProgress?.('paths', 0);
  const marks = marksOf(graph);
  return {
    graph,
    essential,
    dominators,
    retainedSizes,
    paths: new Paths(graph, ephemerons, marks?.profiler),
  };
}

function retainedSizesOf(graph: HeapGraph, { dominators, order }: DominatorTree): Float64Array {
  const sizes = new Float64Array(graph.nodeCount);
  for (let node = 0; node < graph.nodeCount; node++) sizes[node] = graph.sizeOf(node);
  for (let index = order.length - 1; index > 0; index--) {
    const node = order[index]!;
    sizes[dominators[node]!]! += sizes[node]!;
  }
  return sizes;
}
