import { Bits } from './bits.ts';
import type { HeapGraph } from './graph.ts';
import { edgeKind } from './kinds.ts';

const PAIR = /^\d+( \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\))$/s;
const INTERNAL = edgeKind('internal');

/** The edge to the value of a pair in a WeakMap: one comes from the key, and the same again from the table. */
export interface Pair {
  /** What both of the edges have in their names. */
  readonly text: string;
  /** The id of the table. */
  readonly table: number;
}

/** Tells by their names which edges are those to values in WeakMaps: V8 has no kind of its own for them. */
export class Ephemerons {
  readonly #graph: HeapGraph;
  /** Names that were looked at, and are none of these. */
  readonly #others: Bits;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.#others = new Bits(graph.strings.count);
  }

  pairOf(edge: number): Pair | undefined {
    if (this.#graph.edgeKindOf(edge) !== INTERNAL) return undefined;
    const name = this.#graph.edgeNameOf(edge);
    if (this.#others.has(name)) return undefined;
    const match = PAIR.exec(this.#graph.strings.get(name));
    if (match !== null) return { text: match[1]!, table: Number(match[2]) };
    this.#others.add(name);
    return undefined;
  }
}
