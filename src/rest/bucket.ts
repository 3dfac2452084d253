import { monotonicNs } from '../cog/clock.ts';
import type { RestCall } from './call.ts';

/**
 * The queue of one handler of the REST manager: which requests share it, Discord says.
 *
 * It keeps a **limit clock**, which runs while a request of the bucket waits for a limit and none is under way: so
 * what a request behind it waits for the limit is by how much the clock has advanced meanwhile, however long the queue
 * is. While one is under way, as when some requests of a bucket have a limit of their own, the others wait for that.
 */
export class Bucket {
  /** Requests in it, the one that runs too. */
  depth = 0;
  /** Of the latest request, such as `PATCH /channels/:id`. */
  route = '';
  /** When the limit is over that the last 429 told of, in Unix ms. */
  retryAtEpochMs = 0;
  /** Whose queue it is now; undefined while it is nobody's. */
  handler: object | undefined;
  readonly #emptied: ((bucket: Bucket) => void) | undefined;
  #attempts = 0;
  #asleep = 0;
  #isLimited = false;
  #limitedSinceNs = 0;
  #limitedNs = 0;
  /** Requests that wait behind others, and want to know when the clock begins and ceases to run. */
  #followers: Set<RestCall> | undefined;

  /** @param emptied called when the last request has left */
  constructor(emptied?: (bucket: Bucket) => void) {
    this.#emptied = emptied;
  }

  /** Whether a limit has to pass before any of the requests can be sent. */
  get isLimited(): boolean {
    return this.#isLimited;
  }

  /** Attempts under way. */
  get underWay(): number {
    return this.#attempts;
  }

  /** What the limit clock shows. */
  limitedNs(nowNs: number): number {
    return this.#isLimited ? this.#limitedNs + nowNs - this.#limitedSinceNs : this.#limitedNs;
  }

  /** @returns whether nobody was there before */
  enter(): boolean {
    return this.depth++ === 0;
  }

  leave(): void {
    this.depth--;
    if (this.depth > 0) return;
    this.retryAtEpochMs = 0;
    this.#emptied?.(this);
  }

  /** @param by 1 for an attempt that begins, -1 for one that is over */
  attempts(by: 1 | -1): void {
    this.#attempts += by;
    if (this.#asleep > 0) this.#look();
  }

  /** @param by 1 for a request that begins to wait for a limit, -1 for one that ceases to */
  sleeps(by: 1 | -1): void {
    this.#asleep += by;
    this.#look();
  }

  follow(call: RestCall): void {
    (this.#followers ??= new Set()).add(call);
  }

  unfollow(call: RestCall): void {
    this.#followers?.delete(call);
  }

  #look(): void {
    const isLimited = this.#asleep > 0 && this.#attempts === 0;
    if (isLimited === this.#isLimited) return;
    const nowNs = monotonicNs();
    if (isLimited) this.#limitedSinceNs = nowNs;
    else this.#limitedNs += nowNs - this.#limitedSinceNs;
    this.#isLimited = isLimited;
    for (const call of this.#followers ?? []) call.limitTurned(isLimited, nowNs);
  }
}
