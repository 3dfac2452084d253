import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { StackReader } from '../../src/cog/error-stack.ts';

const here = fileURLToPath(import.meta.url);
const reader = new StackReader();
const read = (error: unknown) => reader.read(error);
const nothing = { top: undefined, frames: [] };

function withStack(stack: unknown, message = 'planted'): Error {
  return Object.assign(new Error(message), { stack });
}

const lines = (error: unknown) =>
  read(error).frames.map(({ functionName, location }) =>
    location === undefined
      ? functionName
      : `${functionName} ${location.file}:${location.line}:${location.column}`,
  );

describe('of an error', () => {
  test('each function that was running is told, with where', () => {
    const places = { inner: () => new RangeError('planted'), outer: () => [1].map(() => places.inner())[0]! };
    const { top, frames } = read(places.outer());
    expect(top).toBe(frames[0]);
    expect(top!.functionName).toMatch(/inner$/);
    expect(top!.location).toEqual({ file: here, line: expect.any(Number), column: expect.any(Number) });
    expect(frames.map(({ functionName }) => functionName)).toContain('Array.map');
    expect(frames.find(({ functionName }) => functionName === 'Array.map')!.location).toBeUndefined();
    expect(frames.length).toBeLessThanOrEqual(10);
  });

  test('the ways of V8 to write a frame are understood', () => {
    const stack = [
      'Error: planted',
      '    at Player.next (/bot/player.js:1:2)',
      '    at async Object.execute (file:///bot/my%20commands/play.mjs:3:4)',
      '    at Foo.bar [as baz] (/bot (old)/a.js:5:6)',
      '    at /bot/b.js:7:8',
      '    at async file:///bot/c.mjs:9:10',
      '    at new Queue (/bot/queue.js:11:12)',
      '    at Array.forEach (<anonymous>)',
      '    at node:internal/timers:13:14',
      '    at async Promise.all (index 0)',
      '    at eval (eval at run (/bot/eval.js:1:1), <anonymous>:1:1)',
      '    at leak (data:text/javascript,secret:1:1)',
      'From previous event:',
      '    at <anonymous>',
    ].join('\n');
    expect(lines(withStack(stack))).toEqual([
      'Player.next /bot/player.js:1:2',
      'Object.execute /bot/my commands/play.mjs:3:4',
      'Foo.bar [as baz] /bot (old)/a.js:5:6',
      'undefined /bot/b.js:7:8',
      'undefined /bot/c.mjs:9:10',
      'new Queue /bot/queue.js:11:12',
      'Array.forEach',
      'undefined node:internal/timers:13:14',
    ]);
  });

  test('the innermost function of the bot itself comes to the top', () => {
    const stack = [
      'Error: planted',
      '    at Array.map (<anonymous>)',
      '    at check (node:internal/validators:1:1)',
      '    at request (/bot/node_modules/undici/index.js:1:1)',
      '    at Shop.buy (/bot/shop.js:2:2)',
      '    at execute (/bot/pay.js:3:3)',
    ].join('\n');
    expect(read(withStack(stack)).top).toMatchObject({ functionName: 'Shop.buy' });
    const foreign = stack.split('\n').slice(0, 4).join('\n');
    expect(read(withStack(foreign)).top).toMatchObject({ functionName: 'Array.map' });
  });

  test('our own functions are left out', () => {
    const own = fileURLToPath(new URL('../../src/cog/attach.ts', import.meta.url));
    expect(lines(withStack(`Error: planted\n    at proxy (${own}:1:1)\n    at run (/bot/a.js:1:1)`))).toEqual(
      ['run /bot/a.js:1:1'],
    );
  });
});

