import { release } from './release.ts';

const CHUNK_BYTES = 4 * 2 ** 20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_OFFSETS = 2 ** 14;
/** The longest escape, `\u0000`, less one: what may be left of one where text is cut off. */
const MOST_LEFT_OF_ESCAPE = 5;

/**
 * The strings of a snapshot as they are in its file: bytes, with the offset of each. A string becomes one of
 * JavaScript's when it is asked for: most never are.
 */
export class StringTable {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #offsets = new Float64Array(FIRST_OFFSETS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#chunks.length * CHUNK_BYTES + this.#offsets.byteLength;
  }

  /** Takes in bytes of the file, those between the strings too. */
  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const at = this.#bytes % CHUNK_BYTES;
      if (at === 0) this.#chunks.push(new Uint8Array(CHUNK_BYTES));
      const part = bytes.subarray(from, from + CHUNK_BYTES - at);
      this.#chunks.at(-1)!.set(part, at);
      this.#bytes += part.length;
      from += part.length;
    }
  }

  /** A string begins so many bytes after what has been taken in, its quote not counted. */
  begin(after: number): void {
    if (this.#count === this.#offsets.length) {
      const more = new Float64Array(this.#count * 2);
      more.set(this.#offsets);
      release(this.#offsets);
      this.#offsets = more;
    }
    this.#offsets[this.#count++] = this.#bytes + after;
  }

  /**
   * @param index of a string
   * @param mostBytes as much of the file is looked at, from the beginning of the string
   */
  get(index: number, mostBytes = Number.POSITIVE_INFINITY): string {
    const from = this.#offsets[index]!;
    const { length, isEscaped } = this.#measure(from, mostBytes);
    const raw = this.#read(from, length);
    return isEscaped ? unescaped(raw) : raw;
  }

  /** Whether a string takes so many bytes in the file, or more. */
  hasBytes(index: number, bytes: number): boolean {
    return this.#measure(this.#offsets[index]!, bytes).length === bytes;
  }

  /** The index of each of these texts, -1 of one that is not there. They must need no escapes. */
  find<const T extends readonly string[]>(texts: T): { [K in keyof T]: number } {
    const found = texts.map(() => -1);
    const wanted = texts.map((text) => Buffer.from(`${text}"`));
    for (let index = 0; index < this.#count; index++) {
      const from = this.#offsets[index]!;
      const first = this.#at(from);
      for (let which = 0; which < wanted.length; which++) {
        const bytes = wanted[which]!;
        if (bytes[0] !== first || found[which] !== -1) continue;
        let same = 1;
        while (same < bytes.length && this.#at(from + same) === bytes[same]) same++;
        if (same === bytes.length) found[which] = index;
      }
    }
    return found as unknown as { [K in keyof T]: number };
  }

  #at(offset: number): number {
    return this.#chunks[Math.floor(offset / CHUNK_BYTES)]![offset % CHUNK_BYTES]!;
  }

  /** How many bytes a string has up to its closing quote, and whether escapes are among them. */
  #measure(from: number, mostBytes: number): { length: number; isEscaped: boolean } {
    let which = Math.floor(from / CHUNK_BYTES);
    let chunk = this.#chunks[which]!;
    let at = from % CHUNK_BYTES;
    let isEscaped = false;
    let isNextEscaped = false;
    let length = 0;
    for (; length < mostBytes; length++) {
      if (at === CHUNK_BYTES) {
        chunk = this.#chunks[++which]!;
        at = 0;
      }
      const byte = chunk[at++]!;
      if (isNextEscaped) isNextEscaped = false;
      else if (byte === QUOTE) break;
      else if (byte === BACKSLASH) isEscaped = isNextEscaped = true;
    }
    return { length, isEscaped };
  }

  #read(from: number, length: number): string {
    const first = Math.floor(from / CHUNK_BYTES);
    const at = from % CHUNK_BYTES;
    const parts: Uint8Array[] = [];
    for (let which = first, left = at + length; left > 0; which++, left -= CHUNK_BYTES) {
      parts.push(this.#chunks[which]!.subarray(which === first ? at : 0, Math.min(left, CHUNK_BYTES)));
    }
    return parts.length === 1 ? toText(parts[0]!) : toText(Buffer.concat(parts));
  }
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Where the text was cut off within an escape, without the rest of that. */
function unescaped(raw: string): string {
  for (let cut = 0; cut <= MOST_LEFT_OF_ESCAPE; cut++) {
    try {
      return JSON.parse(`"${cut === 0 ? raw : raw.slice(0, -cut)}"`) as string;
    } catch {
      // Another byte less.
    }
  }
  return raw;
}
