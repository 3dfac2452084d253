import { inspect, types } from 'node:util';

/** More microtasks, one after the other, than anything here waits for. */
const TICKS = 30;

/** Something that could be observed: who did what, and in which microtask after the last macrotask. */
export interface WorldEvent {
  readonly who: string;
  readonly what: string;
  readonly tick: number;
}

/**
 * One of the worlds that are built from one description. Its objects have names, so that what happens in it can
 * be compared with what happens to the objects of the same name in another world.
 */
export class World {
  readonly events: WorldEvent[] = [];
  /** How often each trap and each getter ran, and of those how often while something was attached or detached. */
  readonly looks = new Map<string, number>();
  readonly looksOfControl = new Map<string, number>();
  readonly #names = new Map<unknown, string>();
  /** Whose promise is whose. */
  readonly owners = new WeakMap<object, string>();
  readonly #later: (() => void)[] = [];
  #tick = 0;
  #controlled = false;

  note(who: string, what: string): void {
    this.events.push({ who, what, tick: this.#tick });
  }

  look(at: string): void {
    const looks = this.#controlled ? this.looksOfControl : this.looks;
    looks.set(at, (looks.get(at) ?? 0) + 1);
  }

  /** Attaches or detaches: what is looked at meanwhile is counted apart. */
  control<T>(action: () => T): T {
    const before = this.#controlled;
    this.#controlled = true;
    try {
      return action();
    } finally {
      this.#controlled = before;
    }
  }

  name<T>(thing: T, name: string): T {
    this.#names.set(thing, name);
    return thing;
  }

  /** What stands for a value in the events: identity, where it has one here. Runs no trap and no getter of it. */
  nameOf(value: unknown): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    if (typeof value === 'function') return 'some function';
    if (typeof value !== 'object' || value === null) return inspect(value);
    if (value === globalThis) return 'globalThis';
    if (types.isProxy(value)) return 'some Proxy';
    if (types.isBoxedPrimitive(value)) return `Object(${inspect(value.valueOf())})`;
    if (Array.isArray(value)) return `[${value.map((item) => this.nameOf(item)).join(', ')}]`;
    const prototype: object | null = Object.getPrototypeOf(value);
    return `some ${this.#names.get(prototype) ?? prototype?.constructor?.name ?? 'bare object'}`;
  }

  /** The target behind traps that pass everything on and are counted. */
  trapped<T extends object>(target: T, name: string): T {
    const traps = Object.getOwnPropertyNames(Reflect) as (keyof typeof Reflect)[];
    const handler = traps.map((trap) => [
      trap,
      (...args: [object, ...unknown[]]) => {
        const key = typeof args[1] === 'string' || typeof args[1] === 'symbol' ? ` ${String(args[1])}` : '';
        this.look(`${name}: trap ${trap}${key}`);
        return Reflect.apply(Reflect[trap] as () => unknown, undefined, args);
      },
    ]);
    return this.name(new Proxy(target, Object.fromEntries(handler)), name);
  }

  /** To be run by `settle`. */
  later(action: () => void): void {
    this.#later.push(action);
  }

  async settle(): Promise<void> {
    for (const action of this.#later.splice(0)) action();
    await this.drain();
  }

  /** Lets all microtasks run, counting them, and Node report the rejections that nobody handled. */
  async drain(): Promise<void> {
    for (this.#tick = 0; this.#tick < TICKS; this.#tick++) await null;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#tick = 0;
  }
}

/** Writes down in a world what Node reports of rejections, in place of those who listen now. */
export async function hearingRejections<T>(action: (hear: (world: World) => void) => Promise<T>): Promise<T> {
  let world: World | undefined;
  const report = (promise: object, what: string) =>
    world?.note(`Node, of ${world.owners.get(promise) ?? world.nameOf(promise)}`, what);
  const ours = {
    unhandledRejection: (reason: unknown, promise: object) =>
      report(promise, `unhandledRejection ${world?.nameOf(reason)}`),
    rejectionHandled: (promise: object) => report(promise, 'rejectionHandled'),
  };
  const emitter: NodeJS.EventEmitter = process;
  const theirs = Object.keys(ours).map((event) => [event, emitter.rawListeners(event)] as const);
  for (const [event, listener] of Object.entries(ours)) emitter.removeAllListeners(event).on(event, listener);
  try {
    return await action((next) => {
      world = next;
    });
  } finally {
    for (const [event, listeners] of theirs) {
      emitter.removeAllListeners(event);
      for (const listener of listeners) emitter.on(event, listener as () => void);
    }
  }
}
