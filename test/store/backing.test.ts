import { execFile } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { Keyv as Keyv5 } from 'keyv-5';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Backing, memoryBacking, openBacking, type StoreOption } from '../../src/store/backing.ts';
import { ExpiringMap } from '../../src/store/expiring-map.ts';
import { SCHEMES } from '../../src/store/schemes/index.ts';
import { redisScheme } from '../../src/store/schemes/redis.ts';
import { SqliteAdapter } from '../../src/store/sqlite-adapter.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { HAS_REDIS, Redis } from '../fixtures/redis.ts';

/** Such that only what never answers misses it. */
const DEADLINE_MS = 60_000;
/** Of what is known not to answer. */
const SHORT_DEADLINE_MS = 500;
/** For what comes to pass by itself. */
const SOON = { timeout: 10_000 };
const HOUR_MS = 3_600_000;
/** Node 22 needs to be told to run TypeScript quietly. */
const QUIETLY = '--disable-warning=ExperimentalWarning';

const unheard = vi.fn();
let folder: ReturnType<typeof temporaryFolder>;
let setAside: string[];
let opened: Backing[];

async function open(store: unknown, deadlineMs = DEADLINE_MS): Promise<Backing> {
  const onSetAside = (_movedTo: string, reason: string) => setAside.push(reason);
  const backing = await openBacking(store as StoreOption, { onSetAside, deadlineMs });
  opened.push(backing);
  return backing;
}

beforeEach(() => {
  folder = temporaryFolder();
  setAside = [];
  opened = [];
  process.on('unhandledRejection', unheard);
  process.on('uncaughtExceptionMonitor', unheard);
  process.on('warning', unheard);
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.allSettled(opened.map((backing) => backing.close()));
  await new Promise((resolve) => setImmediate(resolve));
  folder[Symbol.dispose]();
  process.off('unhandledRejection', unheard);
  process.off('uncaughtExceptionMonitor', unheard);
  process.off('warning', unheard);
  expect(unheard).not.toHaveBeenCalled();
});

function failure(kind: string, message: string | RegExp = ''): object {
  return expect.objectContaining({ name: 'StoreError', kind, message: expect.stringMatching(message) });
}

async function expectToWork(backing: Backing, run = ''): Promise<void> {
  const now = Date.now();
  await backing.set(`${run}kept`, 'one');
  await backing.set(`${run}kept too`, 'two', now + HOUR_MS);
  await backing.set(`${run}old`, 'three', now + HOUR_MS);
  await backing.set(`${run}old`, 'four', now - 1);
  const keys = [`${run}kept too`, `${run}nothing`, `${run}old`, `${run}kept`];
  expect(await backing.getMany(keys)).toEqual(['two', undefined, undefined, 'one']);
  await backing.deleteMany([`${run}kept`, `${run}nothing`]);
  await backing.deleteMany([]);
  expect(await backing.getMany([`${run}kept`])).toEqual([undefined]);
  expect(await backing.getMany([])).toEqual([]);
}

const STORES: Record<string, { store: () => unknown; label: string; shared: boolean }> = {
  'a Keyv 6': { store: () => new Keyv(), label: 'Keyv on Map', shared: false },
  'a Keyv 5': { store: () => new Keyv5(), label: 'Keyv on Map', shared: false },
  'a Keyv 5 with a namespace, which emits no errors': {
    store: () => new Keyv5({ namespace: 'theirs', emitErrors: false }),
    label: 'Keyv on Map',
    shared: false,
  },
  'a Keyv 6 on an adapter': {
    store: () => new Keyv({ store: new SqliteAdapter({ path: join(folder.path, 'a') }) }),
    label: 'Keyv on SqliteAdapter',
    shared: true,
  },
  'a Keyv 5 on an adapter': {
    store: () => new Keyv5({ store: new SqliteAdapter({ path: join(folder.path, 'a'), contract: 'ttl' }) }),
    label: 'Keyv on SqliteAdapter',
    shared: true,
  },
  'an adapter': {
    store: () => new SqliteAdapter({ path: join(folder.path, 'a') }),
    label: 'Keyv on SqliteAdapter',
    shared: true,
  },
  'an adapter for Keyv 5': {
    store: () => new SqliteAdapter({ path: join(folder.path, 'a'), contract: 'ttl' }),
    label: 'Keyv on SqliteAdapter',
    shared: true,
  },
  'a Map': { store: () => new Map(), label: 'Keyv on Map', shared: false },
  'an SQLite file': {
    store: () => `sqlite://${join(folder.path, 'deep', 'er', 'store.sqlite')}`,
    label: 'SQLite ',
    shared: true,
  },
};

