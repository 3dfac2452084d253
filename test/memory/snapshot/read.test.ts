import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { HeapGraph } from '../../../src/memory/snapshot/graph.ts';
import { readSnapshot } from '../../../src/memory/snapshot/read.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { EDGE_FIELDS, handMade, NODE_FIELDS, readText } from '../../fixtures/heap/hand-made.ts';
import { SMALL_WORLD } from '../../fixtures/heap/small-world.ts';

const world = handMade(SMALL_WORLD);
const text = JSON.stringify(world);

/** All that is in a graph, in words. */
function contentOf(graph: HeapGraph): unknown {
  return Array.from({ length: graph.nodeCount }, (_, node) => ({
    kind: graph.nodeKindNameOf(node),
    name: graph.nameText(node),
    id: graph.nodeIds[node],
    size: graph.sizeOf(node),
    edges: Array.from({ length: graph.firstEdges[node + 1]! - graph.firstEdges[node]! }, (_, index) => {
      const edge = graph.firstEdges[node]! + index;
      return [graph.edgeKindNameOf(edge), graph.edgeText(edge), graph.nameText(graph.targets[edge]!)];
    }),
  }));
}

const written = SMALL_WORLD.map(({ kind = 'object', name, size = 0, edges = [] }, index) => ({
  kind,
  name,
  id: index * 2 + 1,
  size,
  edges: edges.map(([edgeKind, edgeName, to]) => [edgeKind, String(edgeName), to]),
}));

test.each([1, 2, 3, 7, 64, 1_000_000])('reads all nodes and edges, in chunks of %i bytes', async (bytes) => {
  expect(contentOf(await readText(text, bytes))).toEqual(written);
});

test('white space anywhere makes no difference', async () => {
  expect(contentOf(await readText(JSON.stringify(world, undefined, 1), 5))).toEqual(written);
});

test('fields may be in another order, and there may be more of them', async () => {
  const shuffled = handMade(SMALL_WORLD, {
    nodeFields: ['later', ...NODE_FIELDS].reverse(),
    edgeFields: ['to_node', 'later', ...EDGE_FIELDS.filter((field) => field !== 'to_node')],
  });
  expect(contentOf(await readText(JSON.stringify(shuffled)))).toEqual(written);
});

test('sections that nobody needs may be missing, or be there without being known', async () => {
  const { snapshot, nodes, edges, strings } = world;
  const foreign = {
    snapshot,
    later: { a: ['"', { b: '}]' }], c: null },
    nodes,
    edges,
    more: 12.5e3,
    strings,
  };
  expect(contentOf(await readText(JSON.stringify(foreign)))).toEqual(written);
});

test('kinds that are not known yet are read as such', async () => {
  const later = structuredClone(world);
  const kinds = later.snapshot.meta.node_types[0] as unknown as string[];
  kinds[kinds.indexOf('object')] = 'hologram';
  const graph = await readText(JSON.stringify(later));
  expect(graph.nodeKindNameOf(2)).toBe('unknown');
  expect(graph.nodeKindNameOf(0)).toBe('synthetic');
});

