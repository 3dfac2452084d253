import { types } from 'node:util';
import type { AnyFunction, SourceLocation } from '../../cog/target.ts';
import type { CompiledCode } from '../../frameworks/functions.ts';
import { classNameOf } from '../classes/class-name.ts';
import type { RequiredModule } from './modules.ts';
import type { Change, Found } from './roll.ts';

/** A cog may have thousands of methods: some of them tell as much. */
const MOST_CANARIES = 100;
/** Files are loaded one by one: what follows within this is of the same reload. */
const SAME_RELOAD_MS = 10_000;

/** Something that garbage collection is to take once its cog has been loaded anew. */
export interface Canary {
  readonly kind: 'instance' | 'function';
  readonly name: string;
  /** Whether it is of a class of the bot's. */
  readonly isInstance: boolean;
  readonly object: WeakRef<object>;
  readonly location: SourceLocation | undefined;
  /** The file that V8 compiled it of. */
  readonly file: string | undefined;
}

/** A time on both clocks: `ns` is by `monotonicNs`. */
export interface Moment {
  readonly epochMs: number;
  readonly ns: number;
}

/** What is asked about functions. */
export interface FunctionLooks {
  codeOf(fn: AnyFunction): CompiledCode | undefined;
  /** The variables that a function can see, by name, as they are now. */
  closureOf(fn: AnyFunction): ReadonlyMap<string, unknown>;
}

/** What is there now. */
export interface Present {
  /** Functions, and what has them. */
  readonly objects: ReadonlySet<object>;
  readonly byScript: ReadonlyMap<string, readonly AnyFunction[]>;
}

/** What a cog was before it was reloaded or unloaded, known so that it can be told from the new one, and not kept. */
export class Generation {
  readonly cog: string;
  readonly atEpochMs: number;
  readonly atNs: number;
  /** Whether something has taken its place; it may come later. */
  isReload = false;
  /** How often all garbage had been collected by then. */
  readonly collections: number;
  /** Its targets that are gone, or have another function or object now. */
  readonly ids = new Set<string>();
  /** What had required its files. */
  readonly parents: WeakRef<RequiredModule>[] = [];
  readonly canaries: Canary[] = [];
  readonly #scripts = new Set<string>();
  readonly #certain = new WeakSet<AnyFunction>();
  readonly #perhaps = new WeakSet<AnyFunction>();
  readonly #watched = new WeakSet<object>();
  /** Code that the present one was made of as well. */
  readonly #sharedScripts = new Set<string>();
  /** What its functions hold, and those of the present one do not. */
  readonly #belongings = new WeakSet<object>();

  constructor(cog: string, at: Moment, collections: number) {
    this.cog = cog;
    this.atEpochMs = at.epochMs;
    this.atNs = at.ns;
    this.collections = collections;
  }

  /** Whether a change is a part of what this has begun with. */
  includes({ cog, old }: Change, at: Moment): boolean {
    if (cog !== this.cog || at.epochMs - this.atEpochMs > SAME_RELOAD_MS) return false;
    return !old.some(({ target }) => this.ids.has(target.id));
  }

  /** @param present what is there now, which is not to be collected */
  add(change: Change, { objects }: Present): void {
    const { isReload, old, scripts, certain, perhaps, parents } = change;
    this.isReload ||= isReload;
    for (const one of old) {
      this.ids.add(one.target.id);
      for (const canary of canariesOf(one)) {
        const object = canary.object.deref();
        if (this.canaries.length >= MOST_CANARIES || object === undefined) break;
        if (objects.has(object) || this.#watched.has(object)) continue;
        this.#watched.add(object);
        this.canaries.push(canary);
      }
    }
    for (const script of scripts) this.#scripts.add(script);
    for (const { fn, code } of certain) {
      addTo(this.#certain, fn.deref());
      if (!scripts.has(code!.scriptId)) this.#sharedScripts.add(code!.scriptId);
    }
    for (const { fn } of perhaps) addTo(this.#perhaps, fn.deref());
    for (const parent of parents) if (!this.parents.includes(parent)) this.parents.push(parent);
  }

  /** @param objects what its functions hold, and those of the present one do not */
  addBelongings(objects: readonly object[]): void {
    for (const object of objects) this.#belongings.add(object);
  }

  /**
   * Whether a function that is registered somewhere is one of those that were there before.
   * @param hasTwin whether there is a second one of the same place in the source, for the same thing
   */
  owns(
    fn: AnyFunction,
    code: CompiledCode | undefined,
    closure: () => ReadonlyMap<string, unknown>,
    hasTwin: () => boolean,
  ): boolean {
    if (code === undefined) return false;
    if (this.#scripts.has(code.scriptId) || this.#certain.has(fn)) return true;
    if (this.#perhaps.has(fn) && hasTwin()) return true;
    return this.#sharedScripts.has(code.scriptId) && this.#hasBelongings(closure());
  }

  /** Whether the function was there before, as far as that was looked at. */
  knew(fn: AnyFunction): boolean {
    return this.#certain.has(fn) || this.#perhaps.has(fn);
  }

  #hasBelongings(closure: ReadonlyMap<string, unknown>): boolean {
    return [...closure.values()].some((value) => this.#belongings.has(value as object));
  }
}

function addTo(functions: WeakSet<AnyFunction>, fn: AnyFunction | undefined): void {
  if (fn !== undefined) functions.add(fn);
}

function* canariesOf({ target, fn, holder, code, isRequired }: Found): Iterable<Canary> {
  const place = { location: target.location, file: code?.file };
  const object = holder?.deref();
  if (object !== undefined && target.kind !== 'task' && isCollectable(object, isRequired))
    yield {
      kind: 'instance',
      name: classNameOf(object),
      isInstance: isInstance(object),
      object: holder!,
      ...place,
    };
  // Node keeps the functions of an ES module for ever, whatever becomes of it.
  if (isRequired) yield { kind: 'function', name: target.name, isInstance: false, object: fn, ...place };
}

/** Arrays are places of frameworks; of what ES modules export Node never lets go, but of what they make it may. */
function isCollectable(object: object, isRequired: boolean): boolean {
  if (types.isProxy(object)) return isRequired;
  if (Array.isArray(object) || typeof object === 'function') return false;
  return isRequired || isInstance(object);
}

function isInstance(object: object): boolean {
  if (types.isProxy(object)) return false;
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype !== null && prototype !== Object.prototype && !Object.hasOwn(object, 'constructor');
}
