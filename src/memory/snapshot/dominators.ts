import { Bits } from './bits.ts';
import { IntStack } from './int-stack.ts';
import { release } from './release.ts';

/** A graph with a root. */
export interface FlowGraph {
  readonly nodeCount: number;
  readonly root: number;
  /** The edges of node `n` are those from `firstEdges[n]` up to `firstEdges[n + 1]`. */
  readonly firstEdges: Uint32Array;
  readonly targets: Uint32Array;
}

export interface DominatorTree {
  /** Of each node the nearest one that each way from the root leads through. Of the root itself, the root. */
  readonly dominators: Uint32Array;
  /** All nodes, each after its dominator. */
  readonly order: Uint32Array;
}

/**
 * Who keeps whom alive, in time that is almost proportional to the number of edges, without recursion.
 *
 * This is Semi-NCA, the variant of Lengauer and Tarjan's algorithm ("A Fast Algorithm for Finding Dominators in a
 * Flowgraph", 1979) by Georgiadis, Tarjan and Werneck ("Finding Dominators in Practice", 2006): semidominators as
 * there, then each dominator as the nearest common ancestor of parent and semidominator. It does without buckets,
 * which would take as much memory again.
 *
 * What has no essential edge to it hangs from the root, as in DevTools, with all that it holds. What is reached from
 * none of these, because it goes in a circle, hangs from the root one by one.
 * @param essential the edges that count
 */
export function dominatorsOf(graph: FlowGraph, essential: Bits): DominatorTree {
  const search = depthFirst(graph, essential);
  const retainers = retainersOf(graph, essential, search);
  const { nodeOf, parents, count } = search;
  const semidominators = semidominatorsOf(search, retainers);
  // The parents are not wanted any more: the dominators, which come from them, take their place.
  for (let number = 2; number <= count; number++) {
    let dominator = parents[number]!;
    while (dominator > semidominators[number]!) dominator = parents[dominator]!;
    parents[number] = dominator;
  }
  const dominators = semidominators.subarray(0, graph.nodeCount).fill(NONE);
  for (let number = 1; number <= count; number++) dominators[nodeOf[number]!] = nodeOf[parents[number]!]!;
  release(parents);
  return { dominators, order: withUnreached(graph, search, dominators) };
}

const NONE = 2 ** 32 - 1;

/** Nodes have numbers from 1, in the order in which the search comes to them; 0 is none. */
interface Search {
  readonly count: number;
  /** By node. */
  readonly numberOf: Uint32Array;
  /** By number. */
  readonly nodeOf: Uint32Array;
  /** By number, the number of the node that the search came from. The parent of the root is the root. */
  readonly parents: Uint32Array;
  /** Memory that is free again, one number a node and one more. */
  readonly spare: Uint32Array;
}

function depthFirst(graph: FlowGraph, essential: Bits): Search {
  const { nodeCount, root, firstEdges, targets } = graph;
  const numberOf = new Uint32Array(nodeCount + 1);
  const nodeOf = new Uint32Array(nodeCount + 1);
  const parents = new Uint32Array(nodeCount + 1);
  /** Of each node the edge that comes next. */
  const next = firstEdges.slice();
  let count = 0;
  const visit = (node: number, parent: number) => {
    numberOf[node] = ++count;
    nodeOf[count] = node;
    parents[count] = parent;
  };
  const searchFrom = (start: number) => {
    visit(start, 1);
    const first = count;
    for (let number = first; ; ) {
      const node = nodeOf[number]!;
      const last = firstEdges[node + 1]!;
      let edge = next[node]!;
      while (edge < last && !(numberOf[targets[edge]!] === 0 && essential.has(edge))) edge++;
      next[node] = edge + 1;
      if (edge < last) {
        visit(targets[edge]!, number);
        number = count;
      } else {
        if (number === first) return;
        number = parents[number]!;
      }
    }
  };
  searchFrom(root);
  const retained = retainedNodes(graph, essential);
  for (let node = 0; node < nodeCount; node++)
    if (numberOf[node] === 0 && !retained.has(node)) searchFrom(node);
  return { count, numberOf, nodeOf, parents, spare: next };
}

/** The nodes that an essential edge leads to. */
export function retainedNodes({ nodeCount, targets }: FlowGraph, essential: Bits): Bits {
  const retained = new Bits(nodeCount);
  for (let edge = 0; edge < targets.length; edge++) if (essential.has(edge)) retained.add(targets[edge]!);
  return retained;
}

/** The edges backwards, all in numbers: what refers to `n` is in `from`, from `first[n]` up to `first[n + 1]`. */
interface Retainers {
  readonly first: Uint32Array;
  readonly from: Uint32Array;
}

function retainersOf(graph: FlowGraph, essential: Bits, { count, numberOf, spare }: Search): Retainers {
  const { nodeCount, firstEdges, targets } = graph;
  const first = spare.fill(0);
  const forEach = (take: (source: number, target: number) => void) => {
    for (let node = 0; node < nodeCount; node++) {
      const source = numberOf[node]!;
      if (source === 0) continue;
      for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++)
        if (essential.has(edge)) take(source, numberOf[targets[edge]!]!);
    }
  };
  forEach((_, target) => first[target]!++);
  let sum = 0;
  for (let number = 0; number <= count; number++) first[number] = sum += first[number]!;
  const from = new Uint32Array(sum);
  // Each place is filled from its end, so that what were the ends become the beginnings.
  forEach((source, target) => {
    from[--first[target]!] = source;
  });
  return { first, from };
}

function semidominatorsOf({ count, parents, numberOf }: Search, { first, from }: Retainers): Uint32Array {
  // It is used for the last time before: the retainers are numbers.
  const ancestors = numberOf;
  ancestors.set(parents);
  const labels = new Uint32Array(parents.length);
  const semidominators = new Uint32Array(parents.length);
  const path = new IntStack();
  for (let number = 0; number <= count; number++) labels[number] = number;

  /** The least semidominator on the way up from a number, through what has been dealt with: numbers from `last`. */
  const least = (number: number, last: number): number => {
    for (let top = number; ancestors[top]! >= last; top = ancestors[top]!) path.push(top);
    // The way is made shorter for whoever comes next.
    while (path.length > 0) {
      const lower = path.pop();
      const upper = ancestors[lower]!;
      if (labels[upper]! < labels[lower]!) labels[lower] = labels[upper]!;
      ancestors[lower] = ancestors[upper]!;
    }
    return labels[number]!;
  };

  for (let number = count; number > 1; number--) {
    const end = number === count ? from.length : first[number + 1]!;
    let semidominator = parents[number]!;
    for (let index = first[number]!; index < end; index++) {
      const retainer = from[index]!;
      const candidate = retainer <= number ? retainer : least(retainer, number + 1);
      if (candidate < semidominator) semidominator = candidate;
    }
    semidominators[number] = semidominator;
    labels[number] = semidominator;
  }
  for (const array of [ancestors, labels, first, from]) release(array);
  return semidominators;
}

/** All nodes in the order of the search, those that it has not come to at the end, as ones that the root holds. */
function withUnreached(
  { nodeCount, root }: FlowGraph,
  { count, nodeOf }: Search,
  dominators: Uint32Array,
): Uint32Array {
  let at = count;
  for (let node = 0; at < nodeCount; node++) {
    if (dominators[node] !== NONE) continue;
    dominators[node] = root;
    nodeOf[++at] = node;
  }
  return nodeOf.subarray(1);
}
