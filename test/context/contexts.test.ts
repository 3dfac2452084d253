import { AsyncResource } from 'node:async_hooks';
import dns from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { monotonicNs } from '../../src/cog/clock.ts';
import type { Context, ContextConsumer } from '../../src/context/contexts.ts';
import { burn, Heard, promisesAreWatched, trackedFunctions } from '../fixtures/contexts.ts';
import { recordedIn } from '../fixtures/recorded.ts';

function hearing() {
  const tracked = trackedFunctions();
  const heard = new Heard();
  const use = tracked.contexts.use(heard);
  onTestFinished(() => use[Symbol.dispose]());
  return { ...tracked, heard, use };
}

describe('whose code runs', () => {
  test('is told through all that a call awaits', async () => {
    const { contexts, track } = hearing();
    const seen: (Context | undefined)[] = [];
    const look = () => void seen.push(contexts.current);
    const { call } = track('waits', async () => {
      look();
      await null;
      look();
      await sleep(1);
      look();
      await new Promise((resolve) => setImmediate(resolve)).then(look);
      await readFile(import.meta.filename);
      look();
      await dns.lookup('localhost');
      look();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      look();
      queueMicrotask(look);
      await turn();
      return contexts.current;
    });
    const [mine, other] = await Promise.all([call(), call()]);
    expect(mine).not.toBe(other);
    expect(seen).toHaveLength(16);
    expect(seen.filter((context) => context === mine)).toHaveLength(8);
    expect(seen.filter((context) => context === other)).toHaveLength(8);
    expect(contexts.current).toBeUndefined();
  });

  test('is told stretch by stretch, in order and without overlap, to whoever ran', async () => {
    const { heard, track } = hearing();
    const inner = track('inner', () => burn(20));
    const outer = track('outer', async () => {
      burn(10);
      inner.call();
      burn(10);
      await sleep(5);
      burn(10);
    });
    const hog = track('hog', () => burn(30));
    const running = outer.call();
    hog.call();
    await running;
    for (const [name, ms] of Object.entries({ inner: 20, outer: 30, hog: 30 })) {
      expect(heard.msOf(name), name).toBeGreaterThanOrEqual(ms);
    }
    // What ran is never more than the time that passed.
    for (const [at, { fromNs, toNs }] of heard.stretches.entries()) {
      expect(toNs).toBeGreaterThan(fromNs);
      expect(fromNs).toBeGreaterThanOrEqual(heard.stretches[at - 1]?.toNs ?? 0);
    }
    const first = heard.stretches.map(({ name }) => name).filter((name) => name !== 'nobody');
    expect(first.slice(0, 4)).toEqual(['outer', 'inner', 'outer', 'hog']);
  });

  test('calls begin and end as they do, each by whom it was made', async () => {
    const { heard, track } = hearing();
    const inner = track('inner', async (fails: boolean) => {
      await null;
      if (fails) throw new DOMException('', 'AbortError');
    });
    const outer = track('outer', async () => {
      await inner.call(false);
      await inner.call(true).catch(() => undefined);
    });
    const sync = track('sync', () => {
      throw new RangeError('planted');
    });
    const generator = track('generator', function* () {
      yield 1;
    });
    await outer.call();
    expect(() => sync.call()).toThrow('planted');
    expect([...generator.call()]).toEqual([1]);
    expect(heard.events).toEqual([
      'begun outer',
      'begun inner by outer',
      'ended inner ok',
      'begun inner by outer',
      'ended inner aborted',
      'ended outer ok',
      'begun sync',
      'ended sync error',
      'begun generator',
      'ended generator ok',
    ]);
  });

  test('what a call has left behind is its, but has no parent that is over', async () => {
    const { heard, track } = hearing();
    const done = Promise.withResolvers<void>();
    let rounds = 0;
    const again = track('again', () => {
      burn(1);
      if (++rounds === 3) done.resolve();
      else setTimeout(again.call, 1);
    });
    again.call();
    await done.promise;
    expect(heard.contexts.map(({ parent }) => parent)).toEqual([undefined, undefined, undefined]);
    expect(heard.msOf('again')).toBeGreaterThanOrEqual(3);
  });

  test('what a socket receives is nobody’s until the promise of somebody goes on', async () => {
    const { contexts, heard, track } = hearing();
    const server = createServer((_request, response) => {
      burn(20);
      response.end('x'.repeat(1_000));
    }).listen(0);
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const first = track('first', async () => {
      const response = await fetch(`http://127.0.0.1:${port}`);
      await response.text();
      return contexts.current;
    });
    const second = track('second', async () => {
      const response = await new Promise<NodeJS.ReadableStream>((resolve) =>
        get(`http://127.0.0.1:${port}`, resolve),
      );
      for await (const _chunk of response);
      return contexts.current;
    });
    expect((await first.call())?.targetId).toBe('cog/method/first');
    expect((await second.call())?.targetId).toBe('cog/method/second');
    expect((await first.call())?.targetId).toBe('cog/method/first');
    // The server burns it in what the sockets received.
    expect(heard.msOf('nobody')).toBeGreaterThanOrEqual(60);
  });

  test('a call of a branch is the branch’s', async () => {
    const { heard, track } = hearing();
    const queue = track(
      'queue',
      async (_name: string) => undefined,
      ([name]) => name as string,
    );
    queue.branch('add');
    await queue.call('add');
    await queue.call('list');
    expect(heard.events.filter((event) => event.startsWith('begun'))).toEqual([
      'begun queue add',
      'begun queue',
    ]);
  });

  test('what is put within something says so', async () => {
    const { contexts, track } = hearing();
    const request = {};
    const seen: unknown[] = [];
    const { call } = track('sends', async () => {
      await contexts.runWithin(request, async () => {
        seen.push(contexts.within);
        await sleep(1);
        seen.push(contexts.within, contexts.current?.targetId);
      });
      seen.push(contexts.within);
    });
    await call();
    expect(seen).toEqual([request, request, 'cog/method/sends', undefined]);
    expect(contexts.runWithin(request, () => contexts.within)).toBeUndefined();
  });

  test('says what brings the loop back to a call', async () => {
    const { contexts, track } = trackedFunctions();
    const resources: string[] = [];
    const use = contexts.use({
      resumed: (_context, resource) => void resources.push(resource.constructor.name),
    });
    onTestFinished(() => use[Symbol.dispose]());
    const { call } = track('waits', async () => {
      await sleep(1);
      await turn();
      await dns.lookup('localhost');
    });
    await call();
    for (const name of ['Timeout', 'Immediate', 'GetAddrInfoReqWrap', 'Promise']) {
      expect(resources).toContain(name);
    }
  });
});

