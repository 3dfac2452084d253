import type { InteractionPath } from '../frameworks/interactions.ts';
import type { LimitScope, RestCall, RestOwner } from './call.ts';
import type { RestFigures, SentRestFigures } from './figures.ts';
import { InvalidRequests } from './invalid.ts';
import { RestLedger } from './ledger.ts';
import type { LiveBucket } from './live.ts';
import type { RestObserver } from './watch.ts';

/** Slots are kept to by as much. */
const PLACES_NS = 1e9;
/** More are not sent to others: the deepest come first. */
const MOST_LIVE = 50;

/** What one process answers to the others. */
export interface SentRest {
  readonly rows: readonly SentRestFigures[];
  readonly fromEpochMs: number;
  readonly live: readonly LiveBucket[];
  readonly invalidRequests: number;
}

/** Of whom requests are meant: of a target, whether it was known by its id or by where the interaction went. */
export interface MeantTarget extends InteractionPath {
  readonly id: string;
}

/** What the bot's requests took and waited for: always counted, in the memory of this process alone. */
export class Requests implements RestObserver {
  readonly #ledger = new RestLedger();
  readonly #invalid = new InvalidRequests();
  /** Where requests of a route and owner are counted now: to find that takes longer than to count them. */
  readonly #places = new Map<string, Map<RestOwner | undefined, RestFigures>>();
  #placesUntilNs = Number.NEGATIVE_INFINITY;

  responded(_call: RestCall, status: number, limit: LimitScope | undefined): void {
    // Ours count for Discord as well.
    if (status > 400) this.#invalid.note(status, limit === 'shared');
  }

  ended(call: RestCall): void {
    if (!call.isOurs) this.#figuresOf(call).add(call);
  }

  /**
   * The figures of so long.
   * @param live the buckets that have requests now
   * @param windowMs up to an hour, by ten minutes; default, and for more: since the beginning
   */
  send(live: readonly LiveBucket[], windowMs = Number.POSITIVE_INFINITY): SentRest {
    return {
      rows: this.#ledger.read(windowMs).send(),
      fromEpochMs: this.#ledger.fromEpochMs(windowMs),
      live: live.slice(0, MOST_LIVE),
      invalidRequests: this.#invalid.count,
    };
  }

  /** @param targets whose requests; without them, all. What Discord counts against the bot stays. */
  forget(targets?: readonly MeantTarget[]): void {
    this.#placesUntilNs = Number.NEGATIVE_INFINITY;
    this.#ledger.forget(targets && (({ owner }) => targets.some((target) => isOf(target, owner))));
  }

  #figuresOf({ route = '', owner, endedAtNs = 0 }: RestCall): RestFigures {
    if (endedAtNs >= this.#placesUntilNs) {
      this.#places.clear();
      this.#placesUntilNs = endedAtNs + PLACES_NS;
    }
    let byOwner = this.#places.get(route);
    if (byOwner === undefined) this.#places.set(route, (byOwner = new Map()));
    let figures = byOwner.get(owner);
    if (figures === undefined) {
      byOwner.set(owner, (figures = this.#ledger.of({ owner, route }, Date.now())));
    }
    return figures;
  }
}

function isOf({ id, kind, name }: MeantTarget, owner: RestOwner | undefined): boolean {
  return typeof owner === 'object' ? owner.kind === kind && owner.name === name : owner === id;
}
