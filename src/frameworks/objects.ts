/** Looks at objects of the bot without running any of their code. */

/** The value of a data property, own or inherited. Accessors, and objects that forbid it, have none. */
export function dataValue(object: unknown, key: PropertyKey): unknown {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return undefined;
  try {
    for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key);
      if (descriptor !== undefined) return descriptor.value;
    }
  } catch {
    // A module that is not loaded yet, or a Proxy object that forbids it.
  }
  return undefined;
}

/** Whether it is the namespace of an ES module: its exports cannot be replaced. */
export function isNamespace(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Module]';
}

/**
 * Calls `after` whenever one of these methods of an object has been called.
 * @returns what puts the methods back as they were
 */
export function observe<Key extends PropertyKey>(
  object: object & Partial<Record<Key, unknown>>,
  methods: readonly Key[],
  after: (method: Key) => void,
): Disposable {
  const replaced = methods.flatMap((method) => {
    const fn = dataValue(object, method);
    if (typeof fn !== 'function') return [];
    const own = Object.getOwnPropertyDescriptor(object, method);
    let active = true;
    const { observed } = {
      observed(this: unknown, ...args: unknown[]): unknown {
        const result: unknown = Reflect.apply(fn, this, args);
        if (active) after(method);
        return result;
      },
    };
    Object.defineProperty(object, method, {
      value: observed,
      writable: true,
      configurable: true,
      enumerable: own?.enumerable ?? false,
    });
    return () => {
      active = false;
      // Where another tool has replaced it again, it only passes calls on.
      if (Object.getOwnPropertyDescriptor(object, method)?.value !== observed) return;
      if (own === undefined) Reflect.deleteProperty(object, method);
      else Object.defineProperty(object, method, own);
    };
  });
  return {
    [Symbol.dispose]() {
      for (const restore of replaced) restore();
    },
  };
}