describe('the figures', () => {
  const play = async (consumer?: ContextConsumer) => {
    const { contexts, recorder, track } = trackedFunctions();
    const use = consumer && contexts.use(consumer);
    const inner = track('inner', async () => {
      await null;
    });
    const outer = track('outer', async (fails: boolean) => {
      await inner.call();
      if (fails) throw new RangeError('planted');
    });
    const plain = track(
      'plain',
      (name: string) => name,
      ([name]) => name as string,
    );
    plain.branch('branch');
    for (let call = 0; call < 10; call++) {
      await outer.call(call % 2 === 1).catch(() => undefined);
      plain.call(call < 3 ? 'branch' : 'other');
    }
    use?.[Symbol.dispose]();
    recorder.fold();
    const rows = [...recordedIn(recorder.store)].map(([id, { count, errors, errorKinds }]) => ({
      id,
      count,
      errors,
      kinds: Object.fromEntries(errorKinds),
    }));
    const callers = inner.books.callers?.read().known;
    return { rows, callers, withoutCaller: outer.books.withoutCaller };
  };

  test('are the same as without contexts', async () => {
    expect(await play(new Heard())).toEqual(await play());
  });

  test('calls that go untimed are counted, and have contexts all the same', async () => {
    const { heard, recorder, track } = hearing();
    const { call, books } = track('hot', async (fails: boolean) => {
      await null;
      if (fails) throw new RangeError('planted');
    });
    const sync = track('sync', () => undefined);
    for (const each of [books, sync.books]) {
      each.gap = 1_000_000;
      while (!each.goesUntimed());
      each.untimed = 0;
    }
    await call(false);
    await expect(call(true)).rejects.toThrow('planted');
    sync.call();
    expect(heard.events).toEqual([
      'begun hot',
      'ended hot ok',
      'begun hot',
      'ended hot error',
      'begun sync',
      'ended sync ok',
    ]);
    recorder.fold();
    expect([books.untimed, sync.books.untimed]).toEqual([2, 1]);
  });
});

