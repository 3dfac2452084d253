import { channel, tracingChannel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sqlWords, word } from '../../src/trace/sources/database.ts';
import { restSource } from '../../src/trace/sources/rest.ts';
import { HAS_REDIS, Redis } from '../fixtures/redis.ts';
import { msOf, tracedFunctions } from '../fixtures/traced.ts';

async function startServer() {
  const server = createServer(async (request, response) => {
    if (request.url === '/cut') return void request.socket.destroy();
    response.write('a');
    if (request.url === '/never') return;
    await sleep(10);
    response.statusCode = 200;
    response.end('b'.repeat(100_000));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const CHANNELS = [
  'undici:request:create',
  'http.client.request.start',
  'tracing:mysql2:query:start',
  'tracing:mssql:query:start',
  'tracing:mongoose:query:start',
  'tracing:node-redis:command:start',
  'tracing:ioredis:command:start',
];

test('nothing is subscribed to while nothing is verbose', () => {
  const { verbose, tracer } = tracedFunctions();
  const subscribed = () => CHANNELS.filter((name) => channel(name).hasSubscribers);
  const before = subscribed();
  verbose('any');
  expect(subscribed()).toEqual(CHANNELS);
  tracer.setVerbose([...tracer.verbose.keys()], undefined);
  expect(subscribed()).toEqual(before);
});

describe('outgoing HTTP', () => {
  test('by fetch and by node:http is a span each, with what was answered, and nothing of the path', async () => {
    const host = await startServer();
    const { track, verbose, latest } = tracedFunctions();
    const { call } = track('asks', async () => {
      await (await fetch(`http://${host}/private?token=secret`, { method: 'POST', body: 'secret' })).text();
      const response = await new Promise<NodeJS.ReadableStream>((resolve) =>
        get(`http://${host}/private?token=secret`, resolve),
      );
      for await (const _chunk of response);
    });
    verbose('asks');
    await call();
    const { spans, parts } = latest('asks');
    const requests = spans.filter(({ kind }) => kind === 'http');
    expect(requests.map(({ name, note, failed }) => [name, note, failed])).toEqual([
      [`POST ${host}`, '200', false],
      [`GET ${host}`, '200', false],
    ]);
    expect(requests.every(({ toMs }) => toMs !== undefined)).toBe(true);
    expect(msOf(parts, 'http', host)).toBeGreaterThan(0);
    expect(JSON.stringify(latest('asks'))).not.toMatch(/secret|private/);
  });

  test('that fails or is cancelled is a span that failed', async () => {
    const host = await startServer();
    const { track, verbose, latest } = tracedFunctions();
    const { call } = track('asks', async () => {
      await fetch(`http://${host}/cut`).catch(() => undefined);
      await new Promise((resolve) => get(`http://${host}/cut`).once('error', resolve));
      const controller = new AbortController();
      const response = await fetch(`http://${host}/never`, { signal: controller.signal });
      controller.abort();
      await response.text().catch(() => undefined);
    });
    verbose('asks');
    await call();
    const requests = latest('asks').spans.filter(({ kind }) => kind === 'http');
    expect(requests.map(({ failed }) => failed)).toEqual([true, true, true]);
  });
});

describe('databases', () => {
  /** A driver that publishes to a tracing channel, with a promise as each does. */
  const asked = (name: string, message: object, fails = false) =>
    tracingChannel(name).tracePromise(async () => {
      await new Promise((resolve) => process.nextTick(resolve));
      if (fails) throw new Error('secret');
    }, message);

  test.each([
    ['mysql2:query', { query: 'SELECT * FROM `users` WHERE name = "secret"' }, 'SELECT users', 'mysql'],
    ['mysql2:execute', { query: 'update users set a = ?', values: ['secret'] }, 'UPDATE users', 'mysql'],
    ['mssql:query', { command: 'select 1 from [dbo.users]' }, 'SELECT dbo.users', 'mssql'],
    ['mssql:batch', { command: 'DELETE FROM users' }, 'DELETE users', 'mssql'],
    ['mssql:execute', { procedure: 'refresh' }, 'EXEC refresh', 'mssql'],
    ['mssql:bulk', { table: 'users', rowCount: 3 }, 'BULK users', 'mssql'],
    ['mssql:prepared-statement:prepare', { statement: 'select 1 from t' }, 'PREPARE SELECT t', 'mssql'],
    ['mssql:prepared-statement:execute', { statement: 'select 1 from t' }, 'SELECT t', 'mssql'],
    ['node-redis:command', { command: 'GET', args: ['GET', 'secret'] }, 'GET', 'redis'],
    ['node-redis:batch', { batchSize: 2 }, 'MULTI', 'redis'],
    ['ioredis:command', { command: 'hset', args: ['secret'] }, 'HSET', 'redis'],
    ['ioredis:batch', {}, 'MULTI', 'redis'],
    [
      'mongoose:query',
      { operation: 'findOne', collection: 'users', args: { filter: 'secret' } },
      'findOne users',
      'mongodb',
    ],
    ['mongoose:aggregate', { operation: 'aggregate', collection: 'users' }, 'aggregate users', 'mongodb'],
    ['mongoose:model:save', { operation: 'save', collection: 'users' }, 'save users', 'mongodb'],
    [
      'mongoose:model:insertMany',
      { operation: 'insertMany', collection: 'users' },
      'insertMany users',
      'mongodb',
    ],
    [
      'mongoose:model:bulkWrite',
      { operation: 'bulkWrite', collection: 'users' },
      'bulkWrite users',
      'mongodb',
    ],
    ['mongoose:cursor:next', { operation: 'find', collection: 'users' }, 'find users', 'mongodb'],
  ])('%s', async (name, message, words, system) => {
    const { track, verbose, latest } = tracedFunctions();
    const { call } = track('asks', async () => {
      await asked(name, { ...message });
      await asked(name, { ...message }, true).catch(() => undefined);
    });
    verbose('asks');
    await call();
    const trace = latest('asks');
    expect(trace.spans.slice(1).map(({ kind, name: said, failed }) => [kind, said, failed])).toEqual([
      ['database', words, false],
      ['database', words, true],
    ]);
    expect(trace.spans[1]!.segments[0]).toMatchObject({ kind: 'database', name: system });
    expect(JSON.stringify(trace)).not.toContain('secret');
  });

  test('a query that throws at once is over', async () => {
    const { track, verbose, latest } = tracedFunctions();
    const { call } = track('asks', async () => {
      const fail = () => {
        throw new Error('planted');
      };
      expect(() => tracingChannel('mysql2:query').traceSync(fail, { query: 'SELECT 1' })).toThrow('planted');
    });
    verbose('asks');
    await call();
    expect(latest('asks').spans[1]).toMatchObject({ name: 'SELECT', failed: true });
    expect(latest('asks').spans[1]!.toMs).toBeDefined();
  });

  test('a library that publishes something else does no harm', async () => {
    const { track, verbose, latest } = tracedFunctions();
    const { call } = track('asks', async () => {
      for (const name of CHANNELS) channel(name).publish(undefined);
      await asked('mongoose:query', { operation: { toString: () => 'secret' }, collection: 'a b' });
    });
    verbose('asks');
    await call();
    expect(latest('asks').spans.map(({ name }) => name)).toContain('query');
  });

  test.runIf(HAS_REDIS)('a real Redis', async () => {
    await using redis = await Redis.start();
    const client = createClient({ url: redis.url }).on('error', () => undefined);
    await client.connect();
    using _client = { [Symbol.dispose]: () => client.destroy() };
    const { track, verbose, latest } = tracedFunctions();
    const { call } = track('asks', async () => {
      await client.set('key', 'secret');
      await client.blPop('nothing', 0.05);
    });
    verbose('asks');
    await call();
    const trace = latest('asks');
    expect(trace.spans.map(({ name }) => name)).toEqual(['cog/method/asks', 'SET', 'BLPOP']);
    expect(trace.parts).toContainEqual(expect.objectContaining({ kind: 'database', name: 'redis' }));
    expect(JSON.stringify(trace)).not.toContain('secret');
  });

  test.each([
    ['SELECT * FROM users', 'SELECT users'],
    ['  -- a comment\n/* and\nanother */ (select id from a.b join c)', 'SELECT a.b'],
    ['INSERT INTO `users` VALUES (1)', 'INSERT users'],
    ['insert into users values ("x FROM secret")', 'INSERT users'],
    ["SELECT 'x FROM secret'", 'SELECT'],
    ['SELECT "x FROM secret"', 'SELECT'],
    ['SELECT /* FROM secret */ 1', 'SELECT'],
    ['SELECT 1 -- FROM secret', 'SELECT'],
    ['SELECT 1 FROM 12345', 'SELECT'],
    ['UPDATE ONLY users SET a = 1', 'UPDATE users'],
    ['CREATE TABLE users (id int)', 'CREATE users'],
    ['BEGIN', 'BEGIN'],
    ["'secret'", 'query'],
    ['12345', 'query'],
    ['', 'query'],
    [undefined, 'query'],
    [{}, 'query'],
  ])('of %j only the first words are told', (sql, words) => expect(sqlWords(sql)).toBe(words));

  test('a name that may be a value is not told', () => {
    expect([word('users'), word('a b'), word(5), word('x'.repeat(100)).length]).toEqual([
      'users',
      'query',
      'query',
      64,
    ]);
  });
});

describe('requests to Discord', () => {
  interface Seen {
    begun(request: object): void;
    around<Result>(request: object, attempt: number, run: () => Result): Result;
    ended(request: object, error: unknown): void;
  }

  test('are spans with what they waited for, and their attempts are not requests of their own', async () => {
    const host = await startServer();
    let seen: Seen | undefined;
    const source = restSource({
      observe(observer) {
        seen = observer as never;
        return { [Symbol.dispose]: () => void (seen = undefined) };
      },
    });
    const traced = tracedFunctions([source]);
    // With those of HTTP beside it.
    const { SOURCES } = await import('../../src/trace/sources/index.ts');
    const both = tracedFunctions([source, ...SOURCES]);
    for (const { track, verbose, latest, tracer } of [traced, both]) {
      const { call } = track('sends', async () => {
        const fromNs = Number(process.hrtime.bigint());
        const request = { method: 'PATCH', isOurs: false, attempts: 0 } as Record<string, unknown>;
        seen!.begun(request);
        seen!.begun({ method: 'GET', isOurs: true });
        request['route'] = 'PATCH /channels/:id';
        await sleep(20);
        const sentNs = Number(process.hrtime.bigint());
        await seen!.around(request, 1, async () => (await fetch(`http://${host}`)).text());
        Object.assign(request, { attempts: 2, status: 404 });
        (request['segments'] as object[]).push(
          { phase: 'limit', fromNs, toNs: sentNs },
          { phase: 'network', fromNs: sentNs, toNs: Number(process.hrtime.bigint()) },
        );
        seen!.ended(request, new Error('secret'));
      });
      verbose('sends');
      await call();
      const { spans, parts } = latest('sends');

      expect(spans.map(({ kind, name, note, failed }) => [kind, name, note, failed])).toEqual([
        ['call', 'cog/method/sends', undefined, false],
        ['rest', 'PATCH /channels/:id', '404, tried 2 times', true],
      ]);
      expect(spans[1]!.segments.map(({ kind, name }) => [kind, name])).toEqual([
        ['limit', 'PATCH /channels/:id'],
        ['network', 'PATCH /channels/:id'],
      ]);
      expect(msOf(parts, 'limit', 'PATCH /channels/:id')).toBeGreaterThan(0);
      expect(msOf(parts, 'network', 'PATCH /channels/:id')).toBeGreaterThan(0);
      expect(msOf(parts, ['http', 'timer'])).toBe(0);
      tracer[Symbol.dispose]();
    }
    expect(seen).toBeUndefined();
  });
});
