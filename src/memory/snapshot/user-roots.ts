import type { HeapGraph } from './graph.ts';
import { edgeKind, nodeKind } from './kinds.ts';

const ELEMENT = edgeKind('element');
const SHORTCUT = edgeKind('shortcut');
const SYNTHETIC = nodeKind('synthetic');
const DOCUMENTS = '(Document DOM trees)';

/**
 * What hangs directly from the root and belongs to the program: the global objects, in a page the documents too. The
 * rest are V8's own roots, which DevTools calls synthetic.
 */
export function userRootsOf(graph: HeapGraph): number[] {
  return edgesOfRoot(graph)
    .map((edge) => graph.targets[edge]!)
    .filter((node) => graph.nodeKinds[node] !== SYNTHETIC || isDocuments(graph, node));
}

/** Where DevTools begins to mark what a page owns: at global objects, which the root refers to by shortcuts. */
export function pageRootsOf(graph: HeapGraph): number[] {
  return edgesOfRoot(graph)
    .filter((edge) => {
      const kind = graph.edgeKindOf(edge);
      return kind === SHORTCUT || (kind === ELEMENT && isDocuments(graph, graph.targets[edge]!));
    })
    .map((edge) => graph.targets[edge]!);
}

function edgesOfRoot({ root, firstEdges }: HeapGraph): number[] {
  const first = firstEdges[root]!;
  return Array.from({ length: firstEdges[root + 1]! - first }, (_, index) => first + index);
}

function isDocuments(graph: HeapGraph, node: number): boolean {
  return graph.nodeKinds[node] === SYNTHETIC && graph.nameText(node) === DOCUMENTS;
}
