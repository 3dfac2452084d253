/** Numbers and texts, one after the other in bytes. Whole numbers are LEB128 varints: small ones take one byte. */

const FIRST_SIZE_BYTES = 256;
const encoder = new TextEncoder();

export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_SIZE_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** What was written so far; valid until more is written. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Throws a RangeError for what is no whole number from 0 to 2^53 - 1. */
  varint(number: number): void {
    if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`${number} is no whole number.`);
    this.#makeRoom(8);
    let rest = number;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  double(number: number): void {
    this.#makeRoom(8);
    this.#view.setFloat64(this.#length, number, true);
    this.#length += 8;
  }

  /** With their length before them. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  text(text: string): void {
    this.bytes(encoder.encode(text));
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what `ByteWriter` wrote, in the same order. Throws a RangeError where the bytes end too early. */
export class ByteReader {
  /** Of all ways to make a text of a few bytes, Node's is the quickest. */
  readonly #bytes: Buffer;
  #at = 0;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** How many bytes have not been read. */
  get left(): number {
    return Math.max(0, this.#bytes.length - this.#at);
  }

  varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++];
    if (byte !== undefined && byte < 0x80) return byte;
    let result = 0;
    for (let factor = 1; ; factor *= 0x80) {
      if (byte === undefined) throw new RangeError('The bytes end in the middle of a number.');
      result += (byte & 0x7f) * factor;
      if (byte < 0x80) return result;
      byte = bytes[this.#at++];
    }
  }

  double(): number {
    const number = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return number;
  }

  /** A view of the bytes, no copy. */
  bytes(): Uint8Array {
    const start = this.#skipSized();
    return this.#bytes.subarray(start, this.#at);
  }

  text(): string {
    const start = this.#skipSized();
    return this.#bytes.toString('utf8', start, this.#at);
  }

  /** Reads a text if it is the rest of a given one, from a place on, in ASCII; else it reads nothing. */
  skipText(expected: string, from: number): boolean {
    const start = this.#at;
    const begin = this.#skipSized();
    const length = this.#at - begin;
    let isSame = length === expected.length - from;
    for (let at = 0; isSame && at < length; at++) {
      const byte = this.#bytes[begin + at]!;
      isSame = byte < 0x80 && byte === expected.charCodeAt(from + at);
    }
    if (!isSame) this.#at = start;
    return isSame;
  }

  /** Goes past bytes that have their length before them, and tells where they begin. */
  #skipSized(): number {
    const length = this.varint();
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new RangeError('The bytes end too early.');
    this.#at = start + length;
    return start;
  }
}
