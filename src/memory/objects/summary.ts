import { types } from 'node:util';
import { classNameOf } from '../classes/class-name.ts';
import type { Redactor } from './redactor.ts';

const MOST_DEPTH = 2;
const MOST_PROPERTIES = 24;
const MOST_ENTRIES = 5;
const MOST_TEXT = 100;
const MOST_NAME = 60;
/** Of one object, all in all. */
const MOST_SUMMARY = 2_000;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * What an object looks like, in one line: such as `Song { title: 'So What', plays: 3, tags: Array(2) ['jazz', …1 more] }`.
 * No code of the bot runs: getters are named, not called, and proxies are left alone. Secrets are hidden.
 */
export function summarise(value: object, redactor: Redactor): string {
  try {
    return redactor.text(new Summariser(redactor).show(value, 0), MOST_SUMMARY);
  } catch {
    // As of a module whose variables are not initialised yet.
    return `${classNameOf(value)} (cannot be read)`;
  }
}

class Summariser {
  readonly #redactor: Redactor;
  readonly #path: object[] = [];

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  show(value: unknown, depth: number): string {
    switch (typeof value) {
      case 'string':
        return `'${this.#text(value, MOST_TEXT)}'`;
      case 'bigint':
        return `${value}n`;
      case 'symbol':
        return this.#text(String(value), MOST_NAME);
      case 'function':
        return '[Function]';
      case 'object':
        return value === null ? 'null' : this.#object(value, depth);
      default:
        return String(value);
    }
  }

  #object(value: object, depth: number): string {
    if (types.isProxy(value)) return '[Proxy]';
    const name = this.#text(classNameOf(value), MOST_NAME);
    if (types.isDate(value)) return dateText(value);
    if (types.isRegExp(value) || types.isPromise(value) || ArrayBuffer.isView(value)) return `[${name}]`;
    if (this.#path.includes(value)) return '[Circular]';
    if (depth > 0 && Object.hasOwn(value, 'client')) return this.#structure(value, name);
    const head = headOf(value, name);
    if (depth >= MOST_DEPTH) return `${head} {…}`;
    this.#path.push(value);
    const parts = [...this.#entries(value, depth), ...this.#properties(value, depth)];
    this.#path.pop();
    if (parts.length === 0) return `${head} {}`;
    return Array.isArray(value) ? `${head} [${parts.join(', ')}]` : `${head} { ${parts.join(', ')} }`;
  }

  /** A structure or a manager of discord.js, in another one: which it is says enough. */
  #structure(value: object, name: string): string {
    const id: unknown = Object.getOwnPropertyDescriptor(value, 'id')?.value;
    if (typeof id === 'string') return `${name} '${this.#text(id, MOST_NAME)}'`;
    const cache: unknown = Object.getOwnPropertyDescriptor(value, '_cache')?.value;
    return types.isMap(cache) ? `${name}(${sizeOf(cache)})` : `${name} {…}`;
  }

  /** What is in a list, a map or a set. */
  #entries(value: object, depth: number): string[] {
    if (Array.isArray(value))
      return this.#some(value.length, indexed(value), (entry) => this.show(entry, depth + 1));
    if (types.isMap(value)) {
      return this.#some(sizeOf(value), Map.prototype.entries.call(value), ([key, entry]) => {
        const isSecret = typeof key === 'string' && this.#redactor.isSecret(key);
        return `${this.show(key, depth + 1)} => ${isSecret ? '[secret]' : this.show(entry, depth + 1)}`;
      });
    }
    if (types.isSet(value))
      return this.#some(sizeOf(value), Set.prototype.values.call(value), (entry) =>
        this.show(entry, depth + 1),
      );
    return [];
  }

  #some<Entry>(size: number, entries: Iterable<Entry>, show: (entry: Entry) => string): string[] {
    const shown: string[] = [];
    for (const entry of entries) {
      if (shown.length >= MOST_ENTRIES) break;
      shown.push(show(entry));
    }
    const more = size - shown.length;
    return more > 0 ? [...shown, `…${more} more`] : shown;
  }

  #properties(value: object, depth: number): string[] {
    if (Array.isArray(value)) return [];
    const keys = keysOf(value);
    const shown = keys.slice(0, MOST_PROPERTIES).map((key) => this.#property(value, key, depth));
    const more = keys.length - shown.length;
    return more > 0 ? [...shown, `…${more} more`] : shown;
  }

  #property(value: object, key: string, depth: number): string {
    const name = this.#text(key, MOST_NAME);
    const shown = IDENTIFIER.test(name) ? name : `'${name}'`;
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined) return `${shown}: (gone)`;
    if (!('value' in property)) return `${shown}: [Getter]`;
    if (this.#redactor.isSecret(key) && isTelling(property.value)) return `${shown}: [secret]`;
    return `${shown}: ${this.show(property.value, depth + 1)}`;
  }

  #text(text: string, most: number): string {
    return this.#redactor.text(text, most).replace(/\s+/g, ' ');
  }
}

/** What is enumerable. Of an error that is not the message; to read its stack may run code of the bot, which formats it. */
function keysOf(value: object): string[] {
  const keys = Object.keys(value);
  if (!types.isNativeError(value)) return keys;
  return [...(Object.hasOwn(value, 'message') ? ['message'] : []), ...keys.filter((key) => key !== 'stack')];
}

/** Whether a value says anything of a secret: that there is none does not. */
function isTelling(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean' && typeof value !== 'function';
}

function headOf(value: object, name: string): string {
  if (Array.isArray(value)) return `${name}(${value.length})`;
  if (types.isMap(value) || types.isSet(value)) return `${name}(${sizeOf(value)})`;
  return name;
}

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!;

/** As V8 has it, whatever the object itself says of it. */
function sizeOf(value: object): number {
  return (types.isMap(value) ? mapSize : setSize).call(value) as number;
}

function* indexed(list: readonly unknown[]): Iterable<unknown> {
  for (let at = 0; at < list.length; at++) {
    const item = Object.getOwnPropertyDescriptor(list, at);
    yield item !== undefined && !('value' in item) ? '[Getter]' : item?.value;
  }
}

function dateText(date: Date): string {
  const epochMs = Date.prototype.getTime.call(date);
  return Number.isNaN(epochMs) ? 'Date (invalid)' : new Date(epochMs).toISOString();
}
