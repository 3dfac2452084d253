import { ProfilerError } from '../../errors.ts';
import { nearest } from '../nearest.ts';
import { shown } from './describe.ts';
import type { HeapGraph } from './graph.ts';
import type { Heap } from './heap.ts';
import { NODE_KINDS } from './kinds.ts';
import { release } from './release.ts';

/** The kinds of nodes that go by the name of their class; the others go by their kind. */
const NAMED = new Set(['object', 'native']);
const KIND_NAMES: Readonly<Record<string, string>> = {
  hidden: '(system)',
  code: '(compiled code)',
  closure: 'Function',
  regexp: 'RegExp',
};
/** An element of a page: its attributes make no class. */
const ELEMENT = /^((?:Detached )?<\S*) .*/s;

/** Which class each object is of, by the names that DevTools gives them. */
export class Classes {
  readonly names: string[] = [];
  readonly #graph: HeapGraph;
  readonly #byName = new Map<string, number>();
  readonly #byKind: readonly number[];
  /** Of the string that is the name of a class, the number of that and one more. */
  readonly #byString: Uint32Array;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.#byString = new Uint32Array(graph.strings.count);
    this.#byKind = NODE_KINDS.map((kind) =>
      NAMED.has(kind) ? -1 : this.#number(KIND_NAMES[kind] ?? `(${kind})`),
    );
  }

  of(node: number): number {
    const ofKind = this.#byKind[this.#graph.nodeKinds[node]!]!;
    if (ofKind !== -1) return ofKind;
    const string = this.#graph.nodeNames[node]!;
    const known = this.#byString[string]!;
    if (known !== 0) return known - 1;
    const number = this.#number(shown(this.#graph.strings.get(string).replace(ELEMENT, '$1>')));
    this.#byString[string] = number + 1;
    return number;
  }

  #number(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    this.#byName.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** All objects of a class. */
export interface ClassRow {
  readonly name: string;
  readonly count: number;
  readonly shallowBytes: number;
  /** What all of them keep alive together: what one keeps for another of its class counts once. */
  readonly retainedBytes: number;
}

/** All classes of which there is something, those that keep the most alive first. */
export function classRowsOf(heap: Heap): ClassRow[] {
  const { graph } = heap;
  const classes = new Classes(graph);
  const counts: number[] = [];
  const sizes: number[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    const size = graph.sizeOf(node);
    if (size === 0) continue;
    const number = classes.of(node);
    counts[number] = (counts[number] ?? 0) + 1;
    sizes[number] = (sizes[number] ?? 0) + size;
  }
  const retained = retainedByClass(heap, classes);
  return classes.names
    .map((name, number) => ({
      name,
      count: counts[number] ?? 0,
      shallowBytes: sizes[number] ?? 0,
      retainedBytes: retained[number] ?? 0,
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.retainedBytes - a.retainedBytes || b.shallowBytes - a.shallowBytes);
}

/**
 * Adds up what the outermost objects of each class retain: from the root downwards, an object counts unless it is
 * kept by one of its class.
 */
function retainedByClass({ graph, dominators, retainedSizes }: Heap, classes: Classes): number[] {
  const { root } = graph;
  const { firstChildren, siblings } = childrenOf(graph, dominators);
  const retained: number[] = [];
  /** Of each class the object that we are within, and one more. */
  const within: number[] = [];
  const enter = (node: number) => {
    if (graph.sizeOf(node) === 0) return;
    const number = classes.of(node);
    if (within[number]) return;
    retained[number] = (retained[number] ?? 0) + retainedSizes[node]!;
    within[number] = node + 1;
  };
  const leave = (node: number) => {
    const number = classes.of(node);
    if (within[number] === node + 1) within[number] = 0;
  };
  enter(root);
  for (let node = root; ; ) {
    const child = firstChildren[node]!;
    if (child !== NONE) {
      enter(child);
      node = child;
      continue;
    }
    while (node !== root && siblings[node] === NONE) {
      leave(node);
      node = dominators[node]!;
    }
    if (node === root) break;
    leave(node);
    node = siblings[node]!;
    enter(node);
  }
  release(firstChildren);
  release(siblings);
  return retained;
}

const NONE = 2 ** 32 - 1;

function childrenOf({ nodeCount, root }: HeapGraph, dominators: Uint32Array) {
  const firstChildren = new Uint32Array(nodeCount).fill(NONE);
  const siblings = new Uint32Array(nodeCount).fill(NONE);
  for (let node = 0; node < nodeCount; node++) {
    if (node === root) continue;
    const dominator = dominators[node]!;
    siblings[node] = firstChildren[dominator]!;
    firstChildren[dominator] = node;
  }
  return { firstChildren, siblings };
}

/**
 * The nodes of a class.
 * @throws ProfilerError UNKNOWN_CLASS, with the names that come closest
 */
export function nodesOfClass({ graph }: Heap, name: string): number[] {
  const classes = new Classes(graph);
  const nodes: number[] = [];
  for (let node = 0; node < graph.nodeCount; node++)
    if (graph.sizeOf(node) > 0 && classes.names[classes.of(node)] === name) nodes.push(node);
  if (nodes.length === 0) throw new ProfilerError('UNKNOWN_CLASS', shown(name), nearest(name, classes.names));
  return nodes;
}
