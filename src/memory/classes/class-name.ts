import { types } from 'node:util';
import { masked } from '../snapshot/secrets.ts';

const MOST_NAME = 120;
const NO_PROTOTYPE = '(no prototype)';
const ANONYMOUS = '(anonymous)';
const PROXY = '(Proxy)';

/** The name of an object's class. No code of the bot runs: no getter, and no trap of a proxy. */
export function classNameOf(object: object): string {
  return types.isProxy(object) ? PROXY : nameOfPrototype(Object.getPrototypeOf(object));
}

/** The name of the class whose instances have this prototype. */
function nameOfPrototype(prototype: object | null): string {
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (types.isProxy(at)) return PROXY;
    const made: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof made !== 'function') continue;
    if (types.isProxy(made)) return PROXY;
    const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value;
    if (typeof name !== 'string' || name === '') return ANONYMOUS;
    return masked(name.slice(0, MOST_NAME));
  }
  return NO_PROTOTYPE;
}

/** The same for many objects: of each prototype the name is looked up once. */
export class ClassNames {
  readonly #known = new Map<object | null, string>();

  of(object: object): string {
    if (types.isProxy(object)) return PROXY;
    const prototype = Object.getPrototypeOf(object) as object | null;
    let name = this.#known.get(prototype);
    if (name === undefined) this.#known.set(prototype, (name = nameOfPrototype(prototype)));
    return name;
  }
}
