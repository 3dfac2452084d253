import type { Origin } from '../../cog/origins.ts';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { SealedHeaviest } from './heaviest.ts';
import type { Hitter, Hitters } from './space-saving.ts';

/**
 * Whose calls took the most time, in a bucket. Most rows of a bucket name the same ids, so there is one table of them:
 *
 *     number of ids, then each, in their order: those that begin alike are next to each other
 *
 * and at the end of each row:
 *
 *     number of origins, then of each: its name, floorNs, number of hitters, then of each:
 *       place of its id in the table, calls, errors, overNs, sumNs − overNs
 */
export class IdTable {
  readonly #ids: readonly string[];
  #places: ReadonlyMap<string, number> | undefined;

  private constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  /**
   * Undefined where no row says whose its calls were.
   * @param breathe called between rows, so that many of them do not hold the loop
   */
  static async of(
    rows: Iterable<{ readonly heaviest?: SealedHeaviest }>,
    breathe: () => Promise<void> | undefined,
  ): Promise<IdTable | undefined> {
    let found: Set<string> | undefined;
    for (const { heaviest } of rows) {
      if (heaviest === undefined) continue;
      const pause = breathe();
      if (pause !== undefined) await pause;
      found ??= new Set();
      for (const { hitters } of heaviest.values()) for (const { id } of hitters) found.add(id);
    }
    return found && new IdTable([...found].sort());
  }

  /** Throws a RangeError where the bytes end too early. */
  static read(reader: ByteReader): IdTable {
    const ids: string[] = [];
    for (let left = reader.varint(); left > 0; left--) ids.push(reader.text());
    return new IdTable(ids);
  }

  write(writer: ByteWriter): void {
    writer.varint(this.#ids.length);
    for (const id of this.#ids) writer.text(id);
  }

  placeOf(id: string): number {
    this.#places ??= new Map(this.#ids.map((each, place) => [each, place]));
    return this.#places.get(id)!;
  }

  /** Throws a RangeError where there is no such place. */
  idAt(place: number): string {
    const id = this.#ids[place];
    if (id === undefined) throw new RangeError(`There is no id ${place}.`);
    return id;
  }
}

export function writeHeaviest(writer: ByteWriter, ids: IdTable, heaviest: SealedHeaviest = new Map()): void {
  writer.varint(heaviest.size);
  for (const [origin, { floorNs, hitters }] of heaviest) {
    writer.text(origin);
    writer.varint(wholeNs(floorNs));
    writer.varint(hitters.length);
    for (const { id, calls, errors, sumNs, overNs } of hitters) {
      writer.varint(ids.placeOf(id));
      writer.varint(calls);
      writer.varint(errors);
      const over = wholeNs(overNs);
      writer.varint(over);
      writer.varint(Math.max(0, wholeNs(sumNs) - over));
    }
  }
}

/** Undefined where the row says nothing. Throws a RangeError where the bytes are wrong. */
export function readHeaviest(reader: ByteReader, ids: IdTable): SealedHeaviest | undefined {
  const origins = reader.varint();
  if (origins === 0) return undefined;
  const heaviest = new Map<Origin, Hitters>();
  for (let origin = 0; origin < origins; origin++) {
    // One that a later cogscope has is handed on as it is.
    const name = reader.text() as Origin;
    const floorNs = reader.varint();
    const hitters: Hitter[] = [];
    for (let left = reader.varint(); left > 0; left--) {
      const id = ids.idAt(reader.varint());
      const calls = reader.varint();
      const errors = reader.varint();
      const overNs = reader.varint();
      hitters.push({ id, calls, errors, sumNs: overNs + reader.varint(), overNs });
    }
    heaviest.set(name, { floorNs, hitters });
  }
  return heaviest;
}

/** What is more than 104 days of calls of one id counts as so many. */
function wholeNs(ns: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.round(ns));
}
