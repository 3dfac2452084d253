import type { Operation, OperationSink, Source } from '../operation.ts';
import { subscribe } from './subscriptions.ts';

/** A library that publishes to tracing channels what it asks its database. */
export interface DatabaseLibrary {
  /** Of which kind the database is. */
  readonly system: string;
  /**
   * Its tracing channels, as they are named, and what its message says is done: an operation and where, such as
   * `SELECT users`, and never a value.
   */
  readonly channels: Readonly<Record<string, (message: Readonly<Record<string, unknown>>) => string>>;
}

export function databaseSource({ system, channels }: DatabaseLibrary): Source {
  return {
    start(sink: OperationSink): Disposable {
      const operations = new WeakMap<object, Operation>();
      const end = (message: object, failed: boolean) => {
        const operation = operations.get(message);
        if (operation === undefined || operation.endedAtNs !== undefined) return;
        operation.failed = failed;
        sink.end(operation);
      };
      const handlers = Object.entries(channels).flatMap(([channel, describe]) => [
        [
          `tracing:${channel}:start`,
          (message: Record<string, unknown>) => {
            const name = describe(message);
            const operation = sink.begin({ kind: 'database', name, partName: system });
            if (operation !== undefined) operations.set(message, operation);
          },
        ],
        [`tracing:${channel}:asyncStart`, (message: object) => end(message, 'error' in message)],
        // Told before it is over, or instead of that where the call itself has thrown.
        [`tracing:${channel}:error`, (message: object) => end(message, true)],
      ]);
      return subscribe(Object.fromEntries(handlers));
    },
  };
}

const LONGEST_WORD = 64;
/** From here on there may be values, or what only looks like a name. */
const VALUES = /['"#]|--|\/\*/;
const LEADING_COMMENTS = /^(?:\s|\/\*.*?\*\/|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\()+/s;
const TABLE = /\b(?:from|into|update|table|join)\s+(?:only\s+)?[`[]?([\w$.]+)/i;

/** The first words of a statement of SQL: what it does, and to which table. */
export function sqlWords(sql: unknown): string {
  if (typeof sql !== 'string') return 'query';
  const text = sql.slice(0, 10_000).replace(LEADING_COMMENTS, '').split(VALUES, 1)[0]!;
  const operation = /^[a-z]{2,16}\b/i.exec(text)?.[0].toUpperCase();
  if (operation === undefined) return 'query';
  const table = TABLE.exec(text)?.[1]?.slice(0, LONGEST_WORD);
  return table === undefined || /^\d/.test(table) ? operation : `${operation} ${table}`;
}

/** A name that a library gives; what does not look like one may be a value. */
export function word(name: unknown, otherwise = 'query'): string {
  return typeof name === 'string' && /^[\w$.:-]+$/.test(name) ? name.slice(0, LONGEST_WORD) : otherwise;
}
