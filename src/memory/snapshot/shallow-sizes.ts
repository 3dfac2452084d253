import type { HeapGraph } from './graph.ts';
import { IntStack } from './int-stack.ts';
import { edgeKind, nodeKind } from './kinds.ts';
import { release } from './release.ts';
import { userRootsOf } from './user-roots.ts';

const NOT_SEEN = 2 ** 32 - 1;
const SEVERAL = 2 ** 32 - 2;
const WEAK = edgeKind('weak');
const EXTERNAL_STRING = 'system / ExternalStringData';

/**
 * Adds what V8 keeps for an object beside it to the size of that object, as DevTools does: the elements of an array,
 * the table of a Map, the text of an external string. What belongs to several objects keeps its size. A snapshot that
 * was written with V8's internals has no roots of the program, and is left as it is.
 */
export function moveSizesToOwners(graph: HeapGraph): void {
  if (userRootsOf(graph).length === 0) return;
  const owners = ownersOf(graph);
  const synthetic = nodeKind('synthetic');
  for (let node = 0; node < graph.nodeCount; node++) {
    const owner = owners[node]!;
    if (owner === node || owner >= SEVERAL) continue;
    if (owner === graph.root || graph.nodeKinds[owner] === synthetic) continue;
    const size = graph.sizeOf(node);
    if (size === 0) continue;
    graph.setSize(owner, graph.sizeOf(owner) + size);
    graph.setSize(node, 0);
  }
  release(owners);
}

/** Of each node the one that it belongs to: itself, another, or `SEVERAL`. */
function ownersOf(graph: HeapGraph): Uint32Array {
  const { nodeCount, nodeKinds, nodeNames, firstEdges, targets } = graph;
  const [external] = graph.strings.find([EXTERNAL_STRING]);
  const hidden = nodeKind('hidden');
  const array = nodeKind('array');
  const native = nodeKind('native');
  const isOwned = (node: number): boolean => {
    const kind = nodeKinds[node];
    return kind === hidden || kind === array || (kind === native && nodeNames[node] === external);
  };

  const owners = new Uint32Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) owners[node] = isOwned(node) ? NOT_SEEN : node;
  // An owner only ever goes from not seen to one node to several, so that the order makes no difference.
  const left = new IntStack();
  for (let start = 0; start < nodeCount; start++) {
    if (owners[start] !== start) continue;
    left.push(start);
    while (left.length > 0) {
      const node = left.pop();
      const owner = owners[node]!;
      for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
        const target = targets[edge]!;
        const known = owners[target]!;
        if (known === target || known === owner || known === SEVERAL) continue;
        if (graph.edgeKindOf(edge) === WEAK) continue;
        owners[target] = known === NOT_SEEN ? owner : SEVERAL;
        left.push(target);
      }
    }
  }
  return owners;
}
