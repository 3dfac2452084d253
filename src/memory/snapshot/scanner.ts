import { ProfilerError } from '../../errors.ts';
import { RowParser } from './row-parser.ts';
import type { Source } from './source.ts';
import type { StringTable } from './string-table.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const SPACE = 0x20;
const NOTHING = new Uint8Array(0);

/** Goes through the JSON text of a snapshot, of which one chunk at a time is in memory. */
export class Scanner {
  readonly #source: Source;
  readonly #onChunk: (() => void) | undefined;
  #chunk: Uint8Array = NOTHING;
  #at = 0;

  /** @param onChunk called for each chunk that was read; what it throws ends the reading */
  constructor(source: Source, onChunk?: () => void) {
    this.#source = source;
    this.#onChunk = onChunk;
  }

  /** @throws ProfilerError INVALID_SNAPSHOT */
  fail(problem: string): never {
    throw new ProfilerError('INVALID_SNAPSHOT', this.#source.name, problem);
  }

  /** The next byte that is no white space; it is not taken. */
  async peek(what: string): Promise<number> {
    for (;;) {
      while (this.#at < this.#chunk.length) {
        const byte = this.#chunk[this.#at]!;
        if (byte > SPACE) return byte;
        this.#at++;
      }
      await this.#more(what);
    }
  }

  /** Takes the next byte where it is this character. */
  async takeIf(character: string, what: string): Promise<boolean> {
    if ((await this.peek(what)) !== character.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  /** Takes a character that must be there. */
  async expect(character: string, what: string): Promise<void> {
    if (!(await this.takeIf(character, what))) this.fail('is not a heap snapshot of V8');
  }

  /** Takes the text of the value that comes, of any kind; undefined where it is longer than that, and not wanted. */
  async text(what: string, mostBytes: number): Promise<string | undefined> {
    const parts: Uint8Array[] = [];
    let length = 0;
    await this.#throughValue(what, (part) => {
      length += part.length;
      // The chunk is overwritten by the next one.
      if (length <= mostBytes) parts.push(Uint8Array.from(part));
    });
    return length <= mostBytes ? Buffer.concat(parts).toString('utf8') : undefined;
  }

  /** Leaves out the value that comes. */
  async skip(what: string): Promise<void> {
    await this.#throughValue(what, () => undefined);
  }

  /**
   * Takes a list of whole numbers in rows.
   * @returns how many rows there were
   */
  async rows(
    what: string,
    width: number,
    take: (row: Float64Array, index: number) => void,
    isSigned = false,
  ): Promise<number> {
    await this.expect('[', what);
    const parser = new RowParser(width, take, isSigned);
    for (;;) {
      let end: number;
      try {
        end = parser.parse(this.#chunk, this.#at);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.fail(`has ${error.message} among ${what} that does not belong there`);
      }
      if (end !== -1) {
        this.#at = end;
        if (parser.rest > 0) this.fail(`has ${what} that end in the middle of one`);
        return parser.rows;
      }
      await this.#more(what);
    }
  }

  /** Takes a list of strings. */
  async strings(what: string, table: StringTable): Promise<void> {
    await this.expect('[', what);
    let isInString = false;
    let isEscaped = false;
    for (;;) {
      const chunk = this.#chunk;
      const from = this.#at;
      let at = from;
      let isOver = false;
      for (; at < chunk.length; at++) {
        const byte = chunk[at]!;
        if (isInString) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) isInString = false;
        } else if (byte === QUOTE) {
          isInString = true;
          table.begin(at + 1 - from);
        } else if (byte === CLOSE_LIST) {
          isOver = true;
          break;
        } else if (byte !== COMMA && byte > SPACE) {
          this.fail(`has something else than strings among ${what}`);
        }
      }
      table.append(chunk.subarray(from, at));
      this.#at = isOver ? at + 1 : at;
      if (isOver) return;
      await this.#more(what);
    }
  }

  async #throughValue(what: string, take: (part: Uint8Array) => void): Promise<void> {
    const first = await this.peek(what);
    const isNested = first === OPEN || first === OPEN_LIST;
    const isPlain = !isNested && first !== QUOTE;
    let depth = 0;
    let isInString = false;
    let isEscaped = false;
    for (;;) {
      const chunk = this.#chunk;
      const from = this.#at;
      let at = from;
      let isOver = false;
      while (at < chunk.length && !isOver) {
        const byte = chunk[at]!;
        if (isPlain && (byte === COMMA || byte === CLOSE || byte === CLOSE_LIST)) {
          isOver = true;
          break;
        }
        at++;
        if (isInString) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) {
            isInString = false;
            isOver = depth === 0;
          }
        } else if (byte === QUOTE) isInString = true;
        else if (byte === OPEN || byte === OPEN_LIST) depth++;
        else if (byte === CLOSE || byte === CLOSE_LIST) isOver = --depth === 0;
      }
      take(chunk.subarray(from, at));
      this.#at = at;
      if (isOver) return;
      await this.#more(what);
    }
  }

  async #more(what: string): Promise<void> {
    const chunk = await this.#source.next();
    if (chunk === undefined) this.fail(`ends in the middle of ${what}: it is not complete`);
    this.#chunk = chunk;
    this.#at = 0;
    this.#onChunk?.();
  }
}