describe('while nobody wants to know', () => {
  test('there is no hook and no storage, and calls take the plain way', async () => {
    const { contexts, recorder, track } = trackedFunctions();
    const { call, books } = track('waits', () => sleep(1));
    await call();
    expect(await promisesAreWatched()).toBe(false);
    expect([books.goesAside, recorder.contexts, contexts.isActive]).toEqual([false, undefined, false]);

    const [one, two] = [contexts.use({}), contexts.use({})];
    await call();
    expect(await promisesAreWatched()).toBe(true);
    expect([books.goesAside, recorder.contexts, contexts.isActive]).toEqual([true, contexts, true]);
    expect(recorder.open('later').goesAside).toBe(true);

    one[Symbol.dispose]();
    one[Symbol.dispose]();
    expect(contexts.isActive).toBe(true);
    const pending = call();
    two[Symbol.dispose]();
    expect(await promisesAreWatched()).toBe(false);
    expect([books.goesAside, recorder.contexts, contexts.current]).toEqual([false, undefined, undefined]);
    expect(recorder.open('later').goesAside).toBe(false);
    await pending;

    books.gap = 7;
    expect(books.goesAside).toBe(true);
    contexts.use({})[Symbol.dispose]();
    expect(books.goesAside).toBe(true);
    books.gap = 0;
    expect(books.goesAside).toBe(false);
  });
});

describe('whatever a consumer does', () => {
  test('what it throws does not reach the bot', async () => {
    const { contexts, track } = trackedFunctions();
    const fail = () => {
      throw new Error('of the consumer');
    };
    const use = contexts.use({ begun: fail, ended: fail, ran: fail, resumed: fail });
    onTestFinished(() => use[Symbol.dispose]());
    const { call } = track('fine', async () => {
      await sleep(1);
      return 'fine';
    });
    expect(await call()).toBe('fine');
  });

  test('it may go while calls run, and come back', async () => {
    const { contexts, track } = trackedFunctions();
    const first = new Heard();
    const use = contexts.use(first);
    const waits = track('waits', () => sleep(5));
    const stops = track('stops', () => use[Symbol.dispose]());
    const pending = waits.call();
    stops.call();
    const second = new Heard();
    const again = contexts.use(second);
    onTestFinished(() => again[Symbol.dispose]());
    await pending;
    expect(first.events).toEqual(['begun waits', 'begun stops']);
    await waits.call();
    expect(second.events.filter((event) => event.startsWith('begun'))).toEqual(['begun waits']);
  });

  test('a callback that throws, or one within another, is over when it is over', async () => {
    const { heard, track } = hearing();
    const { call } = track('throws', async () => {
      const resource = new AsyncResource('planted');
      try {
        resource.runInAsyncScope(() => {
          burn(5);
          throw new Error('planted');
        });
      } catch {}
      await sleep(1);
    });
    await call();
    const beforeNs = monotonicNs();
    await sleep(200);
    const elapsedNs = monotonicNs() - beforeNs;
    const after = heard.stretches.filter(({ fromNs }) => fromNs >= beforeNs);
    // What is not over would have run all the time.
    expect(heard.stretches.every(({ fromNs, toNs }) => toNs - fromNs < elapsedNs * 0.9)).toBe(true);
    expect(after.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0)).toBeLessThan(elapsedNs * 0.9);
    expect(heard.msOf('throws')).toBeGreaterThanOrEqual(5);
  });
});
