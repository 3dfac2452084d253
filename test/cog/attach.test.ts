import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { Attachment, original } from '../../src/cog/attach.ts';
import { Recorder } from '../../src/cog/recorder.ts';
import { listenerSlot, propertySlot, type Slot } from '../../src/cog/slots.ts';
import type { AnyFunction, Target } from '../../src/cog/target.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import type { Row } from '../../src/store/row.ts';
import { recordedIn } from '../fixtures/recorded.ts';

const store = new MetricStore();
const recorder = new Recorder(store);
afterEach(() => recorder.dispose());

const bySpelling = (a: PropertyKey, b: PropertyKey) => String(a).localeCompare(String(b));

let made = 0;
function targetAt(slot: Slot, branch?: Target['branch']): Target {
  const name = `t${made++}`;
  return { id: `cog/method/${name}`, cog: 'cog', kind: 'method', name, slot, ...(branch && { branch }) };
}

function attach(target: Target): Attachment {
  const attachment = new Attachment(target, recorder);
  attachment.record(target, recorder.open(target.id));
  return attachment;
}

function recorded({ id }: Target): Row {
  recorder.fold();
  return recordedIn(store).get(id)!;
}

/** What `fn` becomes when it is tracked as a property. */
function tracked(fn: AnyFunction) {
  const holder = { fn };
  const target = targetAt(propertySlot(holder, 'fn'));
  const attachment = attach(target);
  return { proxy: holder.fn, holder, target, attachment };
}

