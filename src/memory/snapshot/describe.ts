import type { HeapGraph } from './graph.ts';
import type { Heap } from './heap.ts';
import { isSecretName, MASK, masked } from './secrets.ts';

/** Of longer texts no more is read. */
const MOST_TEXT_BYTES = 8_192;
const MOST_TEXT = 80;
const MOST_NAME = 120;
/** Paths are for people: of longer ones the middle is left out. */
const MOST_STEPS = 24;
const GLOBAL_OBJECT = 'global_object';
/** What it puts after the name of that. */
const GLOBAL_TAG = / \(global\*\)$/;
const ELLIPSIS = '…';
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const STRINGS = new Set(['string', 'concatenated string', 'sliced string']);

/** An object as it is shown: plain data. Nothing in it looks like a secret of Discord's. */
export interface ObjectRow {
  /** As V8 counts: the same object has the same id in all snapshots of a process. */
  readonly id: number;
  readonly kind: string;
  /** The name of its class or function, or, of a string, how it begins. */
  readonly name: string;
  readonly shallowBytes: number;
  readonly retainedBytes: number;
  /** How it is reached, such as `global.bot.cogs{table}[3].queue`; empty where it is not. */
  readonly path: string;
}

export function describe(heap: Heap, node: number): ObjectRow {
  const { graph, retainedSizes } = heap;
  return {
    id: graph.nodeIds[node]!,
    kind: graph.nodeKindNameOf(node),
    name: STRINGS.has(graph.nodeKindNameOf(node)) ? stringText(heap, node) : nameOf(graph, node),
    shallowBytes: graph.sizeOf(node),
    retainedBytes: retainedSizes[node]!,
    path: pathTo(heap, node),
  };
}

function nameOf(graph: HeapGraph, node: number): string {
  const kind = graph.nodeKindNameOf(node);
  if (STRINGS.has(kind)) return textOf(graph, graph.nodeNames[node]!);
  const name = shown(graph.nameText(node, MOST_TEXT_BYTES), MOST_NAME);
  return kind === 'closure' ? `${name}()` : name || `(${kind})`;
}

/** How a string begins, unless it goes by the name of a secret where it is kept. */
export function stringText({ graph, paths }: Heap, node: number): string {
  const last = paths.to(node).at(-1);
  if (last !== undefined && isSecretName(graph.edgeText(last.edge))) return MASK;
  return textOf(graph, graph.nodeNames[node]!);
}

/** How a string begins. */
function textOf(graph: HeapGraph, string: number): string {
  return shown(graph.strings.get(string, MOST_TEXT_BYTES), MOST_TEXT);
}

/** A name that may be shown: what it hides is hidden before it is cut. */
export function shown(text: string, most = MOST_NAME): string {
  const safe = masked(text);
  return safe.length <= most ? safe : `${safe.slice(0, most - 1)}${ELLIPSIS}`.toWellFormed();
}

/**
 * The shortest way from a root: `.name` is a property, `[3]` an element, `(name)` a variable in the scope of a
 * function, `{name}` something of V8's own.
 */
export function pathTo({ graph, paths }: Heap, node: number): string {
  const all = paths.to(node);
  // Since V8 14 the root leads to what belongs to the global object, and that to the object.
  const isIndirect = all[1] !== undefined && graph.edgeText(all[1].edge) === GLOBAL_OBJECT;
  const [first, ...steps] = isIndirect ? all.slice(1) : all;
  if (first === undefined) return '';
  const texts = steps.map(({ edge }) => edgeText(graph, edge));
  const left = texts.length - MOST_STEPS;
  if (left > 0) texts.splice(MOST_STEPS / 2, left, `${ELLIPSIS}${left} more${ELLIPSIS}`);
  return nameOf(graph, first.node).replace(GLOBAL_TAG, '') + texts.join('');
}

function edgeText(graph: HeapGraph, edge: number): string {
  const kind = graph.edgeKindNameOf(edge);
  const name = shown(graph.edgeText(edge));
  switch (kind) {
    case 'element':
      return `[${name}]`;
    case 'context':
      return `(${name})`;
    case 'property':
    case 'shortcut':
      return IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    default:
      return `{${name}}`;
  }
}
