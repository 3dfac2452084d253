import type * as inspector from 'node:inspector';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyFunction, SourceLocation } from '../cog/target.ts';
import { type InspectorSession, withSession } from './inspector.ts';
import { type Place, ScriptUrls } from './script-urls.ts';

/** A piece of code as V8 has compiled it: a file that is loaded anew after a change is another one. */
export interface CompiledCode {
  readonly scriptId: string;
  /** The file that was compiled, before source maps. */
  readonly file: string;
}

/**
 * Looks into functions through V8's inspector, in this process and synchronously: where each was written, through
 * `bind` too, and what it closes over.
 */
export class FunctionInspector {
  readonly #scripts = new ScriptUrls();
  readonly #known = new WeakMap<AnyFunction, SourceLocation | undefined>();
  readonly #codes = new WeakMap<AnyFunction, CompiledCode>();
  /** One of each script, for all functions in it. */
  readonly #codeOfScript = new Map<string, CompiledCode>();

  /** Where a function was written; undefined where V8 does not tell, or it lies in no file. */
  locationOf(fn: AnyFunction): SourceLocation | undefined {
    if (!this.#known.has(fn)) this.locate([fn]);
    return this.#known.get(fn);
  }

  /** Which code a function was made of; undefined where `locationOf` is. */
  codeOf(fn: AnyFunction): CompiledCode | undefined {
    if (!this.#known.has(fn)) this.locate([fn]);
    return this.#codes.get(fn);
  }

  /** Looks up many functions in one go, for `locationOf` to answer from. */
  locate(functions: readonly AnyFunction[]): void {
    const unknown = functions.filter((fn) => !this.#known.has(fn));
    if (unknown.length === 0) return;
    for (const fn of unknown) this.#known.set(fn, undefined);
    withSession((session) => {
      const placed = describe(session, unknown).flatMap(({ place, handle }, index) =>
        place === undefined || handle === undefined ? [] : [{ place, handle, given: unknown[index]! }],
      );
      const unseen = placed.filter(({ place }) => this.#scripts.of(place) === undefined);
      if (unseen.length > 0) {
        // Of a bound function, the one that is behind it was written somewhere.
        const written = unseen.map(({ place, handle }) => ({
          place,
          fn: session.objectOf(handle) as AnyFunction,
        }));
        this.#scripts.learn(session, written);
      }
      for (const { place, given } of placed) {
        const code = this.#codeAt(place);
        if (code === undefined) continue;
        this.#codes.set(given, code);
        const { lineNumber, columnNumber } = place;
        this.#known.set(given, { file: code.file, line: lineNumber + 1, column: columnNumber + 1 });
      }
    });
  }

  #codeAt(place: Place): CompiledCode | undefined {
    const { scriptId } = place;
    let code = this.#codeOfScript.get(scriptId);
    if (code !== undefined) return code;
    const file = pathOf(this.#scripts.of(place));
    if (file !== undefined) this.#codeOfScript.set(scriptId, (code = { scriptId, file }));
    return code;
  }

  /**
   * The variables that a function can see and that some function there uses, by name, as they are now. Neither
   * global ones, nor `this`.
   */
  closure(fn: AnyFunction): Map<string, unknown> {
    const variables = new Map<string, unknown>();
    // The innermost scope comes first: what it hides stays hidden.
    for (const scope of withSession((session) => scopes(session, fn))?.reverse() ?? []) {
      for (const name of Object.getOwnPropertyNames(scope)) {
        try {
          variables.set(name, scope[name]);
        } catch {
          // A variable that is not initialised yet throws when it is read.
        }
      }
    }
    return variables;
  }

  /**
   * All objects that inherit from `prototype`. V8 collects all garbage to find them, which holds the bot for some
   * 6 to 15 ms a megabyte of heap: only for what can be found in no other way, and not twice.
   */
  instances(prototype: object): object[] {
    return withSession((session) => instances(session, prototype)) ?? [];
  }
}

/** CommonJS modules are known to V8 by their path, ES modules by their URL, which a reload may end with `?t=`. */
function pathOf(url: string | undefined): string | undefined {
  if (url?.startsWith('file:')) return fileURLToPath(url);
  return url !== undefined && isAbsolute(url) ? url : undefined;
}

const MOST_BINDINGS = 8;

function describe(
  session: InspectorSession,
  functions: readonly AnyFunction[],
): { place: Place | undefined; handle: string | undefined }[] {
  const items = session.properties(session.handleOf(functions)).result;
  return functions.map((_, index) => {
    let handle = items.find((item) => item.name === String(index))?.value?.objectId;
    // A bound function has no place of its own, but a target that may have one, or be bound again.
    for (let depth = 0; handle !== undefined && depth < MOST_BINDINGS; depth++) {
      const internals = session.properties(handle).internalProperties ?? [];
      const internal = (name: string) => internals.find((property) => property.name === name)?.value;
      const place = internal('[[FunctionLocation]]')?.value as Place | undefined;
      if (place !== undefined) return { place, handle };
      handle = internal('[[TargetFunction]]')?.objectId;
    }
    return { place: undefined, handle: undefined };
  });
}

function scopes(session: InspectorSession, fn: AnyFunction): Record<string, unknown>[] {
  const handle = describe(session, [fn])[0]?.handle;
  if (handle === undefined) return [];
  const internals = session.properties(handle).internalProperties ?? [];
  const list = internals.find(({ name }) => name === '[[Scopes]]')?.value?.objectId;
  const entries = list === undefined ? [] : session.properties(list).result;
  return entries.flatMap(({ value }) => {
    if (value?.objectId === undefined || value.description === 'Global') return [];
    // What an entry of this list is to its own code: an object whose `object` has the variables.
    return [(session.objectOf(value.objectId) as { object: Record<string, unknown> }).object];
  });
}

function instances(session: InspectorSession, prototype: object): object[] {
  const { objects } = session.post('Runtime.queryObjects', {
    prototypeObjectId: session.handleOf(prototype),
  }) as { objects: inspector.Runtime.RemoteObject };
  return session.objectOf(objects.objectId!) as object[];
}
