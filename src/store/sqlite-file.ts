import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ProfilerError } from '../errors.ts';
import { nodeSqlite } from './node-sqlite.ts';

/** `cogS` in ASCII: by this, in the header of the file, is a store of cogscope told from any other database. */
const APPLICATION_ID = 0x636f6753;
/** The version of the tables below. */
const SCHEMA_VERSION = 1;

/** What belongs to a database beside its file. */
const COMPANIONS = ['', '-wal', '-shm'];

/** Rows that one write deletes at most, so that a store left alone for a month does not hold the first write up. */
const EXPIRED_AT_ONCE = 100;
/** Free pages that are left in the file for the next rows; giving back each at once would move pages all the time. */
const FREE_PAGES_KEPT = 64;
/** Pages that one write gives back to the disk at most: 1 MiB. */
const PAGES_FREED_AT_ONCE = 256;
/** The write-ahead log is cut back to this once its pages are in the file. */
const WAL_KEPT_BYTES = 1_048_576;

// Fixed by the first page that is written, so it comes before the tables.
const BEFORE_TABLES = 'PRAGMA auto_vacuum = INCREMENTAL';
const TABLES = `
  BEGIN IMMEDIATE;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    value NOT NULL,
    expires INTEGER,
    UNIQUE (namespace, key)
  );
  CREATE INDEX IF NOT EXISTS entries_by_expiry ON entries (expires) WHERE expires IS NOT NULL;
  COMMIT`;
// A log that is not synced at each commit loses, if the machine loses power, the last commits, and never the file.
const EACH_TIME = `
  PRAGMA secure_delete = ON;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA journal_size_limit = ${WAL_KEPT_BYTES}`;

const ALIVE = '(expires IS NULL OR expires > @nowMs)';
const STATEMENTS = {
  get: `SELECT value FROM entries WHERE namespace = @namespace AND key = @key AND ${ALIVE}`,
  has: `SELECT 1 FROM entries WHERE namespace = @namespace AND key = @key AND ${ALIVE}`,
  set: `INSERT INTO entries (namespace, key, value, expires) VALUES (@namespace, @key, @value, @expires)
    ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value, expires = excluded.expires`,
  delete: 'DELETE FROM entries WHERE namespace = @namespace AND key = @key',
  clear: 'DELETE FROM entries WHERE namespace = @namespace',
  page: `SELECT id, key, value FROM entries
    WHERE namespace = @namespace AND id > @after AND ${ALIVE} ORDER BY id LIMIT @limit`,
  deleteExpired: `DELETE FROM entries WHERE id IN (
    SELECT id FROM entries WHERE expires <= @nowMs LIMIT ${EXPIRED_AT_ONCE})`,
  freePages: 'PRAGMA freelist_count',
} as const;

export type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

/** Told where a file that could not be used was moved to, and why: "it is not a SQLite database". */
export type OnSetAside = (movedTo: string, reason: string) => void;

interface Open {
  readonly database: DatabaseSync;
  readonly statements: Statements;
  /** Tells this file from another that came to its place while it was open. */
  readonly inode: bigint | undefined;
}

/**
 * One SQLite file, opened when it is first used, and anew when it was closed, deleted or replaced.
 *
 * What is broken, or belongs to another application, is set aside and begun afresh, also when that shows only later.
 * Nothing waits: a database that another process has locked fails the call at once, as does a disk that is full or
 * cannot be written. The next call tries again.
 */
export class SqliteFile {
  readonly path: string;
  readonly #onSetAside: OnSetAside;
  #open: Open | undefined;

  constructor(path: string, onSetAside: OnSetAside) {
    this.path = path;
    this.#onSetAside = onSetAside;
  }

  read<T>(work: (statements: Statements) => T): T {
    return this.#run(({ statements }) => work(statements));
  }

