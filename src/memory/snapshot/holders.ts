import { retainedNodes } from './dominators.ts';
import type { Heap } from './heap.ts';
import { IntStack } from './int-stack.ts';

/** Objects that are taken together, such as the instances of a cog. */
export interface Holder {
  readonly name: string;
  /** Ids of their nodes, as V8 counts. */
  readonly ids: readonly number[];
}

/** What a holder has. */
interface Holding {
  readonly name: string;
  /** What only it keeps alive, its own objects among it, whoever else holds these. */
  readonly exclusiveBytes: number;
  readonly objects: number;
  /** Ids that the snapshot does not know. */
  readonly missing: readonly number[];
}

export interface Holdings {
  readonly holders: readonly Holding[];
  /** What several of them keep alive together and nobody else does. It is in none of the above. */
  readonly shared: { readonly bytes: number; readonly objects: number };
}

const NOT_SEEN = 0;
const SEVERAL = 2 ** 32 - 1;
const OTHERS = 2 ** 32 - 2;

/**
 * What each holder alone keeps alive, and what only some of them together do. What anything else reaches belongs to
 * nobody here. Where one holder refers to the objects of another, those stay the other's: nothing counts twice. For one
 * holder with one object this is the retained size of that.
 */
export function holdingsOf(heap: Heap, holders: readonly Holder[]): Holdings {
  const { graph } = heap;
  const nodes = nodesOf(heap, holders);
  const owners = ownersOf(heap, holders, nodes);
  const bytes = new Array<number>(holders.length).fill(0);
  const objects = new Array<number>(holders.length).fill(0);
  const shared = { bytes: 0, objects: 0 };
  for (let node = 0; node < graph.nodeCount; node++) {
    const owner = owners[node]!;
    if (owner === NOT_SEEN || owner === OTHERS) continue;
    if (owner === SEVERAL) {
      shared.bytes += graph.sizeOf(node);
      shared.objects++;
    } else {
      bytes[owner - 1]! += graph.sizeOf(node);
      objects[owner - 1]!++;
    }
  }
  return {
    holders: holders.map(({ name, ids }, index) => ({
      name,
      exclusiveBytes: bytes[index]!,
      objects: objects[index]!,
      missing: ids.filter((id) => !nodes.has(id)),
    })),
    shared,
  };
}

function nodesOf({ graph }: Heap, holders: readonly Holder[]): Map<number, number> {
  const wanted = new Set(holders.flatMap(({ ids }) => ids));
  const nodes = new Map<number, number>();
  for (let node = 0; node < graph.nodeCount; node++)
    if (wanted.has(graph.nodeIds[node]!)) nodes.set(graph.nodeIds[node]!, node);
  return nodes;
}

/** Of each node the number of its holder from 1 on, `SEVERAL`, or `OTHERS`. */
function ownersOf(
  { graph, essential }: Heap,
  holders: readonly Holder[],
  nodes: ReadonlyMap<number, number>,
): Uint32Array {
  const { nodeCount, firstEdges, targets, root } = graph;
  const owners = new Uint32Array(nodeCount);
  const starts = new Set<number>();
  for (const [index, { ids }] of holders.entries()) {
    for (const id of ids) {
      const node = nodes.get(id);
      if (node === undefined) continue;
      owners[node] = starts.has(node) && owners[node] !== index + 1 ? SEVERAL : index + 1;
      starts.add(node);
    }
  }
  const left = new IntStack();
  const spread = (meet: (owner: number, target: number) => number) => {
    while (left.length > 0) {
      const node = left.pop();
      for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
        const target = targets[edge]!;
        // What belongs to a holder from the start is where its part begins.
        if (starts.has(target) || !essential.has(edge)) continue;
        const owner = meet(owners[node]!, target);
        if (owner === owners[target]) continue;
        owners[target] = owner;
        left.push(target);
      }
    }
  };
  const retained = retainedNodes(graph, essential);
  for (let node = 0; node < nodeCount; node++) {
    if (starts.has(node) || (node !== root && retained.has(node))) continue;
    owners[node] = OTHERS;
    left.push(node);
  }
  spread(() => OTHERS);
  for (const node of starts) left.push(node);
  // An owner only ever goes from not seen to one to several, so that the order makes no difference.
  spread((owner, target) => {
    const known = owners[target]!;
    return known === NOT_SEEN ? owner : known === OTHERS || known === owner ? known : SEVERAL;
  });
  return owners;
}