test('strings are what JSON says they are', async () => {
  const texts = [
    '',
    'plain',
    'quote " and \\ backslash',
    'line\nbreak\ttab',
    'ünï → 漢字 😀',
    '\\u0041',
    '"',
  ];
  const nodes = [{ name: 'root', kind: 'synthetic' as const }, ...texts.map((name) => ({ name }))];
  // V8 escapes what is not ASCII; others do not.
  const plain = JSON.stringify(handMade(nodes));
  const escaped = plain.replace(
    /[\u0080-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  for (const form of [plain, escaped]) {
    const graph = await readText(form, 3);
    expect(texts.map((_, index) => graph.nameText(index + 1))).toEqual(texts);
  }
});

test('a text is read up to a length, and not within an escape', async () => {
  const name = `${'x'.repeat(10)}\\u00e9\\n end`;
  const json = JSON.stringify(handMade([{ name: 'root' }, { name: 'NAME' }])).replace('NAME', name);
  const graph = await readText(json);
  const read = Array.from({ length: 24 }, (_, bytes) => graph.nameText(1, bytes));
  expect(read[10]).toBe('x'.repeat(10));
  expect(read[13]).toBe('x'.repeat(10));
  expect(read[16]).toBe(`${'x'.repeat(10)}é`);
  expect(read[17]).toBe(`${'x'.repeat(10)}é`);
  for (const part of read) expect(graph.nameText(1).startsWith(part)).toBe(true);
});

test('sizes, names and strings may be larger than their columns', async () => {
  const size = 6 * 2 ** 30;
  const graph = await readText(
    JSON.stringify(
      handMade([
        { name: 'root', edges: [['element', 2 ** 32 - 2, 'huge']] },
        { name: 'huge', size, edges: [['element', 2 ** 29 - 1, 'root']] },
      ]),
    ),
  );
  expect(graph.sizeOf(1)).toBe(size);
  expect([graph.edgeText(0), graph.edgeText(1)]).toEqual([String(2 ** 32 - 2), String(2 ** 29 - 1)]);
  expect(graph.edgeKindNameOf(0)).toBe('element');
});

test('wherever a file was cut off, it is not taken for a whole one', async () => {
  for (let bytes = 0; bytes < text.length; bytes += 7) {
    await expect(readText(text.slice(0, bytes)), text.slice(bytes - 20, bytes)).rejects.toMatchObject({
      code: 'INVALID_SNAPSHOT',
    });
  }
});

const damaged: Record<string, [change: (copy: typeof world) => unknown, problem: RegExp]> = {
  'no object at all': [() => [1, 2, 3], /not a heap snapshot of V8/],
  'another format': [() => ({ nodes: 12, frames: [] }), /before it says what they are made of/],
  'no meta': [(w) => ({ ...w, snapshot: { node_count: 1, edge_count: 0 } }), /has no `meta`/],
  'no strings': [({ strings, ...rest }) => rest, /has no `strings`/],
  'no edges': [({ edges, ...rest }) => rest, /has no `edges`/],
  'nodes before their description': [({ snapshot, ...rest }) => ({ ...rest, snapshot }), /before it says/],
  'fewer nodes than it says': [
    (w) => ({ ...w, nodes: w.nodes.slice(6) }),
    /fewer nodes|another number of edges/,
  ],
  'more nodes than it says': [(w) => ({ ...w, nodes: [...w.nodes, ...w.nodes] }), /more nodes/],
  'half a node': [(w) => ({ ...w, nodes: [...w.nodes, 1, 1] }), /in the middle of one/],
  'fewer edges than it says': [(w) => ({ ...w, edges: w.edges.slice(3) }), /fewer edges/],
  'more edges than it says': [(w) => ({ ...w, edges: [...w.edges, 0, 0, 0] }), /more edges/],
  'an edge into nowhere': [(w) => ({ ...w, edges: w.edges.with(2, 1_000_002) }), /lead to no node/],
  'an edge into a field': [(w) => ({ ...w, edges: w.edges.with(2, 3) }), /lead to no node/],
  'a kind that is not listed': [(w) => ({ ...w, nodes: w.nodes.with(0, 99) }), /does not name/],
  'strings that are not there': [
    (w) => ({ ...w, strings: w.strings.slice(1) }),
    /strings that are not there/,
  ],
  'numbers with a sign': [(w) => ({ ...w, nodes: w.nodes.with(3, -1) }), /does not belong there/],
  'numbers with a fraction': [(w) => ({ ...w, nodes: w.nodes.with(3, 0.5) }), /does not belong there/],
  'numbers among the strings': [(w) => ({ ...w, strings: [1, ...w.strings] }), /something else than strings/],
  'two lists of nodes': [(w) => w, /`nodes` twice/],
};

test.each(Object.entries(damaged))('%s is refused in a sentence', async (name, [change, problem]) => {
  let broken = JSON.stringify(change(structuredClone(world)));
  if (name === 'two lists of nodes') broken = broken.replace('"samples":', '"nodes":');
  await expect(readText(broken)).rejects.toMatchObject({
    code: 'INVALID_SNAPSHOT',
    message: expect.stringMatching(problem),
  });
});

test('a file that claims more than its size can hold takes no memory', async () => {
  const hostile = structuredClone(world);
  hostile.snapshot.node_count = 4e9;
  const before = process.memoryUsage().arrayBuffers;
  await expect(readText(JSON.stringify(hostile))).rejects.toMatchObject({
    code: 'INVALID_SNAPSHOT',
    message: expect.stringContaining('than a file of its size can hold'),
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
});

test('what does not fit into the memory that may be taken is refused with the figures', async () => {
  await expect(readText(text, 64, { mostMemoryBytes: 1_000 })).rejects.toMatchObject({
    code: 'NOT_ENOUGH_MEMORY',
    message: expect.stringMatching(/takes 1 MiB of memory to be looked at, and 1 MiB are free/),
  });
});

test('reads files, packed ones too, and tells how far it is', async () => {
  using folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  writeFileSync(path('plain.heapsnapshot'), text);
  // Its name does not matter.
  writeFileSync(path('packed.heapsnapshot'), gzipSync(text));
  for (const name of ['plain.heapsnapshot', 'packed.heapsnapshot']) {
    const shares: number[] = [];
    const graph = await readSnapshot(path(name), { onProgress: (_, share) => shares.push(share) });
    expect(contentOf(graph)).toEqual(written);
    expect(shares.at(-1)).toBe(1);
  }
});

test('files that are packed and cut off, not there, or folders are refused in a sentence', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'short.heapsnapshot.gz');
  const packed = gzipSync(text);
  for (const bytes of [10, 50, packed.length >> 1, packed.length - 20]) {
    writeFileSync(path, packed.subarray(0, bytes));
    await expect(readSnapshot(path)).rejects.toMatchObject({ code: 'INVALID_SNAPSHOT' });
  }
  writeFileSync(path, Buffer.concat([packed.subarray(0, 30), Buffer.alloc(200, 255)]));
  await expect(readSnapshot(path)).rejects.toMatchObject({
    code: 'UNUSABLE_FILE',
    message: expect.stringContaining('cannot be unpacked'),
  });
  await expect(readSnapshot(join(folder.path, 'none'))).rejects.toThrow('The file none is not there.');
  await expect(readSnapshot(folder.path)).rejects.toThrow('is not a file');
  writeFileSync(path, '');
  await expect(readSnapshot(path)).rejects.toMatchObject({ code: 'INVALID_SNAPSHOT' });
});

test('functions without a place have none; elsewhere no number is negative', async () => {
  const second = NODE_FIELDS.length;
  const placed = { ...world, locations: [0, 7, -1, -1, second, 7, 3, 5] };
  const graph = await readText(JSON.stringify(placed), 3);
  expect(graph.locations.of(0)).toBeUndefined();
  expect(graph.locations.of(1)).toEqual({ scriptId: 7, line: 4, column: 6 });
  const negative = JSON.stringify({ ...world, edges: [-1, ...world.edges.slice(1)] });
  await expect(readText(negative)).rejects.toThrow(
    'has a character among its edges that does not belong there',
  );
});
