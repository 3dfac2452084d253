import type { AnyFunction } from '../../cog/target.ts';
import type { Found } from './roll.ts';

/** Functions of one file share the variables of the file: two tell as much as all. */
const MOST_FUNCTIONS = 2;

type Closure = ReadonlyMap<string, unknown>;

/** Functions that V8 made of the same code, of before and of now; none is kept alive until it is looked into. */
export interface SameCode {
  readonly former: readonly WeakRef<AnyFunction>[];
  readonly present: readonly WeakRef<AnyFunction>[];
}

/** Of each script some of the functions of before, where there are some of now. */
export function sameCode(
  former: readonly Found[],
  presentByScript: ReadonlyMap<string, readonly AnyFunction[]>,
): SameCode[] {
  return [...byScript(former)].flatMap(([script, functions]) => {
    const known = new Set(functions);
    const present = (presentByScript.get(script) ?? []).filter((fn) => !known.has(fn));
    if (present.length === 0) return [];
    return [{ former: some(functions), present: some(present) }];
  });
}

/**
 * What the variables of former functions hold, where those of the same name hold something else in the present ones:
 * that tells the closures of a file that was loaded twice apart.
 */
export function belongings({ former, present }: SameCode, closureOf: (fn: AnyFunction) => Closure): object[] {
  const variablesOf = (functions: SameCode['former']) =>
    functions.flatMap((reference) => {
      const fn = reference.deref();
      return fn === undefined ? [] : [...closureOf(fn)];
    });
  const before = variablesOf(former);
  const now = new Map(before.length === 0 ? [] : variablesOf(present));
  return before.flatMap(([name, value]) => {
    const other = now.get(name);
    return isObject(value) && isObject(other) && value !== other ? [value] : [];
  });
}

export function byScript(all: Iterable<Found>): Map<string, AnyFunction[]> {
  const functions = new Map<string, AnyFunction[]>();
  for (const { fn, code } of all) {
    const one = fn.deref();
    if (one === undefined || code === undefined) continue;
    const known = functions.get(code.scriptId);
    if (known === undefined) functions.set(code.scriptId, [one]);
    else known.push(one);
  }
  return functions;
}

function some(functions: readonly AnyFunction[]): WeakRef<AnyFunction>[] {
  return functions.slice(0, MOST_FUNCTIONS).map((fn) => new WeakRef(fn));
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
