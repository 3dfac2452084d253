import { pathTo, stringText } from './describe.ts';
import type { HeapGraph } from './graph.ts';
import type { Heap } from './heap.ts';
import { nodeKind } from './kinds.ts';

const STRING = nodeKind('string');
/** V8 writes the first 1,024 characters of a text, each in a byte or more: one that takes as much may be longer. */
const CUT_OFF_BYTES = 1_024;

/** A text that is in the heap several times. */
export interface DuplicateRow {
  /** How it begins. */
  readonly text: string;
  readonly count: number;
  /** What all but one of them take. */
  readonly wastedBytes: number;
  /** How one of them is reached. */
  readonly path: string;
}

export interface Duplicates {
  /** Those that waste the most. */
  readonly rows: readonly DuplicateRow[];
  /** Of all of them. */
  readonly texts: number;
  readonly wastedBytes: number;
}

/**
 * Strings that are equal: a snapshot names equal ones by one text. Of long texts it has the beginning only: those
 * count as equal where they take the same memory, too. Strings that V8 has put together of pieces, or cut out of
 * others, share the text of those and are left out.
 */
export function duplicateStrings(heap: Heap, limit: number): Duplicates {
  const groups = [...groupsOf(heap.graph).values()].filter(({ count }) => count > 1);
  const rows = groups
    .sort((a, b) => b.wastedBytes - a.wastedBytes || a.example - b.example)
    .slice(0, limit)
    .map(({ count, wastedBytes, example }) => ({
      text: stringText(heap, example),
      count,
      wastedBytes,
      path: pathTo(heap, example),
    }));
  return {
    rows,
    texts: groups.length,
    wastedBytes: groups.reduce((sum, group) => sum + group.wastedBytes, 0),
  };
}

interface Group {
  readonly example: number;
  count: number;
  /** What has come after the first one. */
  wastedBytes: number;
}

/** By the string that is the text, and by the size too where that may be cut off. */
function groupsOf(graph: HeapGraph): Map<number | string, Group> {
  const { nodeKinds, nodeNames, nodeCount, strings } = graph;
  const counts = new Uint32Array(strings.count);
  for (let node = 0; node < nodeCount; node++) if (nodeKinds[node] === STRING) counts[nodeNames[node]!]!++;
  const groups = new Map<number | string, Group>();
  for (let node = 0; node < nodeCount; node++) {
    const name = nodeNames[node]!;
    if (nodeKinds[node] !== STRING || counts[name]! < 2) continue;
    const size = graph.sizeOf(node);
    const key = strings.hasBytes(name, CUT_OFF_BYTES) ? `${name} ${size}` : name;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { example: node, count: 1, wastedBytes: 0 });
    } else {
      group.count++;
      group.wastedBytes += size;
    }
  }
  return groups;
}
