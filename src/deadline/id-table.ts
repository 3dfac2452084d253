const ZERO = 48;
const HIGH_DIGITS = 10;
/** So that `low` is exact. */
const MOST_DIGITS = HIGH_DIGITS + 14;
const FEWEST_SLOTS = 1_024;
/** 2^32 by the golden ratio (Knuth's multiplicative hashing): numbers that are alike get slots far from each other. */
const SPREAD = 0x9e3779b1;
const FREE = -1;

/** An id of Discord, as two numbers that are exact, and differ from those of each other id. */
export interface Id {
  /** Its first ten digits. */
  readonly high: number;
  /** The digits that follow, behind a 1. */
  readonly low: number;
}

export interface ReadId extends Id {
  /** All of it, to 15 digits. */
  readonly value: number;
}

/**
 * The id that stands in a text from a character on: digits, up to what is none.
 * @returns undefined where there are none, or more than in any id
 */
export function readId(text: string, at = 0): ReadId | undefined {
  let high = 0;
  let rest = 0;
  let scale = 1;
  let end = at;
  for (; end < text.length; end++) {
    const digit = text.charCodeAt(end) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    if (end - at < HIGH_DIGITS) high = high * 10 + digit;
    else {
      rest = rest * 10 + digit;
      scale *= 10;
    }
  }
  if (end === at || end - at > MOST_DIGITS) return undefined;
  return { high, low: scale + rest, value: high * scale + rest };
}

/**
 * Finds things by their ids: a hash table with open addressing.
 *
 * An id is in here for a second and is asked for twice. A Map of strings takes a third of a microsecond each time: to
 * hash a string that was in none, and to compare it with one that was cut out of another.
 */
export class IdTable<Entry extends Id> {
  /** The hash of what is in each slot, or `FREE`. The slots are a power of two, of which at most half are used. */
  #hashes = new Int32Array(FEWEST_SLOTS).fill(FREE);
  #entries: (Entry | undefined)[] = new Array(FEWEST_SLOTS).fill(undefined);
  #size = 0;

  get({ high, low }: Id): Entry | undefined {
    return this.#entries[this.#slotOf(high, low)];
  }

  /** In the place of the one with the same id, if there is one. */
  add(entry: Entry): void {
    let slot = this.#slotOf(entry.high, entry.low);
    if (this.#hashes[slot] === FREE) {
      if (2 * this.#size >= this.#hashes.length) {
        this.#grow();
        slot = this.#slotOf(entry.high, entry.low);
      }
      this.#size++;
    }
    this.#put(slot, hashOf(entry.high, entry.low), entry);
  }

  /** Does nothing where there is none of that id. */
  delete({ high, low }: Id): void {
    let free = this.#slotOf(high, low);
    if (this.#hashes[free] === FREE) return;
    this.#size--;
    const last = this.#hashes.length - 1;
    // What follows without a gap is looked for from its own slot on: it moves up, unless that lies behind the free one.
    for (let slot = (free + 1) & last; this.#hashes[slot] !== FREE; slot = (slot + 1) & last) {
      const hash = this.#hashes[slot]!;
      if (((slot - hash) & last) < ((slot - free) & last)) continue;
      this.#put(free, hash, this.#entries[slot]);
      free = slot;
    }
    this.#put(free, FREE, undefined);
  }

  /** All of them, in no order, as of now: what is deleted meanwhile is among them. */
  values(): Entry[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }

  /** Where it is, or would be. */
  #slotOf(high: number, low: number): number {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    const hash = hashOf(high, low);
    let slot = hash & last;
    while (hashes[slot] !== FREE) {
      if (hashes[slot] === hash) {
        const entry = this.#entries[slot]!;
        if (entry.low === low && entry.high === high) break;
      }
      slot = (slot + 1) & last;
    }
    return slot;
  }

  #put(slot: number, hash: number, entry: Entry | undefined): void {
    this.#hashes[slot] = hash;
    this.#entries[slot] = entry;
  }

  #grow(): void {
    const entries = this.values();
    const slots = 2 * this.#hashes.length;
    this.#hashes = new Int32Array(slots).fill(FREE);
    this.#entries = new Array(slots).fill(undefined);
    for (const entry of entries) {
      const { high, low } = entry;
      this.#put(this.#slotOf(high, low), hashOf(high, low), entry);
    }
  }
}

/** Not negative. */
function hashOf(high: number, low: number): number {
  return Math.imul(low ^ high, SPREAD) >>> 8;
}
