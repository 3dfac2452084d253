import { retainedNodes } from './dominators.ts';
import type { Heap } from './heap.ts';
import { IntStack } from './int-stack.ts';

/** Objects that are taken together, such as all that a cog is. */
export interface Holder {
  readonly name: string;
  /** What is its own, whoever refers to it. */
  readonly nodes: readonly number[];
  /** What it hands out to other holders: it stays its own whichever of these has it, unless others have it, too. */
  readonly handedOut?: readonly number[];
}

/** What a holder has. */
interface Holding {
  readonly name: string;
  /** What only it keeps alive, its own objects among it, whoever else holds these. */
  readonly exclusiveBytes: number;
  readonly objects: number;
  /** What it keeps alive together with other holders, and nobody else does: of each of them the same again. */
  readonly sharedBytes: number;
}

/** What the same holders keep alive together and nobody else does. */
export interface SharedRow {
  /** Empty where they are more than eight. */
  readonly holders: readonly string[];
  readonly bytes: number;
  readonly objects: number;
}

interface Holdings {
  readonly holders: readonly Holding[];
  /** The most bytes first. It is in no `exclusiveBytes`. */
  readonly shared: readonly SharedRow[];
  /** Of each node the number of the holder from 1 on that alone has it; of all others 0. */
  readonly owners: Uint32Array;
}

const NOT_SEEN = 0;
const OTHERS = 2 ** 32 - 1;
/** Groups of more holders are not told apart, so that no node changes its group more often than that. */
const MOST_MEMBERS = 8;

/**
 * What each holder alone keeps alive, and what only some of them do together. With `S(h)` as the nodes of holder `h`,
 * `S` as those of all, `N` as `nobodys`, and `R(X)` as what is reached from `X` by essential edges without stepping on
 * a node of `S`:
 *
 * - others = `R(root ∪ N)`: what is there without the holders
 * - holders of `x` = `{ h : x ∈ S(h) ∪ R(S(h)) }`, for `x` that the others have not
 *
 * `x` is exclusive where that is one holder, and shared where it is several. So a node of `S` belongs to its holder
 * whoever refers to it, and with it what hangs from it alone: what only others keep it by, such as a collection with
 * all commands, or another holder, takes nothing away. What a holder hands out is added to its `S(h)` after the first
 * step, unless the others have it, or several holders hand it out. For one holder with one node this is the retained
 * size of that. Linear in the number of edges: a node's group of holders only ever grows, and at most eight times.
 * @param nobodys what is no holder's, whoever refers to it
 */
export function holdingsOf(
  heap: Heap,
  holders: readonly Holder[],
  nobodys: readonly number[] = [],
): Holdings {
  const { graph } = heap;
  const groups = new Groups(holders.length);
  const owners = ownersOf(heap, holders, nobodys, groups);
  const bytes = new Float64Array(groups.count);
  const objects = new Float64Array(groups.count);
  for (let node = 0; node < graph.nodeCount; node++) {
    const owner = owners[node]!;
    if (owner === NOT_SEEN || owner === OTHERS) {
      owners[node] = 0;
      continue;
    }
    bytes[owner]! += graph.sizeOf(node);
    objects[owner]!++;
    if (owner > holders.length) owners[node] = 0;
  }
  const sharedBytes = new Float64Array(holders.length);
  const shared: SharedRow[] = [];
  for (let group = holders.length + 1; group < groups.count; group++) {
    if (objects[group] === 0) continue;
    const members = groups.membersOf(group);
    for (const member of members) sharedBytes[member - 1]! += bytes[group]!;
    const names = members.map((member) => holders[member - 1]!.name);
    shared.push({ holders: names, bytes: bytes[group]!, objects: objects[group]! });
  }
  return {
    holders: holders.map(({ name }, index) => ({
      name,
      exclusiveBytes: bytes[index + 1]!,
      objects: objects[index + 1]!,
      sharedBytes: sharedBytes[index]!,
    })),
    shared: shared.sort((a, b) => b.bytes - a.bytes),
    owners,
  };
}

/** Sets of holders, by number: first those of one holder, from 1 on, then the groups that turn up. */
class Groups {
  readonly #members: (readonly number[])[];
  readonly #unions = new Map<number, Map<number, number>>();
  readonly #byMembers = new Map<string, number>();

  constructor(holders: number) {
    this.#members = [[], ...Array.from({ length: holders }, (_, index) => [index + 1])];
  }

  get count(): number {
    return this.#members.length;
  }

  /** Empty for those of too many. */
  membersOf(group: number): readonly number[] {
    return this.#members[group]!;
  }

  union(a: number, b: number): number {
    if (a === b) return a;
    let known = this.#unions.get(a);
    if (known === undefined) this.#unions.set(a, (known = new Map()));
    let group = known.get(b);
    if (group === undefined) known.set(b, (group = this.#numberOf(a, b)));
    return group;
  }

  #numberOf(a: number, b: number): number {
    const [one, other] = [this.membersOf(a), this.membersOf(b)];
    const all = [...new Set([...one, ...other])].sort((x, y) => x - y);
    const isMany = one.length === 0 || other.length === 0 || all.length > MOST_MEMBERS;
    const key = isMany ? '' : all.join();
    const known = this.#byMembers.get(key);
    if (known !== undefined) return known;
    const number = this.#members.push(isMany ? [] : all) - 1;
    this.#byMembers.set(key, number);
    return number;
  }
}

/** Of each node the number of its group, `NOT_SEEN`, or `OTHERS`. */
function ownersOf(
  { graph, essential }: Heap,
  holders: readonly Holder[],
  nobodys: readonly number[],
  groups: Groups,
): Uint32Array {
  const { nodeCount, firstEdges, targets, root } = graph;
  const owners = new Uint32Array(nodeCount);
  const left = new IntStack();
  const take = (node: number) => {
    owners[node] = OTHERS;
    left.push(node);
  };
  nobodys.forEach(take);
  const starts = new Set<number>();
  for (const [index, { nodes }] of holders.entries()) {
    for (const node of nodes) {
      const known = owners[node]!;
      if (known === OTHERS) continue;
      owners[node] = known === NOT_SEEN ? index + 1 : groups.union(known, index + 1);
      starts.add(node);
    }
  }
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
  for (let node = 0; node < nodeCount; node++)
    if (!starts.has(node) && (node === root || !retained.has(node))) take(node);
  spread(() => OTHERS);
  for (const [node, holder] of handedOutByOne(holders)) {
    if (owners[node] !== NOT_SEEN) continue;
    owners[node] = holder;
    starts.add(node);
  }
  for (const node of starts) left.push(node);
  spread((owner, target) => {
    const known = owners[target]!;
    if (known === OTHERS) return known;
    return known === NOT_SEEN ? owner : groups.union(known, owner);
  });
  return owners;
}

/** What one holder alone hands out, with its number. */
function handedOutByOne(holders: readonly Holder[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const [index, { handedOut = [] }] of holders.entries()) {
    for (const node of handedOut) {
      const known = found.get(node);
      found.set(node, known === undefined || known === index + 1 ? index + 1 : NOT_SEEN);
    }
  }
  for (const [node, holder] of found) if (holder === NOT_SEEN) found.delete(node);
  return found;
}
