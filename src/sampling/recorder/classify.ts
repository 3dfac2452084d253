import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FrameKind } from '../profile.ts';

/** Where V8 says that a function is. */
export interface Placed {
  readonly kind: FrameKind;
  readonly file: string;
  readonly package?: string;
}

const SPECIAL: Readonly<Record<string, FrameKind>> = {
  '(idle)': 'idle',
  '(garbage collector)': 'gc',
  '(program)': 'native',
};
/** Runs for each promise and each callback while somebody watches them, which a recording does. */
const HOOKS = 'node:internal/async_hooks';
const PACKAGE = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/g;

/**
 * What a function is part of, by what V8 tells of it.
 * @param ownFolder that of this package's code, where it has one
 */
export function placeFunction(name: string, url: string, ownFolder: string | undefined): Placed {
  if (url === '') return { kind: SPECIAL[name] ?? 'native', file: '' };
  if (url === HOOKS) return { kind: 'profiler', file: url };
  if (url.startsWith('node:')) return { kind: 'node', file: url };
  if (url.startsWith('wasm:')) return { kind: 'native', file: url };
  const file = pathOf(url);
  if (ownFolder !== undefined && file.startsWith(ownFolder)) return { kind: 'profiler', file };
  const pack = [...file.matchAll(PACKAGE)].at(-1)?.[1]?.replaceAll('\\', '/');
  return pack === undefined ? { kind: 'bot', file } : { kind: 'package', file, package: pack };
}

/** Whether it is a file that can be looked at. */
export function isFile(file: string): boolean {
  return isAbsolute(file);
}

/** An ES module has a URL, with a query after a reload: all its versions are one file. */
function pathOf(url: string): string {
  try {
    return url.startsWith('file:') ? fileURLToPath(url) : url;
  } catch {
    // What is no path on this system.
    return url;
  }
}
