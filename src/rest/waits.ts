import { monotonicNs } from '../cog/clock.ts';
import { identityFrom } from '../cog/identify.ts';
import type { RestCall, RestOwner, RestPhase } from './call.ts';

const NS_PER_MS = 1e6;

/** Tells, of the requests of the bot that are not over, for what the calls of a target wait. */
export class RequestWaits {
  readonly #underWay: Iterable<RestCall>;

  constructor(underWay: Iterable<RestCall>) {
    this.#underWay = underWay;
  }

  /** The oldest first, without those that are traced: of these the tracer knows. */
  waits(targetId: string): { kind: RestPhase; name: string; ageMs: number }[] {
    const nowNs = monotonicNs();
    const { kind, name } = identityFrom(targetId);
    const isMeant = (owner: RestOwner | undefined) =>
      typeof owner === 'object' ? owner.kind === kind && owner.name === name : owner === targetId;
    return [...this.#underWay]
      .filter(({ owner, isTraced }) => !isTraced && isMeant(owner))
      .sort((a, b) => a.startedAtNs - b.startedAtNs)
      .map(({ phase, route, method, startedAtNs }) => ({
        kind: phase,
        name: route ?? method,
        ageMs: (nowNs - startedAtNs) / NS_PER_MS,
      }));
  }
}
