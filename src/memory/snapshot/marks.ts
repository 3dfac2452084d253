import { targetsOf } from './edges.ts';
import type { HeapGraph } from './graph.ts';
import { nodeKind } from './kinds.ts';

const OBJECT = nodeKind('object');
const WEAK_REF = 'WeakRef';
const ARRAY = 'Array';

/** Objects by cog. */
export type ObjectsByCog = ReadonlyMap<string, readonly object[]>;
type Marked = Readonly<Record<string, readonly WeakRef<object>[]>>;

/**
 * Put on the heap while a snapshot is taken, it says which objects are whose: a reader finds it by the name of its
 * class. It keeps none of them alive, and is a retainer of none in any tool, as it refers to them weakly. V8's ids
 * would say it too, but they are given anew whenever any session of the inspector ends.
 */
export class CogscopeMarks {
  readonly cogs: Marked;
  /** What is in the properties of what a cog's files export. */
  readonly exported: Marked;
  /** What is no cog's, whichever of them refers to it: the client and the profiler. */
  readonly nobodys: readonly WeakRef<object>[];
  /** What all of the profiler hangs from: it has all that it tracks, and is why nothing is there. */
  readonly profiler: readonly WeakRef<object>[];

  constructor(cogs: ObjectsByCog, exported: ObjectsByCog, client: object, profiler: readonly object[]) {
    this.cogs = marked(cogs);
    this.exported = marked(exported);
    this.profiler = profiler.map((part) => new WeakRef(part));
    this.nobodys = [new WeakRef(client), ...this.profiler];
  }
}

function marked(objects: ObjectsByCog): Marked {
  const byCog: Record<string, WeakRef<object>[]> = Object.create(null);
  for (const [cog, own] of objects) byCog[cog] = own.map((object) => new WeakRef(object));
  return byCog;
}

/** What was marked, as nodes. */
export interface MarkedNodes {
  readonly cogs: ReadonlyMap<string, readonly number[]>;
  readonly exported: ReadonlyMap<string, readonly number[]>;
  readonly nobodys: readonly number[];
  readonly profiler: readonly number[];
}

/** What the marks in a snapshot say; undefined where it has none, as it was taken by other means. */
export function marksOf(graph: HeapGraph): MarkedNodes | undefined {
  const [name, weakRef, array] = graph.strings.find([CogscopeMarks.name, WEAK_REF, ARRAY]);
  for (let node = graph.nodeCount - 1; node >= 0; node--) {
    if (graph.nodeNames[node] !== name || graph.nodeKinds[node] !== OBJECT) continue;
    const parts = new Map(namedTargets(graph, node));
    const [cogs, exported] = [parts.get('cogs'), parts.get('exported')];
    const [nobodys, profiler] = [parts.get('nobodys'), parts.get('profiler')];
    // The prototype has the name of the class as well.
    if (cogs === undefined || exported === undefined) continue;
    if (nobodys === undefined || profiler === undefined) continue;
    const nodesByCog = (byCog: number) =>
      new Map(
        [...namedTargets(graph, byCog)]
          .filter(([, target]) => graph.nodeNames[target] === array)
          .map(([cog, list]) => [cog, nodesIn(graph, list, weakRef)]),
      );
    return {
      cogs: nodesByCog(cogs),
      exported: nodesByCog(exported),
      nobodys: nodesIn(graph, nobodys, weakRef),
      profiler: nodesIn(graph, profiler, weakRef),
    };
  }
  return undefined;
}

/** The properties of an object, those with numbers for names too. */
function* namedTargets(graph: HeapGraph, node: number): Iterable<[name: string, target: number]> {
  for (let edge = graph.firstEdges[node]!; edge < graph.firstEdges[node + 1]!; edge++) {
    const kind = graph.edgeKindNameOf(edge);
    if (kind === 'property' || kind === 'element') yield [graph.edgeText(edge), graph.targets[edge]!];
  }
}

/** What the WeakRefs in a list refer to. */
function nodesIn(graph: HeapGraph, list: number, weakRef: number): number[] {
  const nodes: number[] = [];
  for (const reference of targetsOf(graph, list, 'element')) {
    if (graph.nodeNames[reference] !== weakRef) continue;
    for (const target of targetsOf(graph, reference, 'weak')) nodes.push(target);
  }
  return nodes;
}
