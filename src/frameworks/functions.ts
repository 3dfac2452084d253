import type * as inspector from 'node:inspector';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyFunction, SourceLocation } from '../cog/target.ts';

/**
 * Looks into functions through V8's inspector, in this process and synchronously: where each was written, through
 * `bind` too, and what it closes over. The Debugger domain, which slows asynchronous code while it is on, is on
 * only for the moment that it takes to list the scripts, and only when a function lies in a script not seen yet.
 */
export class FunctionInspector {
  readonly #urls = new Map<string, string>();
  readonly #known = new WeakMap<AnyFunction, { location: SourceLocation | undefined }>();

  /** Where a function was written; undefined where V8 does not tell, or it lies in no file. */
  locationOf(fn: AnyFunction): SourceLocation | undefined {
    if (!this.#known.has(fn)) this.locate([fn]);
    return this.#known.get(fn)?.location;
  }

  /** Looks up many functions in one go, for `locationOf` to answer from. */
  locate(functions: readonly AnyFunction[]): void {
    const unknown = functions.filter((fn) => !this.#known.has(fn));
    if (unknown.length === 0) return;
    for (const fn of unknown) this.#known.set(fn, { location: undefined });
    withSession((session) => {
      const places = session.describe(unknown).map(({ place }) => place);
      if (places.some((place) => place !== undefined && !this.#urls.has(place.scriptId))) {
        for (const [id, url] of session.scripts()) this.#urls.set(id, url);
      }
      unknown.forEach((fn, index) => {
        const place = places[index];
        const file = place && pathOf(this.#urls.get(place.scriptId));
        if (place === undefined || file === undefined) return;
        const location = { file, line: place.lineNumber + 1, column: place.columnNumber + 1 };
        this.#known.set(fn, { location });
      });
    });
  }

  /**
   * The variables that a function can see and that some function there uses, by name, as they are now. Neither
   * global ones, nor `this`.
   */
  closure(fn: AnyFunction): Map<string, unknown> {
    const variables = new Map<string, unknown>();
    // The innermost scope comes first: what it hides stays hidden.
    for (const scope of withSession((session) => session.scopes(fn))?.reverse() ?? []) {
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
   * All objects that inherit from `prototype`. V8 collects garbage to find them, which holds the bot for some
   * 150 ms: only for what can be found in no other way, and not twice.
   */
  instances(prototype: object): object[] {
    return withSession((session) => session.instances(prototype)) ?? [];
  }
}

/** CommonJS modules are known to V8 by their path, ES modules by their URL, which a reload may end with `?t=`. */
function pathOf(url: string | undefined): string | undefined {
  if (url?.startsWith('file:')) return fileURLToPath(url);
  return url !== undefined && isAbsolute(url) ? url : undefined;
}

interface Place {
  scriptId: string;
  lineNumber: number;
  columnNumber: number;
}

/** Where values pass between this code and the inspector; there for one synchronous call only. */
const EXCHANGE = Symbol.for('cogscope.exchange');
const EXCHANGE_EXPRESSION = "globalThis[Symbol.for('cogscope.exchange')]";
const MOST_BINDINGS = 8;

class InspectorSession {
  readonly #session: inspector.Session;

  constructor({ Session }: typeof inspector) {
    this.#session = new Session();
    this.#session.connect();
  }

  disconnect(): void {
    this.#session.disconnect();
  }

  describe(functions: readonly AnyFunction[]): { place: Place | undefined; objectId: string | undefined }[] {
    const handle = this.#hand(functions);
    const items = this.#properties(handle).result;
    return functions.map((_, index) => {
      let objectId = items.find((item) => item.name === String(index))?.value?.objectId;
      // A bound function has no place of its own, but a target that may have one, or be bound again.
      for (let depth = 0; objectId !== undefined && depth < MOST_BINDINGS; depth++) {
        const internals = this.#properties(objectId).internalProperties ?? [];
        const internal = (name: string) => internals.find((property) => property.name === name)?.value;
        const place = internal('[[FunctionLocation]]')?.value as Place | undefined;
        if (place !== undefined) return { place, objectId };
        objectId = internal('[[TargetFunction]]')?.objectId;
      }
      return { place: undefined, objectId: undefined };
    });
  }

  scopes(fn: AnyFunction): Record<string, unknown>[] {
    const objectId = this.describe([fn])[0]?.objectId;
    if (objectId === undefined) return [];
    const internals = this.#properties(objectId).internalProperties ?? [];
    const list = internals.find(({ name }) => name === '[[Scopes]]')?.value?.objectId;
    const entries = list === undefined ? [] : this.#properties(list).result;
    // What an entry of this list is to its own code: an object whose `object` has the variables.
    const scopes: { object: Record<string, unknown> }[] = [];
    this.#exchange(scopes);
    for (const { value } of entries) {
      if (value?.objectId === undefined || value.description === 'Global') continue;
      this.#post('Runtime.callFunctionOn', {
        objectId: value.objectId,
        functionDeclaration: `function () { ${EXCHANGE_EXPRESSION}.push(this); }`,
      });
    }
    return scopes.map(({ object }) => object);
  }

  instances(prototype: object): object[] {
    const prototypeObjectId = this.#hand(prototype);
    const { objects } = this.#post('Runtime.queryObjects', { prototypeObjectId }) as {
      objects: inspector.Runtime.RemoteObject;
    };
    const received: object[] = [];
    this.#exchange(received);
    this.#post('Runtime.callFunctionOn', {
      objectId: objects.objectId!,
      functionDeclaration: `function () { ${EXCHANGE_EXPRESSION}.push(...this); }`,
    });
    return received;
  }

  scripts(): Map<string, string> {
    const urls = new Map<string, string>();
    this.#session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    this.#post('Debugger.enable', {});
    this.#post('Debugger.disable', {});
    return urls;
  }

  #hand(value: unknown): string {
    this.#exchange(value);
    const { result } = this.#post('Runtime.evaluate', { expression: EXCHANGE_EXPRESSION }) as {
      result: inspector.Runtime.RemoteObject;
    };
    return result.objectId!;
  }

  #exchange(value: unknown): void {
    Object.defineProperty(globalThis, EXCHANGE, { value, configurable: true, enumerable: false });
  }

  #properties(objectId: string): inspector.Runtime.GetPropertiesReturnType {
    return this.#post('Runtime.getProperties', {
      objectId,
      ownProperties: true,
    }) as inspector.Runtime.GetPropertiesReturnType;
  }

  /** A session to its own thread answers before `post` returns. */
  #post(method: string, params: object): unknown {
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  }
}

/** Nothing that fails in here is worth failing for: without the inspector, locations are unknown. */
function withSession<T>(use: (session: InspectorSession) => T): T | undefined {
  let session: InspectorSession | undefined;
  try {
    // Loaded on first use, and only here: a Node that was built without it throws on a plain import.
    session = new InspectorSession(process.getBuiltinModule('node:inspector'));
    return use(session);
  } catch {
    return undefined;
  } finally {
    Reflect.deleteProperty(globalThis, EXCHANGE);
    session?.disconnect();
  }
}
