import type { Ephemerons } from './ephemerons.ts';
import type { HeapGraph } from './graph.ts';
import { edgeKind, nodeKind } from './kinds.ts';
import { release } from './release.ts';
import { userRootsOf } from './user-roots.ts';

const WEAK = edgeKind('weak');
const HIDDEN_NODE = nodeKind('hidden');
const ARRAY = nodeKind('array');
/** Of what nothing leads to. */
const NOWHERE = 2 ** 32 - 1;

/** One step of the way from the root to a node. */
export interface Step {
  readonly node: number;
  /** The edge that leads to it. */
  readonly edge: number;
}

/**
 * The shortest way to each node, by the rules of DevTools: first from the global objects; what these do not reach, from
 * V8's own roots. Unlike there, some nodes are passed through only where no other way leads on.
 */
export class Paths {
  readonly #graph: HeapGraph;
  /** The edge that leads to each node. */
  readonly #edges: Uint32Array;

  /** @param avoided what says nothing of why something is there, as it has everything */
  constructor(graph: HeapGraph, ephemerons: Ephemerons, avoided: readonly number[] = []) {
    this.#graph = graph;
    this.#edges = edgesTo(graph, ephemerons, avoided);
  }

  /** From what hangs from the root to the node; empty where nothing leads to it, or it is the root. */
  to(node: number): Step[] {
    const steps: Step[] = [];
    for (let at = node; at !== this.#graph.root; ) {
      const edge = this.#edges[at]!;
      if (edge === NOWHERE) return [];
      steps.push({ node: at, edge });
      at = sourceOf(this.#graph, edge);
    }
    return steps.reverse();
  }
}

function edgesTo(graph: HeapGraph, ephemerons: Ephemerons, avoided: readonly number[]): Uint32Array {
  const { nodeCount, root, firstEdges, targets } = graph;
  const edges = new Uint32Array(nodeCount).fill(NOWHERE);
  const queue = new Uint32Array(nodeCount + 1 + avoided.length);
  const left = new Set(avoided);
  const isUsed = edgeFilter(graph, ephemerons);
  let read = 0;
  let written = 0;
  const follow = () => {
    while (read < written) {
      const node = queue[read++]!;
      if (left.has(node)) continue;
      for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
        const target = targets[edge]!;
        if (edges[target] !== NOWHERE || target === root) continue;
        if (graph.edgeKindOf(edge) === WEAK || !isUsed(node, edge)) continue;
        edges[target] = edge;
        queue[written++] = target;
      }
    }
  };
  const users = new Set(userRootsOf(graph));
  for (let edge = firstEdges[root]!; edge < firstEdges[root + 1]!; edge++) {
    const target = targets[edge]!;
    if (!users.has(target) || edges[target] !== NOWHERE || target === root) continue;
    edges[target] = edge;
    queue[written++] = target;
  }
  follow();
  left.clear();
  for (const node of avoided) if (edges[node] !== NOWHERE) queue[written++] = node;
  follow();
  queue[written++] = root;
  follow();
  release(queue);
  return edges;
}

/** Leaves out what would be the shortest way and says nothing: V8's maps, and of a WeakMap's pair what comes first. */
function edgeFilter(graph: HeapGraph, ephemerons: Ephemerons): (node: number, edge: number) => boolean {
  const { nodeKinds, nodeNames } = graph;
  const [context, sloppy, descriptors] = graph.strings.find([
    'system / NativeContext',
    'sloppy_function_map',
    '(map descriptors)',
  ]);
  const pending = new Set<string>();
  return (node, edge) => {
    if (nodeNames[node] === context && nodeKinds[node] === HIDDEN_NODE)
      return graph.edgeNameOf(edge) !== sloppy;
    if (nodeNames[node] === descriptors && nodeKinds[node] === ARRAY) {
      const index = Number.parseInt(graph.edgeText(edge), 10);
      return index < 2 || index % 3 !== 1;
    }
    const pair = ephemerons.pairOf(edge);
    if (pair === undefined || pending.delete(pair.text)) return true;
    pending.add(pair.text);
    return false;
  };
}

/** The node that an edge comes from: the last one whose edges begin at it or before. */
function sourceOf({ nodeCount, firstEdges }: HeapGraph, edge: number): number {
  let low = 0;
  let high = nodeCount;
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (firstEdges[middle]! <= edge) low = middle;
    else high = middle;
  }
  return low;
}
