import { randomBytes } from 'node:crypto';
import type { Origin } from '../cog/origins.ts';
import type { OriginId } from './heaviest/heaviest.ts';

/** The wish that an id be found nowhere, as it is stored and told to other shards. */
export interface Erasure {
  /** Tells wishes apart: what was erased may come again, and be erased again. */
  readonly token: string;
  readonly askedAtEpochMs: number;
  readonly origin?: Origin;
  readonly id?: string;
}

/** A wish that is not carried out everywhere. One that is does not say any more whom it was about. */
export type OpenErasure = Erasure & OriginId;

/** So that no copy of a wish which comes late brings it, and its id, back. */
const CLOSED_KEPT_MS = 3_600_000;

/**
 * What is to be erased, as far as this process knows. Copies of it in other processes and in the store come together
 * whatever the order: a wish is only ever added, and closed.
 */
export class Erasures {
  readonly #byToken = new Map<string, Erasure>();

  add({ origin, id }: OriginId, nowEpochMs: number): OpenErasure {
    const erasure = { token: randomBytes(8).toString('hex'), askedAtEpochMs: nowEpochMs, origin, id };
    this.#byToken.set(erasure.token, erasure);
    return erasure;
  }

  /** What is not carried out everywhere. */
  get open(): OpenErasure[] {
    return [...this.#byToken.values()].filter(isOpen);
  }

  /** What is open and not among those that have been carried out somewhere. */
  openBut(done: readonly string[]): OpenErasure[] {
    return this.#byToken.size === 0 ? [] : this.open.filter(({ token }) => !done.includes(token));
  }

  /** Says that it is carried out everywhere. */
  close(token: string): void {
    const erasure = this.#byToken.get(token);
    if (erasure !== undefined) this.#byToken.set(token, { token, askedAtEpochMs: erasure.askedAtEpochMs });
  }

  /**
   * Takes on what others know.
   * @returns what is open and was not known
   */
  include(erasures: readonly Erasure[]): OpenErasure[] {
    const news: OpenErasure[] = [];
    for (const erasure of erasures) {
      const known = this.#byToken.get(erasure.token);
      if (known === undefined) {
        this.#byToken.set(erasure.token, erasure);
        if (isOpen(erasure)) news.push(erasure);
      } else if (!isOpen(erasure)) {
        this.close(erasure.token);
      }
    }
    return news;
  }

  /** Whether others should hear from here: of a wish, or that one has been closed. */
  knowsMoreThan(others: readonly Erasure[], nowEpochMs: number): boolean {
    const theirs = new Map(others.map((erasure) => [erasure.token, erasure]));
    return this.toJSON(nowEpochMs).some((erasure) => {
      const other = theirs.get(erasure.token);
      return other === undefined || (isOpen(other) && !isOpen(erasure));
    });
  }

  /** What others should know. */
  toJSON(nowEpochMs: number): Erasure[] {
    const isOver = (erasure: Erasure) =>
      !isOpen(erasure) && erasure.askedAtEpochMs + CLOSED_KEPT_MS < nowEpochMs;
    return [...this.#byToken.values()].filter((erasure) => !isOver(erasure));
  }
}

function isOpen(erasure: Erasure): erasure is OpenErasure {
  return erasure.id !== undefined;
}