describe.each(Object.entries(STORES))('%s', (_name, { store, label, shared }) => {
  test('keeps, expires and deletes', async () => {
    const backing = await open(store());
    expect(backing.label).toContain(label);
    expect(backing.shared).toBe(shared);
    await expectToWork(backing);
  });

  test('takes no calls once it is closed, and may be closed twice', async () => {
    const backing = await open(store());
    await backing.set('a', 'one');
    await backing.close();
    await backing.close();
    await expect(backing.getMany(['a'])).rejects.toEqual(failure('failed', 'closed'));
    await expect(backing.set('a', 'two')).rejects.toEqual(failure('failed', 'closed'));
  });
});

test('memory keeps, expires and deletes', async () => {
  const backing = memoryBacking();
  expect(backing).toMatchObject({ label: 'memory', shared: false });
  expect(backing.sizeBytes).toBeUndefined();
  await expectToWork(backing);
  await backing.close();
});

test('memory forgets what has expired, also when nobody reads it', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  const map = new ExpiringMap();
  for (let minute = 0; minute < 10_000; minute++) {
    vi.setSystemTime(minute * 60_000);
    map.set(`bucket ${minute}`, { expires: (minute + 60) * 60_000 });
    map.set('rules', {});
  }
  expect(map.size).toBeLessThan(100);
  expect(map.has('rules')).toBe(true);
});

test('the size is known for SQLite', async () => {
  const backing = await open(`sqlite:${join(folder.path, 'store.sqlite')}`);
  await backing.set('a', 'x'.repeat(100_000));
  expect(backing.sizeBytes!()).toBeGreaterThan(100_000);
});

