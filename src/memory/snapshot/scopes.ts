import { targetOf } from './closures.ts';
import type { Heap } from './heap.ts';
import { nodeKind } from './kinds.ts';

const CLOSURE = nodeKind('closure');
const SCOPE = 'system / Context';

/**
 * The ids of the functions that were written in some files, and of the scopes that hold their variables: those of a
 * module are held by the module as well, and belong to no object of it. Together with the instances of a cog they are
 * all that it is.
 * @param isOwn whether a file belongs to it, by its path or `file:` URL
 */
export function scopeIdsOf(heap: Heap, isOwn: (script: string) => boolean): number[] {
  const { graph } = heap;
  const found = new Set<number>();
  const known = new Map<number, boolean>();
  const isOwnScript = (script: number) => {
    const answer = known.get(script) ?? isOwn(graph.nameText(script));
    known.set(script, answer);
    return answer;
  };
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.nodeKinds[node] !== CLOSURE) continue;
    const code = targetOf(heap, node, 'internal', 'shared');
    const script = code === undefined ? undefined : targetOf(heap, code, 'internal', 'script');
    if (script === undefined || !isOwnScript(script)) continue;
    found.add(graph.nodeIds[node]!);
    const scope = targetOf(heap, node, 'internal', 'context');
    if (scope !== undefined && graph.nameText(scope) === SCOPE) found.add(graph.nodeIds[scope]!);
  }
  return [...found];
}
