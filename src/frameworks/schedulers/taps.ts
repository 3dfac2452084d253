import { observe } from '../objects.ts';

/** Told what a method is called on, before it runs. */
type Hear = (self: unknown) => void;

/** All who listen to one method; the prototypes of libraries are the same for every profiler in the program. */
interface Tap {
  readonly hearers: Set<Hear>;
  readonly observation: Disposable;
}

const taps = new WeakMap<object, Map<string, Tap>>();

function tap(prototype: object, method: string, hear: Hear): Disposable {
  const methods = taps.get(prototype) ?? new Map<string, Tap>();
  taps.set(prototype, methods);
  const { hearers, observation } = methods.get(method) ?? createTap(prototype, method);
  methods.set(method, { hearers, observation });
  hearers.add(hear);
  return {
    [Symbol.dispose]() {
      if (!hearers.delete(hear) || hearers.size > 0) return;
      methods.delete(method);
      observation[Symbol.dispose]();
    },
  };
}

function createTap(prototype: object, method: string): Tap {
  const hearers = new Set<Hear>();
  const before = (self: unknown) => {
    for (const hear of hearers) hear(self);
  };
  return { hearers, observation: observe<string>(prototype, [method], { before }) };
}

/** Methods of a library that tell of its jobs. They are listened to only while it is open. */
export class Taps {
  readonly #known = new Map<object, Map<string, Hear>>();
  readonly #open = new Set<Disposable>();
  #isOpen = false;

  add(prototype: object, method: string, hear: Hear): void {
    const methods = this.#known.get(prototype) ?? new Map<string, Hear>();
    if (methods.has(method)) return;
    this.#known.set(prototype, methods.set(method, hear));
    if (this.#isOpen) this.#tap(prototype, method, hear);
  }

  open(): void {
    this.#isOpen = true;
    for (const [prototype, methods] of this.#known) {
      for (const [method, hear] of methods) this.#tap(prototype, method, hear);
    }
  }

  close(): void {
    this.#isOpen = false;
    for (const opened of this.#open) opened[Symbol.dispose]();
    this.#open.clear();
  }

  #tap(prototype: object, method: string, hear: Hear): void {
    try {
      this.#open.add(tap(prototype, method, hear));
    } catch {
      // A frozen prototype stays as it is: its jobs are not found.
    }
  }
}
