import { setTimeout as sleep } from 'node:timers/promises';
import { ProfilerError } from '../errors.ts';
import { Archive } from './archive.ts';
import type { Shard } from './archive-keys.ts';
import { statesOf } from './archive-state.ts';
import type { Backing } from './backing.ts';
import type { OpenErasure } from './erasures.ts';
import type { Forgotten } from './settings.ts';

/** A shard that runs, and cannot be asked, hears of a wish through the store, and carries it out, within this time. */
const HEARD_WITHIN_MS = 20_000;
const LONGEST_WAIT_MS = 30_000;
const LOOK_AGAIN_MS = 200;
/** A shard that is not heard of may be cut off from the store: it is to find the wish when it is back. */
const OPEN_FOR_MS = 3_600_000;
/** A bot may have had more shards once. */
const FORMER_SHARDS = 64;

/** What an eraser goes by. */
export interface Premises {
  readonly forgotten: Forgotten;
  readonly retentionMs: number;
  /** This process; undefined until it is known whose it is. */
  readonly shard: Shard | undefined;
  /** Where this process keeps its figures. */
  readonly archive: Archive | undefined;
  /** The shards that other processes write, if they run. */
  readonly others: readonly number[];
  /** The store that outlives the process; undefined where there is none. Rejects where it cannot be used. */
  lasting(): Promise<Backing | undefined>;
}

/** What the other shards have answered when they were told, by their number: the tokens of what they have done. */
export type Answers = ReadonlyMap<number, readonly string[] | undefined>;

/** How far a wish is, as seen from here. */
interface Progress {
  readonly knownSinceMs: number;
  /** Shards that have said that they have carried it out. */
  readonly answered: Set<number>;
  /** Shards that could be asked, and did not answer. */
  readonly silent: Set<number>;
  /** Shards for which it was carried out here. */
  readonly doneFor: Set<number>;
  isDoneHere: boolean;
}

/**
 * Sees to it that an id which is to be erased is in no value of any shard. A shard that runs takes it out of its own
 * values, as soon as it hears of it; for one that does not, whoever knows of the wish does so.
 */
export class Eraser {
  readonly #premises: Premises;
  /** Of open wishes, by their token. */
  readonly #progress = new Map<string, Progress>();

  constructor(premises: Premises) {
    this.#premises = premises;
  }

  /** Takes note of what the other shards have answered when they were told of what is open. */
  heard(answers: Answers): void {
    for (const { token } of this.#premises.forgotten.erasures.open) {
      const { answered, silent } = this.#progressOf(token);
      for (const [shard, done] of answers) {
        if (done === undefined) silent.add(shard);
        else silent.delete(shard);
        if (done?.includes(token)) answered.add(shard);
      }
    }
  }

  /** Which wishes of these are carried out in this process. */
  doneAmong(tokens: readonly string[]): string[] {
    const open = this.#premises.forgotten.erasures.open.map(({ token }) => token);
    return tokens.filter((token) => !open.includes(token) || this.#progress.get(token)?.isDoneHere === true);
  }

  /**
   * Waits until all wishes are carried out.
   * @throws ProfilerError NOT_ERASED where that takes too long; StoreError. It is then done later
   */
  async finish(): Promise<void> {
    const untilMs = performance.now() + LONGEST_WAIT_MS;
    for (let left = await this.pass(); left.length > 0; left = await this.pass()) {
      if (performance.now() > untilMs)
        throw new ProfilerError('NOT_ERASED', `it may be in what is stored of shard ${left.join(', ')}`);
      await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
    }
  }

  /**
   * Does what is to be done from here by now, and closes what is carried out everywhere. Rejects with a StoreError.
   * @returns the shards that have something left to do themselves
   */
  async pass(): Promise<number[]> {
    const { forgotten, shard: own, archive, others } = this.#premises;
    const { open } = forgotten.erasures;
    if (open.length === 0 || own === undefined) return [];
    const backing = await this.#premises.lasting();
    const writesThere = backing !== undefined && archive?.backing === backing;
    const confirmed = new Map<number, readonly string[]>();
    const left: number[] = [];
    if (archive?.isPurged !== true) left.push(own.shard);
    const highest = Math.max(own.shard, ...others) + FORMER_SHARDS;
    const elsewhere = Array.from({ length: highest + 1 }, (_, shard) => shard).filter(
      (shard) => !(writesThere && shard === own.shard),
    );
    const states = backing === undefined ? [] : await statesOf(backing, own.application, elsewhere);
    for (const { shard, erased } of states) {
      confirmed.set(shard, erased ?? []);
      const undone = this.#undoneOf(shard, erased);
      if (undone.length === 0) continue;
      const isLeft = erased === undefined || undone.some((wish) => this.#mayDoItself(shard, wish));
      if (isLeft) left.push(shard);
      else await this.#purgeFor({ ...own, shard }, backing!, undone);
    }
    for (const { token } of open) {
      const progress = this.#progressOf(token);
      if (!left.includes(own.shard)) progress.isDoneHere = true;
      const isConfirmed = others.every(
        (shard) => progress.answered.has(shard) || confirmed.get(shard)?.includes(token),
      );
      if (left.length > 0 || !(isConfirmed || this.#ageMsOf(token) > OPEN_FOR_MS)) continue;
      forgotten.erasures.close(token);
      this.#progress.delete(token);
    }
    return left;
  }

  /** @param erased tokens; undefined where that cannot be read */
  #undoneOf(shard: number, erased: readonly string[] = []): OpenErasure[] {
    return this.#premises.forgotten.erasures.openBut(erased).filter(({ token }) => {
      const { answered, doneFor } = this.#progressOf(token);
      return !answered.has(shard) && !doneFor.has(shard);
    });
  }

  #mayDoItself(shard: number, { token }: OpenErasure): boolean {
    if (!this.#premises.others.includes(shard) || this.#progressOf(token).silent.has(shard)) return false;
    return this.#ageMsOf(token) < HEARD_WITHIN_MS;
  }

  async #purgeFor(shard: Shard, backing: Backing, wishes: readonly OpenErasure[]): Promise<void> {
    const { retentionMs, forgotten } = this.#premises;
    await Archive.purgeFor(backing, shard, { retentionMs, forgotten });
    for (const { token } of wishes) this.#progressOf(token).doneFor.add(shard.shard);
  }

  #ageMsOf(token: string): number {
    return performance.now() - this.#progressOf(token).knownSinceMs;
  }

  #progressOf(token: string): Progress {
    let progress = this.#progress.get(token);
    if (progress === undefined) {
      const none = { answered: new Set<number>(), silent: new Set<number>(), doneFor: new Set<number>() };
      progress = { knownSinceMs: performance.now(), ...none, isDoneHere: false };
      this.#progress.set(token, progress);
    }
    return progress;
  }
}
