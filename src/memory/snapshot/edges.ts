import type { HeapGraph } from './graph.ts';
import { type EdgeKind, edgeKind } from './kinds.ts';

/** Finds edges by their names, without making texts of the names of all others. */
export class EdgeFinder<Name extends string> {
  readonly #graph: HeapGraph;
  readonly #names: ReadonlyMap<Name, number>;

  constructor(graph: HeapGraph, names: readonly Name[]) {
    this.#graph = graph;
    const found = graph.strings.find(names);
    this.#names = new Map(names.map((name, index) => [name, found[index]!]));
  }

  /** Where the first edge of a kind and name leads. */
  to(node: number, kind: EdgeKind, name: Name): number | undefined {
    const { firstEdges, targets } = this.#graph;
    const wanted = this.#names.get(name);
    const number = edgeKind(kind);
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++)
      if (this.#graph.edgeKindOf(edge) === number && this.#graph.edgeNameOf(edge) === wanted)
        return targets[edge]!;
    return undefined;
  }
}

/** Where the edges of a node lead, those of one kind only where it is named. */
export function* targetsOf(graph: HeapGraph, node: number, kind?: EdgeKind): Iterable<number> {
  const number = kind === undefined ? undefined : edgeKind(kind);
  for (let edge = graph.firstEdges[node]!; edge < graph.firstEdges[node + 1]!; edge++)
    if (number === undefined || graph.edgeKindOf(edge) === number) yield graph.targets[edge]!;
}
