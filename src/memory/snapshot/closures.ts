import { pathTo, shown } from './describe.ts';
import type { Heap } from './heap.ts';
import { nodeKind } from './kinds.ts';

const MOST_VARIABLES = 3;
const CLOSURE = nodeKind('closure');

/** All closures that one piece of code has made, and whose scope nothing else holds. */
export interface ClosureRow {
  readonly name: string;
  /** Such as `/bot/music.js:12:5`; empty where the snapshot does not say it. */
  readonly place: string;
  readonly count: number;
  /** What the scopes keep alive: it is freed with the closures. */
  readonly retainedBytes: number;
  /** The variables that hold the most of it. */
  readonly variables: readonly string[];
  /** How one of them is reached. */
  readonly path: string;
}

/**
 * Closures that alone hold the scope which they were made in: the call that made it is over, no other function shares
 * it, and what its variables hold lives only for the closure. A handler that is registered again and again and never
 * removed shows as many of these. Found by the dominator of the scope, which is the closure itself.
 */
export function detachedClosures(heap: Heap, limit: number): ClosureRow[] {
  const groups = new Map<number, Group>();
  for (let node = 0; node < heap.graph.nodeCount; node++) {
    if (heap.graph.nodeKinds[node] === CLOSURE) addClosure(heap, node, groups);
  }
  return [...groups.values()]
    .sort((a, b) => b.retainedBytes - a.retainedBytes)
    .slice(0, limit)
    .map(({ closure, code, count, retainedBytes, variables }) => ({
      name: shown(heap.graph.nameText(closure)) || '(anonymous)',
      place: placeOf(heap, closure, code),
      count,
      retainedBytes,
      variables: [...variables]
        .sort(([, a], [, b]) => b - a)
        .slice(0, MOST_VARIABLES)
        .map(([name]) => shown(heap.graph.strings.get(name))),
      path: pathTo(heap, closure),
    }));
}

interface Group {
  readonly closure: number;
  readonly code: number;
  count: number;
  retainedBytes: number;
  /** What the variables of all the scopes hold, by the string that names them. */
  readonly variables: Map<number, number>;
}

function addClosure(heap: Heap, closure: number, groups: Map<number, Group>): void {
  const { graph, dominators, retainedSizes } = heap;
  const scope = targetOf(heap, closure, 'internal', 'context');
  const code = targetOf(heap, closure, 'internal', 'shared');
  if (scope === undefined || code === undefined || dominators[scope] !== closure) return;
  const group = groups.get(code) ?? { closure, code, count: 0, retainedBytes: 0, variables: new Map() };
  groups.set(code, group);
  group.count++;
  group.retainedBytes += retainedSizes[scope]!;
  for (let edge = graph.firstEdges[scope]!; edge < graph.firstEdges[scope + 1]!; edge++) {
    const target = graph.targets[edge]!;
    if (graph.edgeKindNameOf(edge) !== 'context' || dominators[target] !== scope) continue;
    const name = graph.edgeNameOf(edge);
    group.variables.set(name, (group.variables.get(name) ?? 0) + retainedSizes[target]!);
  }
}

function placeOf(heap: Heap, closure: number, code: number): string {
  const location = heap.graph.locations.of(closure);
  const script = targetOf(heap, code, 'internal', 'script');
  if (location === undefined || script === undefined) return '';
  return `${shown(heap.graph.nameText(script))}:${location.line}:${location.column}`;
}

/** Where the first edge of a kind and name leads. */
function targetOf({ graph }: Heap, node: number, kind: string, name: string): number | undefined {
  for (let edge = graph.firstEdges[node]!; edge < graph.firstEdges[node + 1]!; edge++)
    if (graph.edgeKindNameOf(edge) === kind && graph.edgeText(edge) === name) return graph.targets[edge]!;
  return undefined;
}
