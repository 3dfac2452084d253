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
  /** When the call began that waits, by `monotonicNs`; missing where only its target is known. */
  readonly callStartedAtNs?: number;
}

/** What may know what calls wait for. */
export interface WaitSource {
  /** What those calls of a target wait for that have not settled, as far as it is known here. */
  waits(targetId: string): readonly FoundWait[];
}

/** Of one call, as far as it can be told from the other calls of its target. */
export function waitsOfCall(found: readonly FoundWait[], startedAtNs: number, isAlone: boolean): Wait[] {
  return told(
    found.filter(({ callStartedAtNs }) =>
      callStartedAtNs === undefined ? isAlone : callStartedAtNs === startedAtNs,
    ),
  );
}

/** The longest ones, the longest first. */
export function told(found: readonly FoundWait[]): Wait[] {
  return found
    .toSorted((a, b) => b.ageMs - a.ageMs)
    .slice(0, MOST_TOLD)
    .map(({ kind, name, ageMs }) => ({ kind, name, ageMs }));
}
