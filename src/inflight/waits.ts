import type { PartKind } from '../trace/trace.ts';

/** Something that a call waits for. Plain data: it travels between shards. */
export interface Wait {
  readonly kind: Exclude<PartKind, 'cpu' | 'other'>;
  /** What exactly: a route such as `PATCH /channels/:id`, a host, what a query begins with. */
  readonly name: string;
  /** For how long by now. */
  readonly ageMs: number;
  /** When the call began that waits, by `monotonicNs`; missing where only its target is known. */
  readonly callStartedAtNs?: number;
}

/** What may know what calls wait for. */
export interface WaitSource {
  /** What those calls of a target wait for that have not settled, as far as it is known here. */
  waits(targetId: string): readonly Wait[];
}

/** Of one call, as far as it can be told from the other calls of its target. */
export function waitsOfCall(waits: readonly Wait[], startedAtNs: number, isAlone: boolean): Wait[] {
  return waits.filter(({ callStartedAtNs }) =>
    callStartedAtNs === undefined ? isAlone : callStartedAtNs === startedAtNs,
  );
}
