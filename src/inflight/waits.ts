import type { PartKind } from '../trace/trace.ts';

/** Of one call or target: more than that at once says nothing more. */
const MOST_TOLD = 10;

/** Something that a call waits for. Plain data: it travels between shards. */
export interface Wait {
  readonly kind: Exclude<PartKind, 'cpu' | 'other'>;
  /** What exactly: a route such as `PATCH /channels/:id`, a host, what a query begins with. */
  readonly name: string;
  /** For how long by now. */
  readonly ageMs: number;
}

/** The same, with what is known of whose it is. */
export interface FoundWait extends Wait {
  /** The context of the call that waits; missing where only its target is known. */
  readonly context?: object;
}

/** What may know what calls wait for. */
export interface WaitSource {
  /** What those calls of a target wait for that have not settled, as far as it is known here. */
  waits(targetId: string): readonly FoundWait[];
}

/**
 * Of one call, as far as it can be told from the other calls of its target.
 * @param context that of the call, where it has one
 * @param isAlone whether its target has no other calls
 */
export function waitsOfCall(
  found: readonly FoundWait[],
  context: object | undefined,
  isAlone: boolean,
): Wait[] {
  return told(found.filter((wait) => (wait.context === undefined ? isAlone : wait.context === context)));
}

/** The longest ones, the longest first. */
export function told(found: readonly FoundWait[]): Wait[] {
  return found
    .toSorted((a, b) => b.ageMs - a.ageMs)
    .slice(0, MOST_TOLD)
    .map(({ kind, name, ageMs }) => ({ kind, name, ageMs }));
}
