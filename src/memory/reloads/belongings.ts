import type { AnyFunction } from '../../cog/target.ts';
import type { Found } from './roll.ts';

/** Functions of one file share the variables of the file: a few tell. */
const MOST_FUNCTIONS = 8;

type Closure = ReadonlyMap<string, unknown>;

/**
 * What the variables of former functions hold, where those of the same name hold something else in the present ones:
 * that tells the closures of a file that was loaded twice apart, where V8 made the same code of the same text.
 */
export function belongings(
  former: readonly Found[],
  present: Iterable<Found>,
  closureOf: (fn: AnyFunction) => Closure,
): object[] {
  const formerByScript = byScript(former);
  const presentByScript = byScript(present);
  return [...formerByScript].flatMap(([script, functions]) => {
    const now = variablesOf(presentByScript.get(script) ?? [], closureOf);
    if (now.size === 0) return [];
    const before = functions.slice(0, MOST_FUNCTIONS).flatMap((fn) => [...closureOf(fn)]);
    return before.flatMap(([name, value]) => {
      const other = now.get(name);
      return isObject(value) && isObject(other) && value !== other ? [value] : [];
    });
  });
}

function byScript(all: Iterable<Found>): Map<string, AnyFunction[]> {
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

function variablesOf(functions: readonly AnyFunction[], closureOf: (fn: AnyFunction) => Closure): Closure {
  return new Map(functions.slice(0, MOST_FUNCTIONS).flatMap((fn) => [...closureOf(fn)]));
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
