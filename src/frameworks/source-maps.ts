import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceLocation } from '../cog/target.ts';

/** Only files of these kinds are made from others, or run as they are. */
const SCRIPTS = new Set(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.jsx', '.tsx']);
/** Where the reference to a map stands, unless the map itself is in it. */
const TAIL_BYTES = 4_096;
const REFERENCE = /\/\/[#@]\s*sourceMappingURL=(\S+)\s*$/;
const INLINE = /^data:application\/json[^,]*?(;base64)?,(.*)$/s;

/** How often it is looked whether a file was compiled again. */
const LOOK_EACH_MS = 1_000;

/** What is known of a file. */
interface Known {
  readonly found: { readonly map: SourceMap; readonly folder: string } | undefined;
  /** When the file was written last, in Unix ms; undefined where there was none. */
  readonly writtenAtMs: number | undefined;
  lookedAtMs: number;
}

/** Leads from compiled code to what was written, as it was compiled last. */
export class SourceMaps {
  readonly #known = new Map<string, Known>();

  /** Uses the map that another thread of the process has for a file: a loader may have made it in memory there. */
  give(file: string, payload: SourceMapPayload): void {
    const found = { map: new SourceMap(payload), folder: dirname(file) };
    this.#known.set(file, { found, writtenAtMs: undefined, lookedAtMs: Number.POSITIVE_INFINITY });
  }

  /** Where the code was written; the location itself where no map says otherwise. */
  resolve(location: SourceLocation): SourceLocation {
    const found = this.#find(location.file);
    if (found === undefined) return location;
    const origin = found.map.findOrigin(location.line, location.column);
    if (!('fileName' in origin)) return location;
    const { fileName, lineNumber: line, columnNumber: column } = origin;
    return { file: pathOf(fileName, found.folder), line, column };
  }

  /** The line of the source that a line was made of; the line itself where no map says otherwise. */
  lineOf(file: string, line: number): number {
    // The last thing on a line: what comes before the first may belong to the line before.
    const entry = this.#find(file)?.map.findEntry(line - 1, Number.MAX_SAFE_INTEGER);
    const isThere = entry !== undefined && 'originalLine' in entry && entry.generatedLine === line - 1;
    return isThere ? entry.originalLine + 1 : line;
  }

  #find(file: string) {
    const nowMs = performance.now();
    const known = this.#known.get(file);
    if (known !== undefined && nowMs - known.lookedAtMs < LOOK_EACH_MS) return known.found;
    const writtenAtMs = writtenAt(file);
    // One that is gone may be about to be written anew.
    if (known !== undefined && (writtenAtMs === undefined || known.writtenAtMs === writtenAtMs)) {
      known.lookedAtMs = nowMs;
      return known.found;
    }
    const found = load(file);
    this.#known.set(file, { found, writtenAtMs, lookedAtMs: nowMs });
    return found;
  }
}

/** The maps that Node has in memory for files, for `give`. */
export function loadedMaps(files: readonly string[]): Map<string, SourceMapPayload> {
  if (!process.sourceMapsEnabled) return new Map();
  return new Map(
    files.flatMap((file) => {
      const payload = findSourceMap(file)?.payload;
      return payload === undefined ? [] : [[file, payload] as const];
    }),
  );
}

function writtenAt(file: string): number | undefined {
  try {
    return statSync(file).mtimeMs;
  } catch {
    // Not there, or not a file of this machine.
    return undefined;
  }
}

function load(file: string) {
  try {
    // The one that Node uses itself, where it was started with source maps: a loader may have made it in memory.
    const known = findSourceMap(file);
    if (known !== undefined) return { map: known, folder: dirname(file) };
    if (!SCRIPTS.has(extname(file))) return undefined;
    const reference = REFERENCE.exec(readTail(file))?.[1];
    if (reference === undefined) return undefined;
    const inline = INLINE.exec(reference);
    const path = resolve(dirname(file), decodeURIComponent(inline === null ? reference : ''));
    const json = inline === null ? readFileSync(path, 'utf8') : decode(inline[2]!, inline[1] !== undefined);
    const payload = JSON.parse(json) as SourceMapPayload;
    return {
      map: new SourceMap(payload),
      folder: resolve(inline === null ? dirname(path) : dirname(file), rootOf(payload)),
    };
  } catch {
    // A map that is missing or broken is as good as none.
    return undefined;
  }
}

/** The end of a file; all of it where that is the middle of a map that is written into it. */
function readTail(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(descriptor, tail, 0, tail.length, size - tail.length);
    const text = tail.toString();
    return text.trimEnd().includes('\n') ? text : readFileSync(file, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function decode(data: string, isBase64: boolean): string {
  return isBase64 ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
}

/** Node's reader of maps passes over the folder that sources are relative to. */
function rootOf({ sourceRoot = '' }: SourceMapPayload): string {
  return sourceRoot.startsWith('file:') ? fileURLToPath(sourceRoot) : sourceRoot;
}

function pathOf(source: string, folder: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source);
  // Bundlers name sources by a scheme and a package of their own: `webpack://bot/./src/play.ts`.
  const path = source.replace(/^[a-z][a-z-]+:\/\/[^/]*\//i, '');
  return isAbsolute(path) ? path : resolve(folder, path);
}