describe('URIs', () => {
  test.each(['sqlite:a/store', 'sqlite:./a/store', 'sqlite://a/store', 'SQLite:a/store'])(
    '%s is relative to the working folder',
    async (uri) => {
      vi.spyOn(process, 'cwd').mockReturnValue(folder.path);
      const backing = await open(uri);
      await backing.set('a', 'one');
      expect(backing.label).toBe('SQLite ./a/store');
      expect(readdirSync(join(folder.path, 'a'))).toContain('store');
      vi.restoreAllMocks();
    },
  );

  test('one that nobody knows is refused, with those that are known, and without what it may hold', async () => {
    for (const uri of ['postgres://me:secret@host/db', 'C:\\store', 'secret', '']) {
      const refused = await open(uri).catch((error: unknown) => error as Error & { code: string });
      expect(refused).toMatchObject({ code: 'STORE_UNKNOWN_URI' });
      for (const { example } of SCHEMES) expect((refused as Error).message).toContain(example);
      expect((refused as Error).message).not.toContain('secret');
    }
  });

  test.each(['sqlite:', 'sqlite://', 'redis:/:secret@@@:x', 'redis://:secret@host:port'])(
    '%s names nothing',
    async (uri) => {
      const refused = await open(uri).catch((error: unknown) => error as Error);
      expect(refused).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect((refused as Error).message).not.toContain('secret');
    },
  );

  test('Redis without its package is refused, with what to install', async () => {
    const absent = '@keyv/redis-is-not-here';
    const scheme = redisScheme(() => import(absent));
    await expect(
      scheme.open('redis://localhost', '//localhost', { onSetAside: () => {} }),
    ).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('npm install @keyv/redis'),
    });
  });

  test.each([undefined, null, 5, {}, [], { get() {}, set() {} }])('%s is no store', async (store) => {
    await expect(open(store)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

/** An adapter that does as it is told, in the ways that adapters are written. */
class Faulty extends EventEmitter {
  opts = {};
  namespace: string | undefined;
  fault: ((method: string) => unknown) | undefined;
  readonly #map = new Map<string, unknown>();

  async get(key: string) {
    return this.fault === undefined ? this.#map.get(key) : this.fault('get');
  }
  async set(key: string, value: unknown) {
    return this.fault === undefined ? this.#map.set(key, value).has(key) : this.fault('set');
  }
  async delete(key: string) {
    return this.fault === undefined ? this.#map.delete(key) : this.fault('delete');
  }
  async clear() {
    this.#map.clear();
  }
}

/** One that reads and deletes many at once, too. */
class FaultyMany extends Faulty {
  async getMany(keys: string[]) {
    return this.fault === undefined ? Promise.all(keys.map((key) => this.get(key))) : this.fault('getMany');
  }
  async deleteMany(keys: string[]) {
    for (const key of keys) await this.delete(key);
    return true;
  }
}

/** As the adapter for Redis is unless told otherwise: emits, and answers as if nothing were there. */
class Emitting extends FaultyMany {
  failing = false;

  override async getMany(keys: string[]) {
    return this.failing ? this.#emit(keys.map(() => undefined)) : super.getMany(keys);
  }
  override async get(key: string) {
    return this.failing ? this.#emit(undefined) : super.get(key);
  }
  override async set(key: string, value: unknown) {
    return this.failing ? this.#emit(undefined) : super.set(key, value);
  }
  override async delete(key: string) {
    return this.failing ? this.#emit(false) : super.delete(key);
  }

  #emit<T>(answer: T): T {
    this.emit('error', new Error('no luck'));
    return answer;
  }
}

const KEYVS: Record<string, (store: Faulty) => unknown> = {
  'under Keyv 6': (store) => new Keyv({ store }),
  'under Keyv 5': (store) => new Keyv5({ store }),
  'under Keyv 5 that emits no errors': (store) => new Keyv5({ store, emitErrors: false }),
  alone: (store) => store,
};
const ADAPTERS = { Faulty, FaultyMany, Emitting };

describe.each(Object.entries(KEYVS))('an adapter %s', (_name, over) => {
  describe.each(Object.entries(ADAPTERS))('%s', (_adapter, Adapter) => {
    let adapter: Faulty;
    let backing: Backing;

    beforeEach(async () => {
      adapter = new Adapter();
      backing = await open(over(adapter), 50);
      await backing.set('a', 'one');
    });

    async function expectAllToFail(kind: string, message?: string) {
      await expect(backing.getMany(['a', 'b'])).rejects.toEqual(failure(kind, message));
      await expect(backing.set('a', 'two')).rejects.toEqual(failure(kind, message));
      await expect(backing.set('a', 'two', Date.now() + HOUR_MS)).rejects.toEqual(failure(kind, message));
      await expect(backing.deleteMany(['a', 'b'])).rejects.toEqual(failure(kind, message));
    }

    test('that rejects', async () => {
      adapter.fault = (method) => Promise.reject(new Error(`no ${method}`));
      await expectAllToFail('failed', 'no ');
      adapter.fault = undefined;
      expect(await backing.getMany(['a'])).toEqual(['one']);
    });

    test('that throws what is no error', async () => {
      adapter.fault = () => {
        throw 'a string';
      };
      await expectAllToFail('failed', 'a string');
    });

    test('that emits an error', async () => {
      adapter.fault = (method) => {
        adapter.emit('error', new Error('no luck'));
        return method === 'getMany' ? [] : undefined;
      };
      await expectAllToFail('failed', 'no luck');
    });

    test('that hangs, and then answers after all', async () => {
      let answer = () => {};
      const hanging = new Promise<undefined>((resolve) => {
        answer = () => resolve(undefined);
      });
      adapter.fault = () => hanging;
      await expectAllToFail('timeout');
      adapter.fault = undefined;
      await expect(backing.getMany(['a'])).rejects.toEqual(failure('timeout', 'earlier call'));
      answer();
      await vi.waitFor(async () => expect(await backing.getMany(['a'])).toEqual(['one']), SOON);
    });

    test('that hangs for good', async () => {
      adapter.fault = () => new Promise(() => {});
      await expect(backing.set('a', 'two')).rejects.toEqual(failure('timeout', '50 ms'));
      adapter.fault = undefined;
      // Some time later the call is given up.
      await vi.waitFor(async () => expect(await backing.getMany(['a'])).toEqual(['one']), SOON);
    });

    test('that emits errors while nobody calls, and after that', async () => {
      adapter.emit('error', new Error('connection lost'));
      expect(await backing.getMany(['a'])).toEqual(['one']);
    });
  });
});

test('an adapter may emit errors after its backing was closed', async () => {
  const adapter = new Faulty();
  const backing = await open(adapter);
  await backing.close();
  adapter.emit('error', new Error('connection lost'));
});

test('what the owner passed keeps no listener and stays open', async () => {
  const keyv = new Keyv5({ store: new Faulty() });
  const keyv6 = new Keyv();
  const disconnected = vi.fn();
  for (const each of [keyv, keyv6]) each.on('disconnect', disconnected);
  for (const each of [keyv, keyv6]) {
    const backing = await open(each);
    await backing.set('a', 'one');
    await backing.close();
  }
  expect(keyv.listeners('error')).toEqual([]);
  expect(keyv6.listeners('error')).toEqual([]);
  expect(disconnected).not.toHaveBeenCalled();
  expect(await keyv.get('a')).toBe('one');
  expect(keyv.throwOnErrors).toBe(false);
  expect(keyv.opts.throwOnErrors).toBeUndefined();
});

test.each<[string, (method: string) => unknown, string]>([
  ['numbers', () => '{"value":5}', 'number'],
  ['objects', () => '{"value":{"a":1}}', 'object'],
])('values that are %s are garbage', async (_name, fault, problem) => {
  const adapter = new Faulty();
  adapter.fault = fault;
  const backing = await open(new Keyv({ store: adapter }));
  await expect(backing.getMany(['a'])).rejects.toEqual(failure('garbage', problem));
});

test.each([
  ['no array', () => 'nothing'],
  ['too many', () => ['{"value":"x"}', '{"value":"x"}', '{"value":"x"}']],
  ['too few', () => []],
  ['what cannot be parsed', () => ['{', '}']],
])('%s for an answer is no answer', async (_name, fault) => {
  const adapter = new FaultyMany();
  adapter.fault = fault;
  for (const keyv of [new Keyv({ store: adapter }), new Keyv5({ store: adapter })]) {
    const backing = await open(keyv);
    await expect(backing.getMany(['a', 'b'])).rejects.toMatchObject({ name: 'StoreError' });
  }
});

test('`false` to a write is a failure', async () => {
  const adapter = new Faulty();
  adapter.fault = () => false;
  for (const keyv of [new Keyv({ store: adapter }), new Keyv5({ store: adapter })]) {
    const backing = await open(keyv);
    await expect(backing.set('a', 'one')).rejects.toEqual(failure('failed', 'not written'));
  }
});

test('a store that lies is believed: it answers that nothing is there', async () => {
  const adapter = new Faulty();
  adapter.fault = (method) => (method === 'set' ? true : undefined);
  const backing = await open(adapter);
  await backing.set('a', 'one');
  expect(await backing.getMany(['a'])).toEqual([undefined]);
});

test('a broken SQLite file is set aside, told, and begun afresh', async () => {
  const path = join(folder.path, 'store.sqlite');
  writeFileSync(path, 'garbage '.repeat(1_000));
  const backing = await open(`sqlite:${path}`);
  expect(setAside).toEqual(['it is not a SQLite database']);
  await expectToWork(backing);
});

test('an SQLite file that cannot be opened yet fails the calls, and a newer one the opening', async () => {
  const blocked = join(folder.path, 'blocked');
  writeFileSync(blocked, '');
  const backing = await open(`sqlite:${join(blocked, 'store.sqlite')}`);
  await expect(backing.set('a', 'one')).rejects.toEqual(failure('failed'));

  const path = join(folder.path, 'newer.sqlite');
  await (await open(`sqlite:${path}`)).set('a', 'one');
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  await expect(open(`sqlite:${path}`)).rejects.toMatchObject({ code: 'STORE_FROM_THE_FUTURE' });
});

describe.skipIf(!HAS_REDIS)('Redis (needs `redis-server` on the PATH)', () => {
  test.each(['', 'pass word'])('keeps, expires and deletes, with the password "%s"', async (password) => {
    await using redis = await Redis.start(password);
    const backing = await open(redis.url);
    expect(backing).toMatchObject({ label: 'Redis', shared: true });
    await expectToWork(backing);
    await backing.close();
  });

  test.each<[string, (url: string) => unknown]>([
    ['an adapter', (url) => new KeyvRedis(url)],
    ['a Keyv 6', (url) => new Keyv({ store: new KeyvRedis(url) })],
    ['a Keyv 5', (url) => new Keyv5({ store: new KeyvRedis(url) })],
  ])('of the owner, as %s, works and stays open', async (_name, make) => {
    await using redis = await Redis.start();
    const store = make(redis.url) as { disconnect(): Promise<void>; get(key: string): Promise<unknown> };
    const backing = await open(store);
    expect(backing.label).toBe('Keyv on KeyvRedis');
    await expectToWork(backing);
    await backing.set('a', 'one');
    await backing.close();
    expect(String(await store.get('a'))).toContain('one');
    await store.disconnect();
  });

  test('that is killed fails the calls at once, and works again once it is back', async () => {
    await using redis = await Redis.start();
    const backing = await open(redis.url);
    await backing.set('a', 'one');
    for (let round = 0; round < 3; round++) {
      await redis.kill();
      await expect(backing.set('b', 'two')).rejects.toEqual(failure('failed'));
      await expect(backing.getMany(['a'])).rejects.toEqual(failure('failed'));
      await expect(backing.deleteMany(['a'])).rejects.toEqual(failure('failed'));
      await redis.restart();
      expect(await backing.getMany(['a'])).toEqual(['one']);
      await Promise.all(['c', 'd', 'e'].map((key) => backing.set(key, key)));
      expect(await backing.getMany(['c', 'd', 'e'])).toEqual(['c', 'd', 'e']);
    }
  });

  test('that is killed under load fails calls, and loses none that it has taken', async () => {
    await using redis = await Redis.start();
    const backing = await open(redis.url);
    const taken: string[] = [];
    let failed = 0;
    let running = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let key = 0; running; key++) {
        await backing.set(`${writer}/${key}`, 'x').then(
          () => taken.push(`${writer}/${key}`),
          () => failed++,
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    for (let round = 0; round < 3; round++) {
      const before = taken.length;
      await vi.waitFor(() => expect(taken.length).toBeGreaterThan(before + 20), SOON);
      await redis.kill();
      const failedBefore = failed;
      await vi.waitFor(() => expect(failed).toBeGreaterThan(failedBefore + 4), SOON);
      await redis.restart();
    }
    running = false;
    await Promise.all(writers);
    const values = await backing.getMany(taken);
    expect(values.every((value) => value === 'x')).toBe(true);
  });

  test('that is not there yet fails the calls, and works once it is', async () => {
    await using redis = await Redis.start();
    await redis.kill();
    const backing = await open(redis.url);
    await expect(backing.set('a', 'one')).rejects.toEqual(failure('failed'));
    await redis.restart();
    await expectToWork(backing);
  });

  test('that wants another password fails the calls', async () => {
    await using redis = await Redis.start('right');
    const backing = await open(redis.url.replace('right', 'wrong'));
    const refused = await backing.set('a', 'one').catch((error: unknown) => error as Error);
    expect(refused).toEqual(failure('failed'));
    expect((refused as Error).message).not.toContain('wrong@');
  });

  test('that stops answering runs into the deadline, and works again once it answers', async () => {
    await using redis = await Redis.start();
    const backing = await open(redis.url, SHORT_DEADLINE_MS);
    await backing.set('a', 'one');
    redis.pause();
    await expect(backing.set('a', 'two')).rejects.toEqual(failure('timeout'));
    await expect(backing.getMany(['a'])).rejects.toEqual(failure('timeout'));
    redis.resume();
    await vi.waitFor(async () => expect(await backing.getMany(['a'])).toEqual(['two']), SOON);
    await backing.set('a', 'three');
    expect(await backing.getMany(['a'])).toEqual(['three']);
  });

  test('that does not answer when it is connected to lets the bot start', async () => {
    await using redis = await Redis.start();
    redis.pause();
    const backing = await open(redis.url, SHORT_DEADLINE_MS);
    await expect(backing.set('a', 'one')).rejects.toEqual(failure('timeout'));
    redis.resume();
    await vi.waitFor(() => expectToWork(backing), SOON);
  });

  test('keeps no process alive but for the calls that are under way', async () => {
    await using redis = await Redis.start();
    const fixture = fileURLToPath(new URL('../fixtures/redis-exit.ts', import.meta.url));
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, [QUIETLY, fixture, redis.url], {
      timeout: 10_000,
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'written\n', stderr: '' });
    const backing = await open(redis.url);
    expect(await backing.getMany(['a', 'last'])).toEqual(['one', 'two']);
  });

  test('can be closed while it is gone, and while it does not answer', async () => {
    await using redis = await Redis.start();
    const gone = await open(redis.url);
    const silent = await open(redis.url, SHORT_DEADLINE_MS);
    redis.pause();
    const late = expect(silent.set('a', 'one')).rejects.toEqual(failure('timeout'));
    await silent.close();
    await late;
    redis.resume();
    await redis.kill();
    await gone.close();
  });
});
