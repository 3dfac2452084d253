import type { InteractionPath } from '../frameworks/interactions.ts';
import { AckFigures, type SentFigures } from './figures.ts';

/** Of the last hour it is known what came when, by ten minutes. */
const SLOT_MS = 600_000;
const SLOTS = 6;
/** The longest window, in ms: where more is asked for, all counts. */
const LONGEST_WINDOW_MS = SLOTS * SLOT_MS;

/** A bot that puts words into custom ids has any number of them: the rest is counted together. */
const MOST_PATHS = 300;
const OTHERS = '(others)';

/** The figures of each command. */
export class AckRows {
  readonly #rows = new Map<string, AckFigures>();

  /** Made where it is not there yet. */
  of(path: InteractionPath): AckFigures {
    const found = this.#rows.get(keyOf(path));
    if (found !== undefined) return found;
    const isFull = this.#rows.size >= MOST_PATHS && path.name !== OTHERS;
    if (isFull) return this.of({ kind: path.kind, name: OTHERS });
    const figures = new AckFigures(path);
    this.#rows.set(keyOf(path), figures);
    return figures;
  }

  merge(sent: readonly SentFigures[]): void {
    for (const figures of sent) this.of({ kind: figures.kind, name: figures.name }).merge(figures);
  }

  send(): SentFigures[] {
    return [...this.#rows.values()].map((figures) => figures.send());
  }

  delete(path: InteractionPath): void {
    this.#rows.delete(keyOf(path));
  }

  values(): Iterable<AckFigures> {
    return this.#rows.values();
  }
}

/** The figures of each command: since the beginning, and of each slot of the last hour. */
export class Ledger {
  #all = new AckRows();
  readonly #slots = new Map<number, AckRows>();
  #sinceEpochMs = Date.now();

  /** @param atEpochMs when the interaction came: what becomes of it later is counted there */
  change(path: InteractionPath, atEpochMs: number, change: (figures: AckFigures) => void): void {
    change(this.#all.of(path));
    const slot = slotOf(atEpochMs);
    let rows = this.#slots.get(slot);
    if (rows === undefined) {
      this.#slots.set(slot, (rows = new AckRows()));
      for (const other of this.#slots.keys()) if (Math.abs(slot - other) > SLOTS) this.#slots.delete(other);
    }
    change(rows.of(path));
  }

  /** From when on figures of so long are, in Unix ms: of the first slot, all counts. */
  fromEpochMs(windowMs: number): number {
    if (windowMs > LONGEST_WINDOW_MS) return this.#sinceEpochMs;
    return Math.max(this.#sinceEpochMs, slotOf(Date.now() - windowMs) * SLOT_MS);
  }

  /** A copy of the figures of so long. */
  read(windowMs: number): AckRows {
    const first = slotOf(Date.now() - windowMs);
    const parts =
      windowMs > LONGEST_WINDOW_MS
        ? [this.#all]
        : [...this.#slots].flatMap(([slot, rows]) => (slot >= first ? [rows] : []));
    const read = new AckRows();
    for (const rows of parts) read.merge(rows.send());
    return read;
  }

  /** @param paths of which commands; without them, of all */
  forget(paths?: readonly InteractionPath[]): void {
    if (paths !== undefined) {
      for (const rows of [this.#all, ...this.#slots.values()]) for (const path of paths) rows.delete(path);
      return;
    }
    this.#all = new AckRows();
    this.#slots.clear();
    this.#sinceEpochMs = Date.now();
  }
}

function slotOf(epochMs: number): number {
  return Math.floor(epochMs / SLOT_MS);
}

function keyOf({ kind, name }: InteractionPath): string {
  return `${kind} ${name}`;
}
