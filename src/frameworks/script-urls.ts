import { readFileSync } from 'node:fs';
import type { AnyFunction } from '../cog/target.ts';
import type { InspectorSession } from './inspector.ts';

/** Where V8 says that a function begins, counted from 0. */
export interface Place {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface PlacedFunction {
  readonly fn: AnyFunction;
  readonly place: Place;
}

/** What `new Function` makes lies in no file. */
const ANONYMOUS = /^(async )?function\*? anonymous\(/;

/**
 * Which file each of V8's scripts is. The Debugger domain knows them all, but from the moment it is enabled, V8 calls
 * asynchronous functions some 10 ns slower for the rest of the process. So it is asked last: the Profiler domain
 * knows the scripts whose functions have run more than a few times, and a CommonJS module is known by its text.
 */
export class ScriptUrls {
  readonly #urls = new Map<string, string>();

  /** A `file:` URL, or a path; empty where the script is no file. Undefined before `learn`. */
  of({ scriptId }: Place): string | undefined {
    return this.#urls.get(scriptId);
  }

  /** Finds out the scripts of functions. */
  learn(session: InspectorSession, functions: readonly PlacedFunction[]): void {
    for (const { fn, place } of functions) {
      if (ANONYMOUS.test(textOf(fn))) this.#urls.set(place.scriptId, '');
    }
    const ways = [
      () => session.scriptsThatRan(),
      (unknown: readonly PlacedFunction[]) => commonJsModulesOf(unknown),
      () => session.scripts(),
    ];
    for (const way of ways) {
      const unknown = functions.filter(({ place }) => this.of(place) === undefined);
      if (unknown.length === 0) return;
      for (const [id, url] of way(unknown)) this.#urls.set(id, url);
    }
    // What no domain knows is no file.
    for (const { place } of functions) if (this.of(place) === undefined) this.#urls.set(place.scriptId, '');
  }
}

function textOf(fn: AnyFunction): string {
  return Function.prototype.toString.call(fn);
}

/** The CommonJS modules that have the text of a function in its place; where several have, none is taken for it. */
function commonJsModulesOf(functions: readonly PlacedFunction[]): Map<string, string> {
  const found = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const file of loadedCommonJsFiles()) {
    const source = readSource(file);
    for (const { fn, place } of functions) {
      if (!standsAt(source, textOf(fn), place)) continue;
      const other = found.get(place.scriptId);
      if (other !== undefined && other !== file) ambiguous.add(place.scriptId);
      found.set(place.scriptId, file);
    }
  }
  for (const scriptId of ambiguous) found.delete(scriptId);
  return found;
}

function loadedCommonJsFiles(): string[] {
  const { _cache: cache } = process.getBuiltinModule('node:module') as { _cache?: Record<string, unknown> };
  return Object.keys(cache ?? {});
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether the text stands in the source, around the place: a function's place is where its parameters begin. */
function standsAt(source: string, text: string, { lineNumber, columnNumber }: Place): boolean {
  let at = 0;
  for (let line = 0; line < lineNumber; line++) {
    at = source.indexOf('\n', at) + 1;
    if (at === 0) return false;
  }
  at += columnNumber;
  const start = source.lastIndexOf(text, at);
  return start !== -1 && at < start + text.length;
}
