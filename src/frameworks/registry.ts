import { forwarder } from '../cog/attach.ts';
import { propertySlot } from '../cog/slots.ts';
import type { AnyFunction, Discovery } from '../cog/target.ts';
import { discoverMethods } from './methods.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What the bot's owner names by hand: cogs where no adapter looks, and single functions. None is kept alive: what nobody
 * else holds, as after a reload, cannot be called any more.
 */
export class Registry {
  readonly #surroundings: Surroundings;
  readonly #cogs = new Map<string, WeakRef<object>>();
  #functions: Discovery[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Makes the methods of an object, or of a class and its instances, targets of the cog `name`. */
  register(name: string, cog: object): void {
    this.#cogs.set(name, new WeakRef(cog));
  }

  /**
   * Makes a function a target.
   * @param name `cog/name`, or a name alone: then the cog is told by where the function was written
   * @returns the target, and what to call in place of the function from now on
   */
  wrap(fn: AnyFunction, name: string): { discovery: Discovery; wrapped: AnyFunction } {
    const cell = { fn };
    const slash = name.indexOf('/');
    const place = this.#surroundings.describe(fn);
    const discovery: Discovery = {
      ...place,
      cog: slash > 0 ? name.slice(0, slash) : place.cog,
      kind: 'method',
      name: name.slice(slash + 1),
      slot: propertySlot(cell, 'fn'),
    };
    this.#functions.push(discovery);
    return { discovery, wrapped: forwarder(fn, () => cell.fn) };
  }

  *discover(): Iterable<Discovery> {
    for (const [cog, reference] of this.#cogs) {
      const object = reference.deref();
      if (object === undefined) this.#cogs.delete(cog);
      else yield* discoverMethods(object, '', this.#surroundings, { cog });
    }
    this.#functions = this.#functions.filter(({ slot }) => slot.holder?.deref() !== undefined);
    yield* this.#functions;
  }
}