describe('the timing proxy', () => {
  test('passes this, arguments and the result on, and counts the call', () => {
    const result = {};
    const seen: unknown[] = [];
    const { proxy, target } = tracked(function (this: unknown, ...args: unknown[]) {
      seen.push(this, ...args);
      return result;
    });
    const self = {};
    expect(proxy.call(self, 1, 'two', self)).toBe(result);
    expect(seen).toEqual([self, 1, 'two', self]);
    expect(seen[0]).toBe(self);
    expect(recorded(target)).toMatchObject({ count: 1, errors: 0 });
  });

  test('throws the very same thing, and counts it by its kind', () => {
    class BankError extends Error {}
    const thrown = [
      new BankError('secret'),
      Object.assign(new Error('x'), { code: 10062 }),
      'text',
      null,
      undefined,
      7,
    ];
    for (const value of thrown) {
      const { proxy, target } = tracked(() => {
        throw value;
      });
      let caught: unknown = 'nothing';
      try {
        proxy();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(value);
      expect(recorded(target)).toMatchObject({ count: 1, errors: 1 });
    }
    const { proxy, target } = tracked((value) => {
      throw value;
    });
    for (const value of thrown) expect(() => proxy(value)).toThrow();
    expect([...recorded(target).errorKinds.keys()]).toEqual([
      'BankError',
      'Error 10062',
      'thrown string',
      'thrown null',
      'thrown undefined',
      'thrown number',
    ]);
  });

  test('follows a native promise to its end: value, rejection, abort', async () => {
    const value = {};
    const reason = new TypeError('no');
    const settle = Promise.withResolvers<unknown>();
    const { proxy, target } = tracked((promise) => promise);
    const pending = proxy(settle.promise);
    expect(recorded(target).count).toBe(0);
    settle.resolve(value);
    expect(await pending).toBe(value);
    expect(recorded(target)).toMatchObject({ count: 1, errors: 0 });
    await expect(proxy(Promise.reject(reason))).rejects.toBe(reason);
    expect(recorded(target)).toMatchObject({ count: 2, errors: 1 });
    await expect(proxy(Promise.reject(AbortSignal.abort().reason))).rejects.toThrow();
    expect(recorded(target)).toMatchObject({ count: 3, errors: 1, aborted: 1 });
  });

  test('many calls at once are each counted', async () => {
    const { proxy, target } = tracked(async (depth: number): Promise<number> => {
      await null;
      return depth === 0 ? 0 : 1 + (await proxy(depth - 1));
    });
    expect(await Promise.all(Array.from({ length: 500 }, () => proxy(3)))).toEqual(Array(500).fill(3));
    expect(recorded(target).count).toBe(2_000);
  });

  test('leaves thenables, subclasses and odd promises as they are', () => {
    class Special extends Promise<unknown> {}
    let asked = 0;
    const lazy = {
      get then() {
        asked++;
        return undefined;
      },
    };
    const ownThen = Object.assign(Promise.resolve(), { then: () => undefined });
    const hollow = Object.create(Promise.prototype);
    const hostile = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error('hands off');
        },
      },
    );
    for (const value of [Special.resolve(), lazy, ownThen, hollow, hostile]) {
      const { proxy, target } = tracked(() => value);
      expect(proxy() === value).toBe(true);
      expect(recorded(target).count).toBe(1);
    }
    expect(asked).toBe(0);
  });

  test('looks like the function that it stands for', () => {
    const functions: AnyFunction[] = [
      (a, b) => [a, b],
      async (a) => a,
      function old(this: unknown, a, b, c) {
        return [a, b, c];
      },
      function* generator() {
        yield 1;
      },
      async function* asyncGenerator() {
        yield 1;
      },
      { method() {} }.method,
      function bindMe(this: unknown) {}.bind(null),
      Object.freeze(Object.assign((a: unknown) => a, { cooldown: 5, [Symbol.for('mark')]: true })),
    ];
    for (const fn of functions) {
      const { proxy } = tracked(fn);
      expect(proxy).not.toBe(fn);
      expect(Reflect.ownKeys(proxy).sort(bySpelling)).toEqual(Reflect.ownKeys(fn).sort(bySpelling));
      for (const key of Reflect.ownKeys(fn)) {
        const own = Object.getOwnPropertyDescriptor(fn, key)!;
        const { value, ...flags } = Object.getOwnPropertyDescriptor(proxy, key)!;
        expect({ ...flags, value: undefined }).toEqual({ ...own, value: undefined });
        expect(value).toBe(own.value);
      }
      expect(Object.getPrototypeOf(proxy)).toBe(Object.getPrototypeOf(fn));
      expect(original(proxy)).toBe(fn);
    }
  });

  test('an old-style constructor still constructs', () => {
    const { proxy } = tracked(function Point(this: { x: number }, x: number) {
      this.x = x;
    });
    const Point = proxy as unknown as new (x: number) => { x: number };
    const point = new Point(3);
    expect(point).toEqual({ x: 3 });
    expect(point).toBeInstanceOf(Point);
    class Sub extends Point {}
    expect(new Sub(4)).toBeInstanceOf(Sub);
    expect(() => new (tracked(() => 1).proxy as unknown as new () => unknown)()).toThrow(TypeError);
  });

  test('generators run when they are asked, not before', () => {
    const steps: string[] = [];
    const { proxy } = tracked(function* () {
      steps.push('ran');
      yield 1;
    });
    const iterator = proxy();
    expect(steps).toEqual([]);
    expect([...iterator]).toEqual([1]);
  });

  test('a call that is running while its target is detached ends in peace and leaves no trace', async () => {
    const settle = Promise.withResolvers<string>();
    const { proxy, target, attachment } = tracked(() => settle.promise);
    const running = proxy();
    attachment.remove();
    recorder.close(target.id);
    const other = tracked(() => 1);
    settle.resolve('done');
    expect(await running).toBe('done');
    expect(recorded(other.target).count).toBe(0);
    expect(store.booksOf(target.id)).toBeUndefined();
  });

  test('branches are counted apart; a branch that is not tracked is not counted', () => {
    const holder = { run: (name: string) => name };
    const slot = propertySlot(holder, 'run');
    const of = (args: readonly unknown[]) => args[0] as string;
    const add = targetAt(slot, { name: 'add', of });
    const list = targetAt(slot, { name: 'list', of });
    const attachment = attach(add);
    attachment.record(list, recorder.open(list.id));
    for (const name of ['add', 'list', 'add', 'clear']) expect(holder.run(name)).toBe(name);
    expect([recorded(add).count, recorded(list).count]).toEqual([2, 1]);
    attachment.stop(add);
    holder.run('add');
    expect([recorded(add).count, attachment.idle]).toEqual([2, false]);
    attachment.stop(list);
    expect(attachment.idle).toBe(true);
  });

  test('a call of a branch is one of the whole function too, whichever was attached first', async () => {
    const holder = {
      async run(name: string) {
        if (name === 'fail') throw new RangeError('planted');
      },
    };
    const slot = propertySlot(holder, 'run');
    const whole = targetAt(slot);
    const fail = targetAt(slot, { name: 'fail', of: (args) => args[0] as string });
    attach(whole).record(fail, recorder.open(fail.id));
    await holder.run('other');
    await expect(holder.run('fail')).rejects.toThrow('planted');
    expect(recorded(whole)).toMatchObject({ count: 2, errors: 1 });
    expect(recorded(fail)).toMatchObject({ count: 1, errors: 1 });
  });

  test('a promise with properties of its own is handed on as it is', async () => {
    const promise = Object.assign(Promise.resolve(1), { child: {} });
    const { proxy, target } = tracked(() => promise);
    expect(proxy()).toBe(promise);
    expect(recorded(target).count).toBe(1);
  });
});

