import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bits } from '../../../src/memory/snapshot/bits.ts';
import { dominatorsOf, type FlowGraph } from '../../../src/memory/snapshot/dominators.ts';

type Edge = readonly [from: number, to: number, isEssential: boolean];

function flowGraph(nodeCount: number, root: number, edges: readonly Edge[]) {
  const sorted = edges.toSorted(([a], [b]) => a - b);
  const essential = new Bits(edges.length);
  sorted.forEach(([, , isEssential], index) => {
    if (isEssential) essential.add(index);
  });
  const firstEdges = Uint32Array.from(
    { length: nodeCount + 1 },
    (_, node) => sorted.filter(([from]) => from < node).length,
  );
  const graph: FlowGraph = { nodeCount, root, firstEdges, targets: Uint32Array.from(sorted, ([, to]) => to) };
  return { graph, essential };
}

/** What can be reached from some nodes when one is taken away. */
function reachable(starts: readonly number[], edges: readonly Edge[], without: number): Set<number> {
  const reached = new Set(starts.filter((start) => start !== without));
  for (const node of reached)
    for (const [from, to, isEssential] of edges)
      if (isEssential && from === node && to !== without) reached.add(to);
  return reached;
}

/** By the definition: the nearest of the nodes without which a node is not reached. */
function naiveDominators(nodeCount: number, root: number, edges: readonly Edge[]): number[] {
  const nodes = Array.from({ length: nodeCount }, (_, node) => node);
  const held = new Set(edges.flatMap(([, to, isEssential]) => (isEssential ? [to] : [])));
  const starts = [root, ...nodes.filter((node) => !held.has(node))];
  const all = reachable(starts, edges, -1);
  const dominated = nodes.map((node) => {
    const left = reachable(starts, edges, node);
    return new Set(nodes.filter((other) => all.has(other) && !left.has(other)));
  });
  return nodes.map((node) => {
    if (node === root || !all.has(node)) return root;
    const above = nodes.filter((other) => other !== node && other !== root && dominated[other]!.has(node));
    // The nearest one is itself dominated by all the others.
    return above.find((near) => above.every((far) => dominated[far]!.has(near))) ?? root;
  });
}

const graphs = fc.integer({ min: 1, max: 14 }).chain((nodeCount) =>
  fc.record({
    nodeCount: fc.constant(nodeCount),
    root: fc.nat(nodeCount - 1),
    edges: fc.array(
      fc.tuple(
        fc.nat(nodeCount - 1),
        fc.nat(nodeCount - 1),
        fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      ),
      { maxLength: nodeCount * 3 },
    ),
  }),
);

test('dominators are those of the definition, on any graph', () => {
  fc.assert(
    fc.property(graphs, ({ nodeCount, root, edges }) => {
      const { graph, essential } = flowGraph(nodeCount, root, edges);
      const { dominators, order } = dominatorsOf(graph, essential);
      expect([...dominators]).toEqual(naiveDominators(nodeCount, root, edges));
      expect(new Set(order)).toEqual(new Set(dominators.keys()));
      expect(order[0]).toBe(root);
      const place = new Map([...order].map((node, at) => [node, at]));
      for (const node of order.subarray(1))
        expect(place.get(dominators[node]!)).toBeLessThan(place.get(node)!);
    }),
    { seed: 8_128, numRuns: 3_000 },
  );
});

test('a chain of a million objects is no deeper than one of ten', () => {
  const nodeCount = 1_000_000;
  // Each refers to the next, and back to the one before.
  const firstEdges = Uint32Array.from({ length: nodeCount + 1 }, (_, node) =>
    Math.min(node * 2, 2 * nodeCount - 2),
  );
  const targets = Uint32Array.from({ length: 2 * nodeCount - 2 }, (_, edge) =>
    edge % 2 === 0 ? edge / 2 + 1 : Math.max(0, (edge - 1) / 2 - 1),
  );
  const essential = new Bits(targets.length);
  for (const edge of targets.keys()) essential.add(edge);
  const { dominators } = dominatorsOf({ nodeCount, root: 0, firstEdges, targets }, essential);
  expect(dominators.every((dominator, node) => dominator === Math.max(0, node - 1))).toBe(true);
});
