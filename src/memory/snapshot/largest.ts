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
  const isOuter = outerOnes(heap);
  return withoutWrappers(heap, largestOf(heap, limit * CANDIDATES, isOuter), limit, isOuter);
}

/** The same of what each owner has, by its number. */
export function largestByOwner(
  heap: Heap,
  owners: Uint32Array,
  count: number,
  limit: number,
): readonly (readonly ObjectRow[])[] {
  const isOuter = outerOnes(heap);
  const found = Array.from({ length: count + 1 }, () => new Largest(heap, limit * CANDIDATES));
  for (let node = 0; node < heap.graph.nodeCount; node++)
    if (owners[node] !== 0 && isOuter(node)) found[owners[node]!]!.add(node);
  return found.map((candidates) => withoutWrappers(heap, candidates.nodes, limit, isOuter));
}

function outerOnes({ graph }: Heap): (node: number) => boolean {
  const contents = new Set<number>(graph.strings.find(CONTENTS));
  return (node) => !INNER.has(graph.nodeKinds[node]!) && !contents.has(graph.nodeNames[node]!);
}

function withoutWrappers(
  heap: Heap,
  candidates: readonly number[],
  limit: number,
  isOuter: (node: number) => boolean,
): ObjectRow[] {
  const { graph, dominators, retainedSizes } = heap;
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
function largestOf(heap: Heap, limit: number, isWanted: (node: number) => boolean): readonly number[] {
  const found = new Largest(heap, limit);
  for (let node = 0; node < heap.graph.nodeCount; node++) if (isWanted(node)) found.add(node);
  return found.nodes;
}

class Largest {
  readonly #sizes: Float64Array;
  readonly #limit: number;
  #found: number[] = [];
  #leastBytes = 0;

  constructor({ retainedSizes }: Heap, limit: number) {
    this.#sizes = retainedSizes;
    this.#limit = limit;
  }

  add(node: number): void {
    if (this.#sizes[node]! <= this.#leastBytes) return;
    this.#found.push(node);
    if (this.#found.length < this.#limit * 2) return;
    this.#found = this.#inOrder();
    this.#leastBytes = this.#sizes[this.#found.at(-1)!]!;
  }

  get nodes(): readonly number[] {
    return this.#inOrder();
  }

  #inOrder(): number[] {
    return this.#found.sort((a, b) => this.#sizes[b]! - this.#sizes[a]! || a - b).slice(0, this.#limit);
  }
}
