import { monotonicNs } from '../../cog/clock.ts';
import type { RestCall, RestPhase } from '../../rest/call.ts';
import type { RestObserver } from '../../rest/watch.ts';
import type { Took } from './finish.ts';
import { keepLongest } from './longest.ts';
import type { RequestWatch } from './recording-info.ts';

/** More than are kept in the end, so that it shows that there were more. */
const MOST_BETWEEN = 4_000;

/** Notes each request of the bot to Discord, and what it waited for but the network, until it is disposed of. */
export class Requests implements Disposable {
  #took: Took[] = [];
  readonly #isWanted: () => boolean;
  readonly #underWay = new Set<RestCall>();
  readonly #use: Disposable;

  /** @param isWanted whether what the present code asks for is to be noted */
  constructor(watch: RequestWatch, isWanted: () => boolean) {
    this.#isWanted = isWanted;
    // Of those that are under way it is not known what they have waited for.
    for (const call of watch.underWay) this.#add(call);
    this.#use = watch.observe(this.#observer);
  }

  /** Gives away those that ended since the last time. */
  take(): readonly Took[] {
    const took = this.#took;
    this.#took = [];
    return took;
  }

  /** Notes those too that are not over, up to now. */
  end(): void {
    const nowNs = monotonicNs();
    for (const call of this.#underWay) {
      const { segments, phase, startedAtNs } = call;
      if (segments === undefined) this.#note(call, [], nowNs);
      else {
        const fromNs = segments.at(-1)?.toNs ?? startedAtNs;
        this.#note(call, [...segments, { phase, fromNs, toNs: nowNs }], nowNs);
      }
    }
    this.#underWay.clear();
  }

  [Symbol.dispose](): void {
    this.#use[Symbol.dispose]();
    this.#underWay.clear();
  }

  readonly #observer: RestObserver = {
    begun: (call) => {
      if (this.#add(call)) call.segments ??= [];
    },
    ended: (call) => {
      if (this.#underWay.delete(call)) this.#note(call, call.segments ?? [], call.endedAtNs!);
    },
  };

  #add(call: RestCall): boolean {
    if (call.isOurs || !this.#isWanted()) return false;
    this.#underWay.add(call);
    return true;
  }

  #note(call: RestCall, stretches: readonly Stretch[], toNs: number): void {
    const route = call.route ?? call.method;
    this.#took.push({ kind: 'request', name: `${route} ${outcomeOf(call)}`, fromNs: call.startedAtNs, toNs });
    for (const { phase, ...times } of stretches) {
      if (phase !== 'network') this.#took.push({ kind: 'wait', name: `${phase} ${route}`, ...times });
    }
    if (this.#took.length >= 2 * MOST_BETWEEN) keepLongest(this.#took, MOST_BETWEEN);
  }
}

interface Stretch {
  readonly phase: RestPhase;
  readonly fromNs: number;
  readonly toNs: number;
}

/** The status; without a response, what it was rejected with. */
function outcomeOf({ status, error, endedAtNs }: RestCall): string {
  if (endedAtNs === undefined) return '(under way)';
  return String(status ?? error ?? '');
}
