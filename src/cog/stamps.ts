/** Makes the fields of a class that extends it part of any object. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for.
    return object;
  }
}

/** What ties values to objects of somebody else's. */
export interface Stamps<Value> {
  /** Does nothing to an object that cannot be extended, where the engine refuses that. */
  set(object: object, value: Value | undefined): void;
  /** Undefined for what is no object, too. */
  get(object: unknown): Value | undefined;
}

/**
 * A way to find values by objects, as with a WeakMap, but so quick that it cannot be measured: the value is in a private
 * field on the object, where nobody else sees it, however they look. A WeakMap takes 0.6 µs for each object that is new.
 */
export function createStamps<Value>(): Stamps<Value> {
  return class Stamped extends Given {
    #value: Value | undefined;

    constructor(object: object, value: Value | undefined) {
      super(object);
      this.#value = value;
    }

    static set(object: object, value: Value | undefined): void {
      try {
        const stamped = object as Stamped;
        if (#value in stamped) stamped.#value = value;
        else new Stamped(object, value);
      } catch {
        // It cannot be extended.
      }
    }

    static get(object: unknown): Value | undefined {
      return typeof object === 'object' && object !== null && #value in object ? object.#value : undefined;
    }
  };
}