describe('nothing of a message is taken', () => {
  const secret = 'no\n    at Alice (/home/alice/letter.txt:1:1)\n    at Bob (/home/bob/letter.txt:2:2)';

  test('that looks like frames', () => {
    const names = lines(new Error(secret)).join('\n');
    expect(names).not.toMatch(/Alice|Bob/);
    expect(names).toContain(here);
  });

  test('that is repeated, begins like the class, or is empty', () => {
    for (const message of ['Error', 'E', 'r', '', 'Error: Error', ' ', ':', '\n', 'at x (/a.js:1:1)'])
      expect(lines(new Error(message))[0]).toContain(here);
  });

  test('that was changed since its stack was written', () => {
    const error = new Error('first\nsecond');
    expect(error.stack).toContain('second');
    error.message = 'another';
    expect(lines(error)[0]).toContain(here);
    expect(lines(error).join()).not.toMatch(/first|second/);
    const quoting = withStack(`Error: ${secret}\nand more\n    at run (/bot/a.js:1:1)`, 'another');
    expect(lines(quoting)).toEqual(['run /bot/a.js:1:1']);
  });

  test('even in memory', () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const size = 1_000_000;
    const kept: unknown[] = [];
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 50; index++) {
      const message = String.fromCharCode(97 + (index % 26)).repeat(size) + index;
      kept.push(read(withStack(`Error: ${message}\n    at run${index} (/bot/file${index}.js:1:1)`, message)));
    }
    gc();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5 * size);
    expect(kept).toHaveLength(50);
  });
});

describe('whatever is thrown', () => {
  const touched: string[] = [];
  afterEach(() => touched.splice(0));

  const raising = (name: string) => () => {
    touched.push(name);
    throw new Error(`${name} was run`);
  };
  class Lazy extends Error {
    override get stack(): string {
      return raising('inherited getter')();
    }
  }
  const lazy = new Lazy('x');
  Reflect.deleteProperty(lazy, 'stack');

  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'Error: x\n    at run (/bot/a.js:1:1)'],
    ['a number', 5],
    ['a function', () => undefined],
    ['an object', {}],
    ['without a prototype', Object.create(null)],
    ['a stack that is a number', withStack(5)],
    ['a stack that is null', withStack(null)],
    ['a stack that is a list', withStack([{}, {}])],
    ['a getter that throws', Object.defineProperty(new Error('x'), 'stack', { get: raising('getter') })],
    ['an inherited getter that throws', lazy],
    [
      'a Proxy',
      new Proxy(new Error('x'), { get: raising('trap'), getOwnPropertyDescriptor: raising('trap') }),
    ],
    ['a Proxy that was revoked', revoked()],
    ['no frames', withStack('Error: planted')],
    ['an empty stack', withStack('')],
  ])('%s: nothing is known, and nothing of it is run', (_, thrown) => {
    expect(read(thrown)).toEqual(nothing);
    expect(touched).toEqual([]);
  });

  test('frozen, of another realm, from an AbortSignal, or no Error at all: the stack is read', () => {
    expect(lines(Object.freeze(new Error('x')))[0]).toContain(here);
    expect(lines(AbortSignal.abort().reason).some((line) => line?.includes(here))).toBe(true);
    const foreign = runInNewContext('try { null.x } catch (error) { error }', {}, '/bot/realm.js');
    expect(() => read(foreign)).not.toThrow();
    const plain: { stack?: string } = {};
    Error.captureStackTrace(plain);
    expect(lines(plain)[0]).toContain(here);
  });

  test('a hook for stacks that throws, or gives no text, is survived', () => {
    const { prepareStackTrace } = Error;
    try {
      Error.prepareStackTrace = raising('hook');
      expect(read(new Error('x'))).toEqual(nothing);
      Error.prepareStackTrace = (_, sites) => sites;
      expect(read(new Error('x'))).toEqual(nothing);
    } finally {
      if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
      else Error.prepareStackTrace = prepareStackTrace;
    }
  });

  test('of endless stacks only the innermost frames are looked at', () => {
    const { stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = Number.POSITIVE_INFINITY;
      const deep = (levels: number): Error => (levels === 0 ? new Error('x') : deep(levels - 1));
      expect(read(deep(5_000)).frames).toHaveLength(10);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    const long = `Error: planted\n    at ${'x'.repeat(1_000_000)} (/bot/a.js:1:1)\n    at run (/bot/b.js:1:1)`;
    expect(lines(withStack(long))).toEqual(['run /bot/b.js:1:1']);
    const named = `Error: planted\n    at ${'x'.repeat(300)} (/bot/a.js:1:1)`;
    expect(read(withStack(named)).top!.functionName).toHaveLength(80);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
  revoke();
  return proxy;
}
