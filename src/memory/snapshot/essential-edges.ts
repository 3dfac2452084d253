import { Bits } from './bits.ts';
import type { Ephemerons } from './ephemerons.ts';
import type { HeapGraph } from './graph.ts';
import { IntStack } from './int-stack.ts';
import { edgeKind } from './kinds.ts';
import { pageRootsOf } from './user-roots.ts';

const WEAK = edgeKind('weak');
const SHORTCUT = edgeKind('shortcut');

/**
 * The edges that keep their target alive, by the rules of DevTools, so that sizes are the same:
 *
 * - no weak edge, and none from a node to itself
 * - a shortcut only where it comes from the root: there it marks a global object, elsewhere it repeats what is said
 * - what a WeakMap holds is held by the key; the same edge from the table is left out, as the end of either frees it
 * - no edge from what only V8 can reach to what the program can reach: a debugger, a compiler and caches would
 *   otherwise appear to hold the program's objects together with it
 */
export function essentialEdgesOf(graph: HeapGraph, ephemerons: Ephemerons): Bits {
  const { nodeCount, nodeIds, firstEdges, targets, root } = graph;
  const program = reachableFrom(graph, pageRootsOf(graph));
  const essential = new Bits(graph.edgeCount);
  for (let node = 0; node < nodeCount; node++) {
    const isOfProgram = node === root || program.has(node);
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      const target = targets[edge]!;
      if (target === node || (!isOfProgram && program.has(target))) continue;
      const kind = graph.edgeKindOf(edge);
      if (kind === WEAK || (kind === SHORTCUT && node !== root)) continue;
      if (ephemerons.pairOf(edge)?.table === nodeIds[node]) continue;
      essential.add(edge);
    }
  }
  return essential;
}

/** What can be reached from some nodes without weak edges. */
function reachableFrom(graph: HeapGraph, starts: readonly number[]): Bits {
  const { firstEdges, targets } = graph;
  const reached = new Bits(graph.nodeCount);
  const left = new IntStack();
  const reach = (node: number) => {
    if (reached.has(node)) return;
    reached.add(node);
    left.push(node);
  };
  starts.forEach(reach);
  while (left.length > 0) {
    const node = left.pop();
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++)
      if (graph.edgeKindOf(edge) !== WEAK) reach(targets[edge]!);
  }
  return reached;
}
