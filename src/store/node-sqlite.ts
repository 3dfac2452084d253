import { ProfilerError } from '../errors.ts';

export type NodeSqlite = typeof import('node:sqlite');

let loaded: NodeSqlite | undefined;

/**
 * Node's own SQLite, loaded when it is first asked for: a bot that keeps nothing on disk never pays for it.
 *
 * @throws ProfilerError `STORE_UNAVAILABLE` where Node was built without it.
 */
export function nodeSqlite(): NodeSqlite {
  loaded ??= withoutSqliteWarning(() => process.getBuiltinModule('node:sqlite'));
  if (loaded === undefined) throw new ProfilerError('STORE_UNAVAILABLE', 'SQLite', 'this Node has none');
  return loaded;
}

/**
 * Older Nodes warn that their SQLite is experimental, once, while the module loads. Whoever runs the bot cannot act
 * on that, so this one warning is dropped. All others pass, and `process.emitWarning` is back before this returns.
 */
function withoutSqliteWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).includes('SQLite')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
