import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type KeyvStorageCapability, keyvStorageCapability } from 'keyv';
import { type OnSetAside, SqliteFile } from './sqlite-file.ts';

/** Reading many rows pauses after so long, and lets the bot go on. */
const SLICE_MS = 4;
/** Rows that the iterator reads at once. */
const PAGE_ROWS = 64;

export interface SqliteAdapterOptions {
  /** Of the database; relative to the working folder. Its folder is created, for its owner only, when it is missing. */
  readonly path: string;
  /**
   * How whoever calls says when a value expires: as `expires`, a moment in Unix ms (Keyv 6, the default), or as
   * `ttl`, a duration in ms (Keyv 5).
   */
  readonly contract?: Contract;
  /** Told when a file that cannot be used was moved away and a fresh one begun. */
  readonly onSetAside?: OnSetAside;
}

export type Contract = keyof typeof CONTRACTS;

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly expires?: number;
  readonly ttl?: number;
}

interface Row {
  readonly id: number;
  readonly key: string;
  readonly value: unknown;
}

/** In what Keyv 6 and Keyv 5 differ, for a storage adapter. */
const CONTRACTS = {
  expires: {
    expiresAt: (expires: number | undefined) => expires,
    timeOf: (entry: Entry) => entry.expires,
    deletedMany: (each: boolean[]): boolean | boolean[] => each,
    capabilities: (adapter: object) => keyvStorageCapability(adapter),
  },
  ttl: {
    expiresAt: (ttl: number | undefined) => (ttl === undefined ? undefined : Date.now() + ttl),
    timeOf: (entry: Entry) => entry.ttl,
    deletedMany: (each: boolean[]): boolean | boolean[] => each.includes(true),
    capabilities: () => undefined,
  },
};

/**
 * A storage adapter for Keyv over the SQLite that comes with Node: nothing to install and nothing to compile.
 *
 * Values are what Keyv's serialiser makes: strings or bytes. A namespace sees its own keys only, and no namespace is
 * one of its own. Any number of adapters, in any number of processes, may share a file; one that finds it locked
 * rejects at once rather than wait, since waiting would hold the whole bot. After `disconnect` the next call opens
 * the file again.
 *
 * @example
 * const keyv = new Keyv({ store: new SqliteAdapter({ path: './cogscope/profile.sqlite' }) });
 * const keyv5 = new Keyv5({ store: new SqliteAdapter({ path: './cogscope/profile.sqlite', contract: 'ttl' }) });
 */
export class SqliteAdapter extends EventEmitter {
  /** Set by Keyv. */
  namespace: string | undefined;
  /** What Keyv 5 looks at to learn that this can be iterated. */
  opts: Record<string, unknown>;
  readonly #file: SqliteFile;
  readonly #contract: (typeof CONTRACTS)[Contract];

  constructor(options: SqliteAdapterOptions) {
    super();
    const path = resolve(options.path);
    this.#file = new SqliteFile(path, options.onSetAside ?? (() => {}));
    this.#contract = CONTRACTS[options.contract ?? 'expires'];
    this.opts = { dialect: 'sqlite', url: `sqlite://${path}` };
  }

  /** Tells Keyv 6 that `set` takes a moment, not a duration. */
  get capabilities(): KeyvStorageCapability | undefined {
    return this.#contract.capabilities(this);
  }

  /** Where the database is: an absolute path. */
  get path(): string {
    return this.#file.path;
  }

  /**
   * Opens the database now rather than at the first call.
   *
   * @throws ProfilerError `STORE_FROM_THE_FUTURE` where a newer version wrote it; what SQLite or the file system says
   * where it can not be opened at present.
   */
  open(): void {
    this.#file.open();
  }

  /** Of the database and its write-ahead log; `undefined` before the first is written. */
  sizeBytes(): number | undefined {
    return this.#file.sizeBytes();
  }

  async get(key: string): Promise<unknown> {
    const [value] = this.#read([key], performance.now());
    return value;
  }

  /** In the order of the keys; pauses now and then where they are many. */
  async getMany(keys: readonly string[]): Promise<unknown[]> {
    const values: unknown[] = [];
    while (values.length < keys.length) {
      if (values.length > 0) await nextTurn();
      values.push(...this.#read(keys.slice(values.length), performance.now() + SLICE_MS));
    }
    return values;
  }

  async has(key: string): Promise<boolean> {
    const [has] = await this.hasMany([key]);
    return has!;
  }

  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    const scope = this.#scope();
    return this.#file.read(({ has }) => keys.map((key) => has.get({ ...scope, key }) !== undefined));
  }

  /** @param time When it expires, as the contract has it; never, if it is left out. */
  async set(key: string, value: unknown, time?: number): Promise<boolean> {
    await this.#write([{ key, value, expires: this.#contract.expiresAt(time) }]);
    return true;
  }

  /** All of them, or, if it rejects, none. */
  async setMany(entries: readonly Entry[]): Promise<boolean[]> {
    const { expiresAt, timeOf } = this.#contract;
    await this.#write(
      entries.map((entry) => ({ key: entry.key, value: entry.value, expires: expiresAt(timeOf(entry)) })),
    );
    return entries.map(() => true);
  }

  /** Whether it was there. */
  async delete(key: string): Promise<boolean> {
    return this.#delete([key]).includes(true);
  }

  /** Whether each was there; under the contract of Keyv 5, whether any was. */
  async deleteMany(keys: readonly string[]): Promise<boolean | boolean[]> {
    return this.#contract.deletedMany(this.#delete(keys));
  }

  /** Everything in one namespace. */
  async clear(namespace = this.namespace): Promise<void> {
    this.#file.write(({ clear }) => clear.run({ namespace: namespace ?? '' }));
  }

  /** In the order of writing. What is written meanwhile may or may not be among it. */
  async *iterator(namespace = this.namespace): AsyncGenerator<[key: string, value: unknown], void> {
    let after = 0;
    for (;;) {
      const from = { namespace: namespace ?? '', nowMs: Date.now(), after, limit: PAGE_ROWS };
      const rows = this.#file.read(({ page }) => page.all(from)) as unknown as Row[];
      for (const { key, value } of rows) yield [key, value];
      if (rows.length < PAGE_ROWS) return;
      after = rows.at(-1)!.id;
    }
  }

  async disconnect(): Promise<void> {
    this.#file.close();
  }

  #scope(): { namespace: string; nowMs: number } {
    return { namespace: this.namespace ?? '', nowMs: Date.now() };
  }

  /** Of the first keys, one at least, as many as there is time for. */
  #read(keys: readonly string[], until: number): unknown[] {
    const scope = this.#scope();
    return this.#file.read(({ get }) => {
      const values: unknown[] = [];
      for (const key of keys) {
        values.push(get.get({ ...scope, key })?.['value']);
        if (performance.now() >= until) break;
      }
      return values;
    });
  }

  async #write(entries: readonly { key: string; value: unknown; expires: number | undefined }[]) {
    const { namespace } = this.#scope();
    this.#file.write(({ set }) => {
      for (const { key, value, expires } of entries)
        set.run({ namespace, key, value: value as string, expires: expires ?? null });
    });
  }

  #delete(keys: readonly string[]): boolean[] {
    const { namespace } = this.#scope();
    return this.#file.write((statements) =>
      keys.map((key) => statements.delete.run({ namespace, key }).changes > 0),
    );
  }
}
