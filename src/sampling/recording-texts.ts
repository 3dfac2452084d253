import type { ByteReader, ByteWriter } from '../store/bytes.ts';
import { readCount } from './recording-columns.ts';

/** UTF-8 has no halves of surrogate pairs: what has some is written as the UTF-16 that it is. */
const UTF8 = 0;
const UTF16 = 1;

/** Gives each text a number, the first being 0. */
export class TextTable {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  of(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.#numbers.size));
    return number;
  }

  /** One more than the number; 0 where there is no text. */
  orNone(text: string | undefined): number {
    return text === undefined ? 0 : this.of(text) + 1;
  }

  write(writer: ByteWriter): void {
    writer.varint(this.#numbers.size);
    for (const text of this.#numbers.keys()) {
      const isUtf8 = text.isWellFormed();
      writer.varint(isUtf8 ? UTF8 : UTF16);
      writer.bytes(Buffer.from(text, isUtf8 ? 'utf8' : 'utf16le'));
    }
  }
}

/** In the order of their numbers. */
export function readTexts(reader: ByteReader, most: number): string[] {
  return Array.from({ length: readCount(reader, most) }, () => {
    const kind = reader.varint();
    if (kind !== UTF8 && kind !== UTF16) throw new RangeError('A text is written in an unknown way.');
    const { buffer, byteOffset, byteLength } = reader.bytes();
    return Buffer.from(buffer, byteOffset, byteLength).toString(kind === UTF8 ? 'utf8' : 'utf16le');
  });
}
