import { monotonicNs } from '../cog/clock.ts';
import { identityFrom } from '../cog/identify.ts';
import type { RestCall, RestOwner, RestPhase } from './call.ts';
import type { RestObserver } from './watch.ts';

const NS_PER_MS = 1e6;

/** The requests of the bot that have no response yet, for those who ask what a call waits for. */
export class RequestsUnderWay implements RestObserver {
  readonly #calls = new Set<RestCall>();

  begun(call: RestCall): void {
    if (!call.isOurs && call.owner !== undefined) this.#calls.add(call);
  }

  ended(call: RestCall): void {
    this.#calls.delete(call);
  }

  /** What the calls of a target wait for, without those that are kept as they go: these know for themselves. */
  waits(targetId: string): { kind: RestPhase; name: string; ageMs: number }[] {
    const nowNs = monotonicNs();
    const { kind, name } = identityFrom(targetId);
    const isMeant = (owner: RestOwner | undefined) =>
      typeof owner === 'object' ? owner.kind === kind && owner.name === name : owner === targetId;
    return [...this.#calls]
      .filter(({ owner, segments }) => segments === undefined && isMeant(owner))
      .map(({ phase, route, method, startedAtNs }) => ({
        kind: phase,
        name: route ?? method,
        ageMs: (nowNs - startedAtNs) / NS_PER_MS,
      }));
  }
}
