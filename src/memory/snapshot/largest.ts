import { nodesOfClass } from './classes.ts';
import { describe, type ObjectRow } from './describe.ts';
import type { Heap } from './heap.ts';
import { nodeKind } from './kinds.ts';

/** What nobody has made himself: parts of objects, code, and V8's roots. */
const INNER = new Set(
  (['hidden', 'array', 'code', 'synthetic', 'object shape', 'unknown'] as const).map(nodeKind),
);
/** The bytes of buffers and strings: who has these is told, not they. */
const CONTENTS = ['system / JSArrayBufferData', 'system / ExternalStringData'] as const;
/** An object of which another one has this much is only the way to that. */
const WRAPPED_SHARE = 0.9;
/** How many more are looked at than shown, as those that only wrap others go. */
const CANDIDATES = 20;

/** The objects that keep the most alive, without those of which nearly all is in one other object. */
export function largestObjects(heap: Heap, limit: number): ObjectRow[] {
  const { graph, dominators, retainedSizes } = heap;
  const contents = new Set<number>(graph.strings.find(CONTENTS));
  const isOuter = (node: number) =>
    !INNER.has(graph.nodeKinds[node]!) && !contents.has(graph.nodeNames[node]!);
  const candidates = largestOf(heap, limit * CANDIDATES, isOuter);
  const wrappers = new Set<number>();
  for (const node of candidates) {
    let holder = dominators[node]!;
    while (holder !== graph.root && !isOuter(holder)) holder = dominators[holder]!;
    if (retainedSizes[node]! > WRAPPED_SHARE * retainedSizes[holder]!) wrappers.add(holder);
  }
  return candidates
    .filter((node) => !wrappers.has(node))
    .slice(0, limit)
    .map((node) => describe(heap, node));
}

/**
 * The objects of a class that keep the most alive.
 * @throws ProfilerError UNKNOWN_CLASS
 */
export function largestOfClass(heap: Heap, className: string, limit: number): ObjectRow[] {
  const nodes = new Set(nodesOfClass(heap, className));
  return largestOf(heap, limit, (node) => nodes.has(node)).map((node) => describe(heap, node));
}

/** The nodes that retain the most, in order. */
function largestOf(heap: Heap, limit: number, isWanted: (node: number) => boolean): number[] {
  const { graph, retainedSizes } = heap;
  const inOrder = (nodes: number[]) =>
    nodes.sort((a, b) => retainedSizes[b]! - retainedSizes[a]! || a - b).slice(0, limit);
  let found: number[] = [];
  let least = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    if (retainedSizes[node]! <= least || !isWanted(node)) continue;
    found.push(node);
    if (found.length < limit * 2) continue;
    found = inOrder(found);
    least = retainedSizes[found.at(-1)!]!;
  }
  return inOrder(found);
}
