import { replaceMethod } from '../cog/replacement.ts';

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

type After = (args: readonly unknown[]) => void;
interface Before {
  /** Told what the method is called on. What it throws is dropped. */
  readonly before: (self: unknown) => void;
}

/**
 * Calls an observer whenever one of these methods of an object is called: `before`, or else when it has been called;
 * of a method that promises something, when that is done or has failed.
 * @returns what puts the methods back as they were
 */
export function observe<Key extends PropertyKey>(
  object: object & Partial<Record<Key, unknown>>,
  methods: readonly Key[],
  observer: After | Before,
): Disposable {
  const undos = methods.map((method) => observeMethod(object, method, observer));
  return {
    [Symbol.dispose]() {
      for (const undo of undos) undo?.[Symbol.dispose]();
    },
  };
}

function observeMethod(
  object: object,
  method: PropertyKey,
  observer: After | Before,
): Disposable | undefined {
  const after = typeof observer === 'function' ? observer : undefined;
  const before = typeof observer === 'function' ? undefined : observer.before;
  return replaceMethod(object, method, (fn, replacement) => {
    const { observed } = {
      observed(this: unknown, ...args: unknown[]): unknown {
        if (before !== undefined && replacement.isActive) attempt(before, this);
        const result: unknown = Reflect.apply(fn, this, args);
        if (after === undefined) return result;
        const done = () => {
          if (replacement.isActive) after(args);
        };
        // The derived promise, so that a rejection which the bot does not handle is still reported.
        if (result instanceof Promise) return result.finally(done);
        done();
        return result;
      },
    };
    return observed;
  });
}

function attempt(before: Before['before'], self: unknown): void {
  try {
    before(self);
  } catch {
    // The bot's call goes on as if nobody had looked.
  }
}