  /** Does it in one transaction: all of it happens, or nothing. */
  write<T>(work: (statements: Statements) => T): T {
    return this.#run(({ database, statements }) => {
      const result = inTransaction(database, () => {
        const result = work(statements);
        statements.deleteExpired.run({ nowMs: Date.now() });
        return result;
      });
      giveBackFreePages(database, statements);
      return result;
    });
  }

  /** Of the file and its write-ahead log; `undefined` where there is none yet. */
  sizeBytes(): number | undefined {
    const file = statSync(this.path, { throwIfNoEntry: false });
    if (file === undefined) return undefined;
    return file.size + (statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  }

  /** Opens the file if it is not open, to find out now whether that can be done. */
  open(): void {
    this.#current();
  }

  close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) closeQuietly(open.database);
  }

  #run<T>(work: (open: Open) => T): T {
    const open = this.#current();
    try {
      return work(open);
    } catch (error) {
      const reason = whyBroken(error);
      if (reason === undefined) throw error;
      this.close();
      // Another process may have found the same, and begun a fresh file already: that one must stay.
      if (inodeOf(this.path) === open.inode) this.#setAside(reason);
      return work(this.#current());
    }
  }

  #current(): Open {
    if (this.#open !== undefined && inodeOf(this.path) === this.#open.inode) return this.#open;
    this.close();
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    try {
      this.#open = openFile(this.path);
    } catch (error) {
      const reason = whyBroken(error);
      if (reason === undefined) throw error;
      this.#setAside(reason);
      this.#open = openFile(this.path);
    }
    return this.#open;
  }

  #setAside(reason: string): void {
    const movedTo = `${this.path}.broken-${new Date().toISOString().replaceAll(':', '')}`;
    for (const companion of COMPANIONS) {
      if (statSync(this.path + companion, { throwIfNoEntry: false }) !== undefined)
        renameSync(this.path + companion, movedTo + companion);
    }
    this.#onSetAside(movedTo, reason);
  }
}

/** Thrown while a file is recognised; the message says why it is not a store of cogscope. */
class NotAStore extends Error {}

function openFile(path: string): Open {
  const { DatabaseSync } = nodeSqlite();
  createPrivateFile(path);
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    if (isFresh(database, path)) database.exec(`${BEFORE_TABLES}; ${TABLES}`);
    database.exec(EACH_TIME);
    const statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>;
    for (const statement of Object.values(statements)) statement.setAllowUnknownNamedParameters(true);
    return { database, statements, inode: inodeOf(path) };
  } catch (error) {
    closeQuietly(database);
    throw error;
  }
}

/**
 * Creates the file before SQLite would, for its owner only; the log beside it gets the same mode from SQLite. A file
 * that exists is not opened here: closing it again would drop the locks that this process holds on it (POSIX).
 */
function createPrivateFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    // Another process was first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Reads whose file this is, and of which version, before anything is written to it. */
function isFresh(database: DatabaseSync, path: string): boolean {
  const { application_id } = database.prepare('PRAGMA application_id').get() as { application_id: number };
  const { user_version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
    tables: number;
  };
  if (application_id === APPLICATION_ID && user_version > SCHEMA_VERSION)
    throw new ProfilerError('STORE_FROM_THE_FUTURE', path, user_version, SCHEMA_VERSION);
  if (application_id === 0 && user_version === 0 && tables === 0) return true;
  if (application_id !== APPLICATION_ID) throw new NotAStore('it belongs to another application');
  return tables === 0;
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw error;
  }
}

/** Makes the file smaller after rows went. What was written stays written if this fails. */
function giveBackFreePages(database: DatabaseSync, { freePages }: Statements): void {
  try {
    const { freelist_count } = freePages.get() as { freelist_count: number };
    if (freelist_count > FREE_PAGES_KEPT) database.exec(`PRAGMA incremental_vacuum(${PAGES_FREED_AT_ONCE})`);
  } catch (error) {
    if (whyBroken(error) !== undefined) throw error;
  }
}

function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // The log could not be brought into the file; whoever opens it next does that.
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** By SQLite's primary result codes, which are the low byte of what an error carries. */
const BROKEN_BY_CODE: Readonly<Record<number, string>> = {
  11: 'it is corrupt',
  26: 'it is not a SQLite database',
};

/** Why the file can never be used again, or `undefined` where the error may pass. */
function whyBroken(error: unknown): string | undefined {
  if (error instanceof NotAStore) return error.message;
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? undefined : BROKEN_BY_CODE[errcode & 0xff];
}
