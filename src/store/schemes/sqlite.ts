import { relative, resolve } from 'node:path';
import { ProfilerError } from '../../errors.ts';
import type { Scheme } from './scheme.ts';

/** `sqlite:folder/file` and `sqlite:./file` are relative to the working folder, `sqlite:///file` is absolute. */
export const sqliteScheme: Scheme = {
  names: ['sqlite'],
  example: 'sqlite:./cogscope/profile.sqlite',
  async open(_uri, rest, { onSetAside }) {
    const path = rest.replace(/^\/\//, '');
    if (path === '') throw new ProfilerError('STORE_UNAVAILABLE', 'SQLite', 'the URI names no file');
    const { SqliteAdapter } = await import('../sqlite-adapter.ts');
    const storage = new SqliteAdapter({ path, onSetAside });
    try {
      storage.open();
    } catch (error) {
      // Locked, read-only or full: that may pass, and until then each call says so.
      if (error instanceof ProfilerError) throw error;
    }
    return {
      storage,
      label: `SQLite ${forPeople(resolve(path))}`,
      shared: true,
      sizeBytes: () => storage.sizeBytes(),
      close: () => storage.disconnect(),
    };
  },
};

function forPeople(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : `./${fromHere}`;
}
