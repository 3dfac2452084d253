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

/** The figures of each command: of each slot of the last hour, and of what was before. */
export class Ledger {
  #past = new AckRows();
  readonly #slots = new Map<number, AckRows>();
  #sinceEpochMs = Date.now();

  /**
   * Where what is known of an interaction is counted, for an hour: it must not be kept for longer.
   * @param atEpochMs when the interaction came
   */
  of(path: InteractionPath, atEpochMs: number): AckFigures {
    const slot = slotOf(atEpochMs);
    let rows = this.#slots.get(slot);
    if (rows === undefined) {
      this.#slots.set(slot, (rows = new AckRows()));
      this.#putAway(slot);
    }
    return rows.of(path);
  }

  /** From when on figures of so long are, in Unix ms: of the first slot, all counts. */
  fromEpochMs(windowMs: number): number {
    if (windowMs > LONGEST_WINDOW_MS) return this.#sinceEpochMs;
    return Math.max(this.#sinceEpochMs, slotOf(Date.now() - windowMs) * SLOT_MS);
  }

  /** A copy of the figures of so long. */
  read(windowMs: number): AckRows {
    const isAll = windowMs > LONGEST_WINDOW_MS;
    const first = isAll ? Number.NEGATIVE_INFINITY : slotOf(Date.now() - windowMs);
    const read = new AckRows();
    if (isAll) read.merge(this.#past.send());
    for (const [slot, rows] of this.#slots) if (slot >= first) read.merge(rows.send());
    return read;
  }

  /** @param paths of which commands; without them, of all */
  forget(paths?: readonly InteractionPath[]): void {
    if (paths !== undefined) {
      for (const rows of [this.#past, ...this.#slots.values()]) for (const path of paths) rows.delete(path);
      return;
    }
    this.#past = new AckRows();
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

function keyOf({ kind, name }: InteractionPath): string {
  return `${kind} ${name}`;
}
