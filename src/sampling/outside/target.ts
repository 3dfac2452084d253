import type { SourceMapPayload } from 'node:module';
import { basename, dirname } from 'node:path';
import type { RemoteSession } from './remote-session.ts';

/** What is asked of a process before it is recorded. Its folder may be gone: it is asked for where it is needed only. */
const ABOUT = `({
  pid: process.pid,
  nodeVersion: process.version,
  file: process.argv[1] ?? '',
  folder: process.argv[1] === undefined ? process.cwd() : '',
  heapBytes: process.memoryUsage().heapUsed,
  isCounted: process.env.NODE_V8_COVERAGE !== undefined,
  hasMaps: process.sourceMapsEnabled === true,
  isRecent: typeof process.getBuiltinModule === 'function',
})`;

/** The process that is recorded. */
export interface Target {
  readonly pid: number;
  readonly nodeVersion: string;
  /** What it was started with; empty where that is no file. */
  readonly file: string;
  /** In which it runs, where that says more. */
  readonly folder: string;
  readonly heapBytes: number;
  /** Whether it measures coverage, which would lose what it has counted where V8 is made to look anew at functions. */
  readonly isCounted: boolean;
  /** Whether it has source maps in memory. */
  readonly hasMaps: boolean;
  /** Whether its Node gives its own modules to whoever asks: 20.16, 22.3 and later. */
  readonly isRecent: boolean;
}

export function askTarget(session: RemoteSession): Promise<Target> {
  return session.evaluate<Target>(ABOUT);
}

/** Such as `bot.js (process 4711, from outside)`: it is all that a profile says of how it was made. */
export function nameOf({ file, pid }: Pick<Target, 'file' | 'pid'>): string {
  return `${file === '' ? 'node' : basename(file)} (process ${pid}, from outside)`;
}

/** The folder against which its cogs are told apart, as a Profiler does by default. */
export function rootOf({ file, folder }: Pick<Target, 'file' | 'folder'>): string {
  return file === '' ? folder : dirname(file);
}

/** The source maps that it has in memory for files: a loader may have made them there. None where it does not tell. */
export async function mapsOf(
  session: RemoteSession,
  files: readonly string[],
): Promise<ReadonlyMap<string, SourceMapPayload>> {
  const list = JSON.stringify(files);
  const payload = "process.getBuiltinModule('node:module').findSourceMap(file)?.payload";
  const expression = `${list}.map((file) => [file, ${payload}]).filter(([, found]) => found !== undefined)`;
  return new Map(await session.evaluate<[string, SourceMapPayload][]>(expression).catch(() => []));
}