/** Who called a target, by name, and how often nobody did. */
function callersOf({ id }: Target) {
  const { callers, withoutCaller } = store.booksOf(id)!;
  const { known, others } = callers?.read() ?? { known: new Map<string, number>(), others: 0 };
  return { known: Object.fromEntries(known), others, unknown: withoutCaller };
}

describe('the caller of a call', () => {
  const leaf = tracked((value?: unknown) => value);

  function caller(fn: AnyFunction) {
    const own = tracked(fn);
    return { ...own, id: own.target.id };
  }

  afterEach(() => store.clear(0, leaf.target.id));

  test('is the tracked function that runs, through others that are not tracked', () => {
    const untracked = () => leaf.proxy();
    const outer = caller(() => [untracked(), leaf.proxy()]);
    const outermost = caller(() => outer.proxy());
    outermost.proxy();
    leaf.proxy();
    expect(callersOf(leaf.target)).toEqual({ known: { [outer.id]: 2 }, others: 0, unknown: 1 });
    expect(callersOf(outer.target)).toEqual({ known: { [outermost.id]: 1 }, others: 0, unknown: 0 });
  });

  test('is known up to the first await, and not behind it', async () => {
    const outer = caller(async () => {
      leaf.proxy();
      await null;
      leaf.proxy();
      leaf.proxy();
    });
    const running = outer.proxy();
    leaf.proxy();
    await running;
    expect(callersOf(leaf.target)).toEqual({ known: { [outer.id]: 1 }, others: 0, unknown: 3 });
  });

  test('is the function itself where it calls itself', () => {
    const { proxy, target } = tracked((depth: number): number => (depth === 0 ? 0 : proxy(depth - 1)));
    proxy(3);
    expect(callersOf(target)).toEqual({ known: { [target.id]: 3 }, others: 0, unknown: 1 });
  });

  test('is the one before again once a function has thrown, however deep', () => {
    const failing = caller(() => {
      leaf.proxy();
      throw new Error('planted');
    });
    const outer = caller(() => {
      expect(() => failing.proxy()).toThrow('planted');
      leaf.proxy();
    });
    outer.proxy();
    const endless = caller((): unknown => endless.proxy());
    expect(() => endless.proxy()).toThrow(RangeError);
    expect(recorder.running).toBeUndefined();
    leaf.proxy();
    const known = { [failing.id]: 1, [outer.id]: 1 };
    expect(callersOf(leaf.target)).toEqual({ known, others: 0, unknown: 1 });
  });

  test('is the branch that the call was counted for', () => {
    const holder = { run: (_: string) => leaf.proxy() };
    const slot = propertySlot(holder, 'run');
    const of = (args: readonly unknown[]) => args[0] as string;
    const whole = targetAt(slot);
    const add = targetAt(slot, { name: 'add', of });
    attach(whole).record(add, recorder.open(add.id));
    const outer = caller(() => holder.run('add'));
    outer.proxy();
    holder.run('other');
    const known = { [add.id]: 1, [whole.id]: 1 };
    expect(callersOf(leaf.target)).toEqual({ known, others: 0, unknown: 0 });
    expect(callersOf(add)).toEqual({ known: { [outer.id]: 1 }, others: 0, unknown: 0 });
    expect(callersOf(whole)).toEqual({ known: { [outer.id]: 1 }, others: 0, unknown: 1 });
  });

  test('is one that goes untimed too; calls that go untimed are not counted by caller', () => {
    const middle = caller(() => leaf.proxy());
    const outer = caller(() => middle.proxy());
    const books = store.booksOf(middle.id)!;
    books.gap = 1_000_000;
    for (let call = 0; call < 100; call++) outer.proxy();
    // The first one may have been timed.
    const { known } = callersOf(middle.target);
    expect(known[outer.id] ?? 0).toBeLessThanOrEqual(1);
    expect(books.untimed + (known[outer.id] ?? 0)).toBe(100);
    expect(callersOf(leaf.target)).toEqual({ known: { [middle.id]: 100 }, others: 0, unknown: 0 });
  });

  test('is told apart for eight; one that is forgotten is not named, and leaves its place', () => {
    const callers = Array.from({ length: 10 }, () => caller(() => leaf.proxy()));
    for (const { proxy } of callers) for (let call = 0; call < 3; call++) proxy();
    expect(Object.keys(callersOf(leaf.target).known)).toEqual(callers.slice(0, 8).map(({ id }) => id));
    expect(callersOf(leaf.target)).toMatchObject({ others: 6, unknown: 0 });
    recorder.close(callers[2]!.id);
    expect(callersOf(leaf.target)).toMatchObject({ others: 9, known: { [callers[3]!.id]: 3 } });
    callers[9]!.proxy();
    expect(callersOf(leaf.target)).toMatchObject({ others: 9, known: { [callers[9]!.id]: 1 } });
    expect(Object.keys(callersOf(leaf.target).known)).toHaveLength(8);
    recorder.open(callers[2]!.id);
    expect(callersOf(leaf.target).known).not.toHaveProperty(callers[2]!.id);
  });

  test('is forgotten with what it called', () => {
    leaf.proxy();
    caller(() => leaf.proxy()).proxy();
    store.clear(Date.now(), leaf.target.id);
    expect(callersOf(leaf.target)).toEqual({ known: {}, others: 0, unknown: 0 });
  });
});

