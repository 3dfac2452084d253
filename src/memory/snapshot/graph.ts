import { EDGE_KINDS, type EdgeKind, edgeKind, NODE_KINDS, type NodeKind } from './kinds.ts';
import type { LocationTable } from './locations.ts';
import type { StringTable } from './string-table.ts';

/** Bits of a label that are the kind of the edge. */
const KIND_BITS = 3;
const KIND_MASK = 2 ** KIND_BITS - 1;
/** The greatest name or index that a label has room for; greater ones stand in a map. */
const MOST_NAME = 2 ** (32 - KIND_BITS) - 1;
/** A size that does not fit: it stands in a map. */
const LARGE = 2 ** 32 - 1;
const NUMBERED = new Set([edgeKind('element'), edgeKind('hidden')]);

/**
 * The objects of a heap and what refers to what, as columns: 17 bytes a node and 8 an edge. A node is a number from 0;
 * the edges of node `n` are those from `firstEdges[n]` up to `firstEdges[n + 1]`.
 */
export class HeapGraph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly root: number;
  readonly nodeKinds: Uint8Array;
  /** Indexes of `strings`. */
  readonly nodeNames: Uint32Array;
  readonly nodeIds: Uint32Array;
  readonly firstEdges: Uint32Array;
  /** The node that an edge leads to. */
  readonly targets: Uint32Array;
  readonly strings: StringTable;
  readonly locations: LocationTable;
  readonly #labels: Uint32Array;
  readonly #sizes: Uint32Array;
  readonly #largeSizes = new Map<number, number>();
  readonly #largeNames = new Map<number, number>();

  constructor(
    counts: { readonly nodeCount: number; readonly edgeCount: number; readonly root: number },
    strings: StringTable,
    locations: LocationTable,
  ) {
    const { nodeCount, edgeCount, root } = counts;
    this.nodeCount = nodeCount;
    this.edgeCount = edgeCount;
    this.root = root;
    this.nodeKinds = new Uint8Array(nodeCount);
    this.nodeNames = new Uint32Array(nodeCount);
    this.nodeIds = new Uint32Array(nodeCount);
    this.firstEdges = new Uint32Array(nodeCount + 1);
    this.targets = new Uint32Array(edgeCount);
    this.strings = strings;
    this.locations = locations;
    this.#labels = new Uint32Array(edgeCount);
    this.#sizes = new Uint32Array(nodeCount);
  }

  /** In bytes, what the object takes itself. */
  sizeOf(node: number): number {
    const size = this.#sizes[node]!;
    return size === LARGE ? this.#largeSizes.get(node)! : size;
  }

  setSize(node: number, sizeBytes: number): void {
    if (sizeBytes < LARGE) this.#sizes[node] = sizeBytes;
    else {
      this.#sizes[node] = LARGE;
      this.#largeSizes.set(node, sizeBytes);
    }
  }

  /** The number of the kind of an edge. */
  edgeKindOf(edge: number): number {
    return this.#labels[edge]! & KIND_MASK;
  }

  /** An index of `strings`, or, of what is numbered (`element`, `hidden`), the number. */
  edgeNameOf(edge: number): number {
    const name = this.#labels[edge]! >>> KIND_BITS;
    return name === MOST_NAME ? this.#largeNames.get(edge)! : name;
  }

  setLabel(edge: number, kind: number, name: number): void {
    if (name >= MOST_NAME) this.#largeNames.set(edge, name);
    this.#labels[edge] = (Math.min(name, MOST_NAME) << KIND_BITS) | kind;
  }

  nodeKindNameOf(node: number): NodeKind {
    return NODE_KINDS[this.nodeKinds[node]!]!;
  }

  edgeKindNameOf(edge: number): EdgeKind {
    return EDGE_KINDS[this.edgeKindOf(edge)]!;
  }

  /** The name of an edge, or its number as text. */
  edgeText(edge: number): string {
    const name = this.edgeNameOf(edge);
    return isNumbered(this.edgeKindOf(edge)) ? String(name) : this.strings.get(name);
  }

  nameText(node: number, mostBytes?: number): string {
    return this.strings.get(this.nodeNames[node]!, mostBytes);
  }
}

/** Whether edges of a kind have a number in place of a name. */
export function isNumbered(kind: number): boolean {
  return NUMBERED.has(kind);
}
