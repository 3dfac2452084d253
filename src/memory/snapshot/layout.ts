import { EDGE_KINDS, NODE_KINDS, translate } from './kinds.ts';

/** What the section `snapshot` of a file says about the others. */
export interface Layout {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** The node that all others hang from. */
  readonly root: number;
  readonly node: {
    readonly width: number;
    readonly kinds: Uint8Array;
    /** Where in a row each of these is. */
    readonly kind: number;
    readonly name: number;
    readonly id: number;
    readonly size: number;
    readonly edges: number;
  };
  readonly edge: {
    readonly width: number;
    readonly kinds: Uint8Array;
    readonly kind: number;
    readonly name: number;
    readonly target: number;
  };
  /** Undefined where the file says nothing about where functions were written. */
  readonly location:
    | {
        readonly width: number;
        readonly node: number;
        readonly script: number;
        readonly line: number;
        readonly column: number;
      }
    | undefined;
}

/**
 * Each order of fields is understood, and fields that nobody here knows are passed over.
 * @throws RangeError with what is wrong, as the end of a sentence about the file
 */
export function layoutOf(text: string): Layout {
  const snapshot = objectOf(parsed(text), 'snapshot');
  const meta = objectOf(snapshot['meta'], 'meta');
  const nodeFields = fieldsOf(meta, 'node_fields');
  const edgeFields = fieldsOf(meta, 'edge_fields');
  const node = placesOf(nodeFields, {
    kind: 'type',
    name: 'name',
    id: 'id',
    size: 'self_size',
    edges: 'edge_count',
  });
  const edge = placesOf(edgeFields, { kind: 'type', name: 'name_or_index', target: 'to_node' });
  const locationFields = meta['location_fields'] === undefined ? [] : fieldsOf(meta, 'location_fields');
  const nodeCount = countOf(snapshot, 'node_count');
  const root = snapshot['root_index'] === undefined ? 0 : countOf(snapshot, 'root_index') / nodeFields.length;
  if (nodeCount === 0) throw new RangeError('has no objects in it');
  if (!Number.isInteger(root) || root >= nodeCount) throw new RangeError('names a root that is not there');
  return {
    nodeCount,
    edgeCount: countOf(snapshot, 'edge_count'),
    root,
    node: {
      ...node,
      width: nodeFields.length,
      kinds: translate(kindsOf(meta, 'node_types', node.kind), NODE_KINDS),
    },
    edge: {
      ...edge,
      width: edgeFields.length,
      kinds: translate(kindsOf(meta, 'edge_types', edge.kind), EDGE_KINDS),
    },
    location:
      locationFields.length === 0
        ? undefined
        : {
            ...placesOf(locationFields, {
              node: 'object_index',
              script: 'script_id',
              line: 'line',
              column: 'column',
            }),
            width: locationFields.length,
          },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('is damaged: what it says of itself is not JSON');
  }
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new RangeError(`is not a heap snapshot of V8: it has no \`${name}\``);
}

function countOf(snapshot: Record<string, unknown>, name: string): number {
  const count = snapshot[name];
  if (Number.isSafeInteger(count) && (count as number) >= 0) return count as number;
  throw new RangeError(`does not say its \`${name}\``);
}

function fieldsOf(meta: Record<string, unknown>, name: string): string[] {
  const fields = meta[name];
  if (Array.isArray(fields) && fields.every((field) => typeof field === 'string')) return fields;
  throw new RangeError(`does not say its \`${name}\``);
}

/** The list of kinds stands where the field has its kind; of other fields there is a word instead. */
function kindsOf(meta: Record<string, unknown>, name: string, place: number): string[] {
  const kinds: unknown = Array.isArray(meta[name]) ? meta[name][place] : undefined;
  if (Array.isArray(kinds) && kinds.every((kind) => typeof kind === 'string')) return kinds;
  throw new RangeError(`does not say its \`${name}\``);
}

function placesOf<const W extends Record<string, string>>(
  fields: readonly string[],
  wanted: W,
): { [K in keyof W]: number } {
  const places = Object.entries(wanted).map(([key, field]) => {
    const place = fields.indexOf(field);
    if (place === -1) throw new RangeError(`has no field \`${field}\``);
    return [key, place] as const;
  });
  return Object.fromEntries(places) as { [K in keyof W]: number };
}
