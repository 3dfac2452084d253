/**
 * The kinds of nodes and edges that V8 knows, by its names. A snapshot brings its own list: its numbers are translated
 * into those of these lists, and what is not among them is `unknown`.
 */

export const NODE_KINDS = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'regexp',
  'number',
  'native',
  'synthetic',
  'concatenated string',
  'sliced string',
  'symbol',
  'bigint',
  'object shape',
  'unknown',
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export const EDGE_KINDS = [
  'context',
  'element',
  'property',
  'internal',
  'hidden',
  'shortcut',
  'weak',
  'unknown',
] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** The number of a kind of nodes. */
export function nodeKind(kind: NodeKind): number {
  return NODE_KINDS.indexOf(kind);
}

/** The number of a kind of edges; it takes three bits. */
export function edgeKind(kind: EdgeKind): number {
  return EDGE_KINDS.indexOf(kind);
}

/** The numbers here of the kinds that a snapshot lists. */
export function translate(kinds: readonly string[], own: readonly string[]): Uint8Array {
  const unknown = own.length - 1;
  return Uint8Array.from(kinds, (kind) => {
    const known = own.indexOf(kind);
    return known === -1 ? unknown : known;
  });
}