describe('what a call failed with', () => {
  const look = ({ id }: Target) => recorder.look(id)!;

  test('is kept with the call, of what is thrown and of what rejects', async () => {
    const { proxy, target } = tracked((error: unknown) => {
      throw error;
    });
    const { proxy: rejecting, target: late } = tracked(async (error: unknown) => {
      await null;
      throw error;
    });
    for (const error of [new RangeError('planted'), AbortSignal.abort().reason, 'text']) {
      expect(() => proxy(error)).toThrow();
      await rejecting(error).catch(() => undefined);
    }
    for (const { calls, books } of [look(target), look(late)]) {
      const known = calls.failed.map(({ failure }) => [failure.outcome, failure.kind]);
      expect(known).toEqual([
        ['error', 'thrown string'],
        ['aborted', 'AbortError'],
        ['error', 'RangeError'],
      ]);
      expect(calls.failed[2]!.failure.stack!.top!.location!.file).toBe(import.meta.filename);
      expect(calls.latest.map(({ failure }) => failure!.kind)).toEqual(known.map(([, kind]) => kind));
      expect([...books.failures!.groups].map(({ kind }) => kind).sort()).toEqual([
        'RangeError',
        'thrown string',
      ]);
      expect(calls.failed.map(({ failure }) => failure.thrown)).toEqual([undefined, undefined, undefined]);
    }
  });

  test('is not looked at before the bot has handled it: what it adds to the message is in the stack', async () => {
    const { proxy, target } = tracked(() => {
      throw new Error('planted');
    });
    try {
      proxy();
    } catch (error) {
      (error as Error).message += ' in the shop';
      expect((error as Error).stack).toContain('Error: planted in the shop');
    }
    expect(look(target).calls.failed[0]!.failure.stack!.frames.length).toBeGreaterThan(0);
  });

  test('is looked at by itself after a while, and then let go', async () => {
    const { proxy, target } = tracked((error: unknown) => {
      throw error;
    });
    const error = new Error('planted');
    expect(() => proxy(error)).toThrow();
    const failure = store.calls.of(store.booksOf(target.id)!).failed[0]!.failure;
    expect([failure.thrown, failure.stack]).toEqual([error, undefined]);
    await expect.poll(() => failure.stack?.frames.length, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(failure.thrown).toBeUndefined();
  });

  test('is forgotten with the target, and when its figures are cleared', () => {
    const { proxy, target } = tracked(() => {
      throw new Error('planted');
    });
    expect(() => proxy()).toThrow();
    const { books } = look(target);
    store.clear(Date.now(), target.id);
    expect(look(target).calls).toEqual({ first: undefined, latest: [], slowest: [], failed: [] });
    expect(() => proxy()).toThrow();
    expect([...look(target).books.failures!.groups].map(({ count }) => count)).toEqual([1]);
    recorder.close(target.id);
    expect([recorder.look(target.id), books.failures]).toEqual([undefined, undefined]);
  });
});

describe('a property', () => {
  const symbol = Symbol('run');
  const run = () => 'ran';
  const holders: [string, () => object, PropertyKey][] = [
    ['own', () => ({ before: 1, run, after: 2 }), 'run'],
    ['symbol', () => ({ [symbol]: run }), symbol],
    ['hidden', () => Object.defineProperty({}, 'run', { value: run, configurable: true }), 'run'],
    [
      'read-only',
      () => Object.defineProperty({}, 'run', { value: run, configurable: true, enumerable: true }),
      'run',
    ],
    ['inherited', () => Object.create({ run }), 'run'],
    [
      'a method of a class',
      () =>
        new (class Cog {
          run() {
            return 'ran';
          }
        })(),
      'run',
    ],
    ['sealed', () => Object.seal({ run, other: 1 }), 'run'],
  ];

  test.each(holders)('%s: is tracked and afterwards exactly what it was', (_, create, key) => {
    const holder = create() as Record<PropertyKey, AnyFunction>;
    const before = snapshot(holder);
    const target = targetAt(propertySlot(holder, key));
    const attachment = attach(target);
    expect(holder[key]!()).toBe('ran');
    expect(recorded(target).count).toBe(1);
    expect(Reflect.ownKeys(holder).length).toBeGreaterThan(0);
    attachment.remove();
    expect(snapshot(holder)).toEqual(before);
    expect(Reflect.ownKeys(holder)).toEqual(before.keys);
  });

  function snapshot(holder: object) {
    return {
      keys: Reflect.ownKeys(holder),
      descriptors: Object.getOwnPropertyDescriptors(holder),
      prototype: Object.getOwnPropertyDescriptors(Object.getPrototypeOf(holder)),
    };
  }

  test('a getter is not run, and frozen objects are refused without a change', () => {
    const holder = Object.freeze({
      run,
      get boom(): AnyFunction {
        throw new Error('was read');
      },
    });
    expect(propertySlot(holder, 'boom').get()).toBeUndefined();
    expect(() => attach(targetAt(propertySlot(holder, 'boom')))).toThrow('no function');
    expect(() => attach(targetAt(propertySlot(holder, 'run')))).toThrow(TypeError);
    expect(holder.run).toBe(run);
  });

  test('under another wrapper the proxy only passes on after it is removed', () => {
    const { holder, attachment, target, proxy } = tracked(() => 'ran');
    holder.fn = () => `wrapped ${proxy()}`;
    expect(attachment.inPlace).toBe(false);
    const wrapped = holder.fn;
    attachment.remove();
    expect(holder.fn).toBe(wrapped);
    expect(holder.fn()).toBe('wrapped ran');
    expect(recorded(target).count).toBe(0);
  });

  test('one place has one slot', () => {
    const holder = { run };
    expect(propertySlot(holder, 'run')).toBe(propertySlot(holder, 'run'));
    expect(propertySlot(holder, 'run')).not.toBe(propertySlot({ run }, 'run'));
  });
});

describe('a listener', () => {
  test('keeps its place, is found by its original, and is afterwards what it was', () => {
    const emitter = new EventEmitter();
    const order: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => () => void order.push(name)) as [
      AnyFunction,
      AnyFunction,
      AnyFunction,
    ];
    for (const listener of [a, b, c]) emitter.on('x', listener);
    const target = targetAt(listenerSlot(emitter, 'x', b));
    const attachment = attach(target);
    emitter.emit('x');
    expect(order).toEqual(['a', 'b', 'c']);
    expect(emitter.listeners('x')).toEqual([a, b, c]);
    expect(emitter.listenerCount('x', b)).toBe(1);
    expect(listenerSlot(emitter, 'x', emitter.rawListeners('x')[1] as AnyFunction)).toBe(target.slot);
    attachment.remove();
    expect(emitter.rawListeners('x')).toEqual([a, b, c]);
    expect(emitter.rawListeners('x')[1]).toBe(b);
    expect(recorded(target).count).toBe(1);
  });

  test('a lone listener, which an emitter keeps without a list', () => {
    const emitter = new EventEmitter();
    const listener = (value: number) => value;
    emitter.on('x', listener);
    const target = targetAt(listenerSlot(emitter, 'x', listener));
    const attachment = attach(target);
    emitter.emit('x', 1);
    expect(recorded(target).count).toBe(1);
    attachment.remove();
    expect(emitter.rawListeners('x')[0]).toBe(listener);
  });

  test('off(original) removes it while it is attached', () => {
    const emitter = new EventEmitter();
    const listener = () => undefined;
    emitter.on('x', listener);
    const target = targetAt(listenerSlot(emitter, 'x', listener));
    const attachment = attach(target);
    emitter.off('x', listener);
    expect(emitter.listenerCount('x')).toBe(0);
    expect(target.slot.get()).toBeUndefined();
    attachment.remove();
    expect(emitter.listenerCount('x')).toBe(0);
  });

  test.each([
    ['fired while attached', true],
    ['detached before', false],
  ])('a once listener fires once: %s', (_, fireAttached) => {
    const emitter = new EventEmitter();
    let fired = 0;
    const listener = () => void fired++;
    emitter.once('x', listener);
    const raw = emitter.rawListeners('x')[0] as AnyFunction;
    const target = targetAt(listenerSlot(emitter, 'x', raw));
    const attachment = attach(target);
    expect(emitter.listeners('x')).toEqual([listener]);
    if (fireAttached) emitter.emit('x');
    attachment.remove();
    expect(emitter.rawListeners('x')).toEqual(fireAttached ? [] : [raw]);
    emitter.emit('x');
    emitter.emit('x');
    expect(fired).toBe(1);
    expect(emitter.listenerCount('x')).toBe(0);
    expect(recorded(target).count).toBe(fireAttached ? 1 : 0);
  });

  test('a once listener can be removed while attached', () => {
    const emitter = new EventEmitter();
    const listener = () => undefined;
    emitter.once('x', listener);
    attach(targetAt(listenerSlot(emitter, 'x', emitter.rawListeners('x')[0] as AnyFunction)));
    emitter.off('x', listener);
    expect(emitter.listenerCount('x')).toBe(0);
  });

  test('a rejection is captured as before', async () => {
    const emitter = new EventEmitter({ captureRejections: true });
    const error = new Error('late');
    const caught = Promise.withResolvers<unknown>();
    emitter.on('error', caught.resolve);
    const listener = async () => {
      throw error;
    };
    emitter.on('x', listener);
    attach(targetAt(listenerSlot(emitter, 'x', listener)));
    emitter.emit('x');
    expect(await caught.promise).toBe(error);
  });

  test('a function registered twice is counted twice and restored twice', () => {
    const emitter = new EventEmitter();
    const listener = () => undefined;
    emitter.on('x', listener).on('x', listener);
    const target = targetAt(listenerSlot(emitter, 'x', listener));
    const attachment = attach(target);
    emitter.emit('x');
    expect(recorded(target).count).toBe(2);
    attachment.remove();
    expect(emitter.rawListeners('x')).toEqual([listener, listener]);
  });
});
