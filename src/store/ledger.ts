/** Of the last hour it is known what came when, by ten minutes. */
const SLOT_MS = 600_000;
const SLOTS = 6;
/** The longest window, in ms: where more is asked for, all counts. */
const LONGEST_WINDOW_MS = SLOTS * SLOT_MS;

/** What is counted of one thing, and can be added up over processes. */
export interface Figures<Sent> {
  merge(sent: Sent): void;
  send(): Sent;
}

/** What rows are made of. */
export interface RowKind<Key, Row, Sent> {
  create(key: Key): Row;
  keyOf(sent: Sent): Key;
  /** Equal for equal keys alone. */
  textOf(key: Key): string;
  /** The key under which what is new is counted, where there are so many rows: bots make up any number of names. */
  placeOf(key: Key, rows: number): Key;
}

/** Figures by key. */
export class Rows<Key, Row extends Figures<Sent>, Sent> {
  readonly #kind: RowKind<Key, Row, Sent>;
  readonly #rows = new Map<string, { key: Key; row: Row }>();

  constructor(kind: RowKind<Key, Row, Sent>) {
    this.#kind = kind;
  }

  /** Made where it is not there yet. */
  of(key: Key): Row {
    const { textOf, placeOf, create } = this.#kind;
    const known = this.#rows.get(textOf(key));
    if (known !== undefined) return known.row;
    const place = placeOf(key, this.#rows.size);
    const text = textOf(place);
    let found = this.#rows.get(text);
    if (found === undefined) this.#rows.set(text, (found = { key: place, row: create(place) }));
    return found.row;
  }

  merge(sent: readonly Sent[]): void {
    for (const figures of sent) this.of(this.#kind.keyOf(figures)).merge(figures);
  }

  send(): Sent[] {
    return [...this.#rows.values()].map(({ row }) => row.send());
  }

  delete(isMeant: (key: Key) => boolean): void {
    for (const [text, { key }] of this.#rows) if (isMeant(key)) this.#rows.delete(text);
  }

  values(): Row[] {
    return [...this.#rows.values()].map(({ row }) => row);
  }
}

/** Figures of each slot of the last hour, and of what was before. */
export class Ledger<Key, Row extends Figures<Sent>, Sent> {
  readonly #kind: RowKind<Key, Row, Sent>;
  #past: Rows<Key, Row, Sent>;
  readonly #slots = new Map<number, Rows<Key, Row, Sent>>();
  #sinceEpochMs = Date.now();

  constructor(kind: RowKind<Key, Row, Sent>) {
    this.#kind = kind;
    this.#past = new Rows(kind);
  }

  /**
   * Where what happens now is counted, for an hour: it must not be kept for longer.
   * @param atEpochMs when it happened
   */
  of(key: Key, atEpochMs: number): Row {
    const slot = slotOf(atEpochMs);
    let rows = this.#slots.get(slot);
    if (rows === undefined) {
      this.#slots.set(slot, (rows = new Rows(this.#kind)));
      this.#putAway(slot);
    }
    return rows.of(key);
  }

  /** From when on figures of so long are, in Unix ms: of the first slot, all counts. */
  fromEpochMs(windowMs: number): number {
    if (windowMs > LONGEST_WINDOW_MS) return this.#sinceEpochMs;
    return Math.max(this.#sinceEpochMs, slotOf(Date.now() - windowMs) * SLOT_MS);
  }

  /** A copy of the figures of so long. */
  read(windowMs: number): Rows<Key, Row, Sent> {
    const isAll = windowMs > LONGEST_WINDOW_MS;
    const first = isAll ? Number.NEGATIVE_INFINITY : slotOf(Date.now() - windowMs);
    const read = new Rows(this.#kind);
    if (isAll) read.merge(this.#past.send());
    for (const [slot, rows] of this.#slots) if (slot >= first) read.merge(rows.send());
    return read;
  }

  /** @param isMeant of which keys; without it, of all */
  forget(isMeant?: (key: Key) => boolean): void {
    if (isMeant !== undefined) {
      for (const rows of [this.#past, ...this.#slots.values()]) rows.delete(isMeant);
      return;
    }
    this.#past = new Rows(this.#kind);
    this.#slots.clear();
    this.#sinceEpochMs = Date.now();
  }

  /** Slots that are over, or far ahead as the clock was set back, become past. */
  #putAway(now: number): void {
    for (const [slot, rows] of this.#slots) {
      if (Math.abs(now - slot) <= SLOTS) continue;
      this.#past.merge(rows.send());
      this.#slots.delete(slot);
    }
  }
}

function slotOf(epochMs: number): number {
  return Math.floor(epochMs / SLOT_MS);
}
