import { type ClassRow, classRowsOf } from './classes.ts';
import { type ClosureRow, detachedClosures } from './closures.ts';
import type { ObjectRow } from './describe.ts';
import { type Duplicates, duplicateStrings } from './duplicates.ts';
import type { Heap } from './heap.ts';
import { largestObjects } from './largest.ts';

/** What is in a heap. Plain data: it travels between threads. */
export interface HeapReport {
  /** All that is reachable. */
  readonly totalBytes: number;
  readonly objects: number;
  readonly references: number;
  /** How many classes there are; `classes` has those that keep the most alive. */
  readonly classCount: number;
  readonly classes: readonly ClassRow[];
  /** Those of which there are the most objects. */
  readonly mostNumerous: readonly ClassRow[];
  readonly largest: readonly ObjectRow[];
  readonly duplicates: Duplicates;
  readonly closures: readonly ClosureRow[];
}

/** @param limit rows of each table at most */
export function reportOf(heap: Heap, limit: number): HeapReport {
  const { graph, retainedSizes } = heap;
  const classes = classRowsOf(heap);
  return {
    totalBytes: retainedSizes[graph.root]!,
    objects: graph.nodeCount,
    references: graph.edgeCount,
    classCount: classes.length,
    classes: classes.slice(0, limit),
    mostNumerous: classes.toSorted((a, b) => b.count - a.count).slice(0, limit),
    largest: largestObjects(heap, limit),
    duplicates: duplicateStrings(heap, limit),
    closures: detachedClosures(heap, limit),
  };
}
