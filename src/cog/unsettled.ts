import type { Books } from '../store/books.ts';
import type { CallOrigins } from '../store/heaviest/heaviest.ts';

/** How many are known one by one: some 4 MB of calls that never settle. */
const MOST_KNOWN = 16_384;
/** Where a call stands that is not known by itself any more. */
const NOWHERE = -1;

/** A call that is being followed, or room for one. */
export interface Followed {
  /** Undefined while it is room for a call. */
  readonly books: Books | undefined;
  readonly startedAtNs: number;
  from: CallOrigins | undefined;
  /** Where somebody wants to know whose code runs. */
  readonly context: object | undefined;
  /** Kept by `Unsettled`. */
  place: number;
}

/**
 * The calls that have not settled. They are in here from when they are made until they are let go, room for others
 * that come, so that nothing has to be done for a single call.
 *
 * A promise that nobody holds can never settle, and goes; what follows it stays here, as that call is what the owner
 * looks for. Where such calls become too many, the oldest of each target stay, and the rest is only counted.
 */
export class Unsettled<Call extends Followed> {
  readonly #known: Call[] = [];
  readonly #onlyCounted = new Map<Books, number>();

  add(call: Call): void {
    if (this.#known.length >= MOST_KNOWN) this.#thinOut();
    call.place = this.#known.length;
    this.#known.push(call);
  }

  /** Whether the call is known by itself. */
  has({ place }: Call): boolean {
    return place !== NOWHERE;
  }

  /** @param books of the call, which has settled */
  delete(call: Call, books: Books): void {
    if (call.place === NOWHERE) {
      this.#uncount(books);
      return;
    }
    const last = this.#known.pop()!;
    if (last === call) return;
    this.#known[call.place] = last;
    last.place = call.place;
  }

  /** Visits the calls that are known one by one, in no particular order. */
  forEach(visit: (books: Books, call: Call) => void): void {
    for (const call of this.#known) if (call.books !== undefined) visit(call.books, call);
  }

  /** How many calls have not settled, those that are only counted among them. */
  get count(): number {
    let count = 0;
    this.forEach(() => {
      count++;
    });
    for (const more of this.#onlyCounted.values()) count += more;
    return count;
  }

  /** How many calls there are beside those, younger ones mostly. */
  get onlyCounted(): ReadonlyMap<Books, number> {
    return this.#onlyCounted;
  }

  /**
   * Lets go where calls came from that were running when ids were erased.
   * @param erasures how often that has been; without it, those of all are let go
   */
  forgetOrigins(erasures?: number): void {
    for (const call of this.#known) if (call.from?.erasures !== erasures) call.from = undefined;
  }

  /** Keeps half of what there is room for, the same number of each target. */
  #thinOut(): void {
    const startsNs = new Map<Books, number[]>();
    this.forEach((books, { startedAtNs }) => {
      const own = startsNs.get(books);
      if (own === undefined) startsNs.set(books, [startedAtNs]);
      else own.push(startedAtNs);
    });
    const most = Math.max(1, Math.floor(MOST_KNOWN / 2 / Math.max(1, startsNs.size)));
    const left = new Map(
      [...startsNs].map(([books, own]) => {
        const untilNs = Float64Array.from(own).sort()[most - 1] ?? Number.POSITIVE_INFINITY;
        return [books, { places: most, untilNs }];
      }),
    );
    let kept = 0;
    for (const call of this.#known) {
      const own = call.books && left.get(call.books)!;
      if (own === undefined || (call.startedAtNs <= own.untilNs && own.places-- > 0)) {
        call.place = kept;
        this.#known[kept++] = call;
      } else {
        call.place = NOWHERE;
        this.#onlyCounted.set(call.books!, (this.#onlyCounted.get(call.books!) ?? 0) + 1);
      }
    }
    this.#known.length = kept;
  }

  #uncount(books: Books): void {
    const left = (this.#onlyCounted.get(books) ?? 0) - 1;
    if (left > 0) this.#onlyCounted.set(books, left);
    else this.#onlyCounted.delete(books);
  }
}
