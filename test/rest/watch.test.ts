import { AsyncLocalStorage } from 'node:async_hooks';
import { type Client, REST } from 'discord.js';
import { describe, expect, test } from 'vitest';
import type { RestCall } from '../../src/rest/call.ts';
import { type RestObserver, RestWatch } from '../../src/rest/watch.ts';
import { connect } from '../standin/connect.ts';
import { StandIn } from '../standin/standin.ts';
import { Collector, NOBODY, startWatched } from './start.ts';

/** All that can be seen of an object and of those that it inherits from, functions by identity. */
function shapeOf(object: object) {
  const levels: unknown[] = [];
  for (let level: object | null = object; level !== null; level = Object.getPrototypeOf(level)) {
    levels.push(Reflect.ownKeys(level).map((key) => [key, Object.getOwnPropertyDescriptor(level, key)]));
  }
  return levels;
}

/** Private in discord.js. */
type Manager = Omit<REST, never> & { createHandler(...args: never[]): unknown };
/** The class has one static method, which is private. */
type ManagerClass = { generateRouteData(...args: never[]): unknown };

function managerOf(client: Client): Manager {
  return client.rest as never;
}

/** The same of the manager, its options, and its handlers; without what requests change. */
function managerShape(client: Client) {
  const rest = managerOf(client);
  const own = (object: object) => Reflect.ownKeys(object).map(String);
  const handlers = [...rest.handlers.values()];
  return {
    rest: own(rest),
    queueRequest: rest.queueRequest,
    createHandler: rest.createHandler,
    class: Object.getOwnPropertyDescriptors(rest.constructor),
    options: shapeOf(rest.options),
    handlers: handlers.map((handler) => [own(handler), Object.getPrototypeOf(handler)]),
    // Functions by identity, with their flags.
    classes: handlers.map((handler) => Object.getOwnPropertyDescriptors(Object.getPrototypeOf(handler))),
  };
}

async function usedBy(client: Client, discord: StandIn): Promise<void> {
  await client.rest.get('/gateway/bot');
  await client.rest.get(`/channels/${discord.channel().id}`);
  await client.rest
    .post('/interactions/1573640915195527168/token/callback', { body: { type: 5 }, auth: false })
    .catch(() => undefined);
}

describe('the REST manager', () => {
  test('looks as before while it is watched, and is as before afterwards, several times', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    await usedBy(client, discord);
    const before = managerShape(client);
    for (let time = 0; time < 3; time++) {
      const watch = new RestWatch(NOBODY);
      watch.start(client.rest);
      const { queueRequest, createHandler, options, handlers } = managerOf(client);
      const { generateRouteData } = client.rest.constructor as unknown as ManagerClass;
      expect(queueRequest).not.toBe(before.queueRequest);
      for (const [name, fn, length] of [
        ['queueRequest', queueRequest, 1],
        ['generateRouteData', generateRouteData, 2],
        ['createHandler', createHandler, 2],
        ['makeRequest', options.makeRequest, 0],
      ] as const) {
        expect([fn.name, fn.length]).toEqual([name, length]);
      }
      expect(Object.keys(client.rest)).toEqual(
        before.rest.filter((key) => Object.keys(client.rest).includes(key)),
      );
      await usedBy(client, discord);
      for (const handler of handlers.values()) {
        expect(['SequentialHandler', 'BurstHandler']).toContain(handler.constructor.name);
        expect(Object.getPrototypeOf(handler)).toBe(handler.constructor.prototype);
        expect(Object.keys(handler)).not.toContain('queueRequest');
      }
      watch[Symbol.dispose]();
      expect(managerShape(client)).toEqual(before);
    }
  });

  test('leaves alone what another tool has wrapped over it', async () => {
    await using bot = await startWatched();
    const rest = managerOf(bot.client);
    const seen: string[] = [];
    const over = <Key extends string>(object: Record<Key, unknown>, key: Key) => {
      const ours = object[key] as () => unknown;
      const theirs = function (this: unknown, ...args: unknown[]) {
        seen.push(key);
        return Reflect.apply(ours, this, args);
      };
      object[key] = theirs;
      return () => expect(object[key]).toBe(theirs);
    };
    const managers = rest.constructor as unknown as ManagerClass;
    const { generateRouteData } = managers;
    const still = [
      over(rest, 'queueRequest'),
      over(managers, 'generateRouteData'),
      over(rest.options, 'makeRequest'),
    ];
    await bot.say('a');
    const handler = [...rest.handlers.values()].at(-1) as never;
    still.push(over(handler, 'runRequest'));
    bot.watch[Symbol.dispose]();
    for (const check of still) check();
    seen.length = 0;
    await bot.say('b');
    expect(seen).toEqual(['queueRequest', 'generateRouteData', 'runRequest', 'makeRequest']);
    expect(bot.calls).toHaveLength(1);
    managers.generateRouteData = generateRouteData;
  });

  test('may be frozen, in whole or in part', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const { rest } = client;
    Object.freeze(rest.options);
    await usedBy(client, discord);
    const watch = new RestWatch(NOBODY);
    const collector = new Collector(true);
    watch.observe(collector);
    watch.start(rest);
    discord.fault({ path: '/gateway', delayMs: 200 });
    await rest.get('/gateway/bot');
    await expect(rest.get('/channels/1573640915195527168')).rejects.toThrow();
    expect(collector.calls).toMatchObject([
      { route: 'GET /gateway/bot', attempts: 0, status: 200, queueNs: 0, limitNs: 0 },
      { route: 'GET /channels/:id', attempts: 0, status: 404, error: 'DiscordAPIError 10003' },
    ]);
    expect(collector.calls[0]!.networkNs).toBeGreaterThan(190e6);
    watch[Symbol.dispose]();
    const whole = new RestWatch(NOBODY);
    const none = new Collector();
    whole.observe(none);
    Object.preventExtensions(rest);
    whole.start(rest);
    await rest.get('/gateway/bot');
    expect(none.calls).toEqual([]);
    whole[Symbol.dispose]();
  });

  test('may be of a class that extends it', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    class OwnManager extends REST {}
    const own = new OwnManager(client.rest.options).setToken(discord.token);
    const watch = new RestWatch(NOBODY);
    const collector = new Collector();
    watch.observe(collector);
    watch.start(own);
    await own.get('/gateway/bot');
    await client.rest.get('/gateway/bot');
    expect(collector.calls).toMatchObject([{ route: 'GET /gateway/bot', attempts: 1, status: 200 }]);
    watch[Symbol.dispose]();
    expect(Object.getOwnPropertyNames(OwnManager)).not.toContain('generateRouteData');
    own.clearHashSweeper();
    own.clearHandlerSweeper();
  });

  test('may have handlers of any class', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const rest = managerOf(client);
    const { createHandler } = rest;
    // One of a class whose methods cannot be replaced, and one of a class that extends another one.
    const changed: object[] = [];
    rest.createHandler = function (this: unknown, ...args: unknown[]) {
      const handler = Reflect.apply(createHandler, this, args) as object;
      const prototype = Object.create(Object.getPrototypeOf(handler));
      Object.setPrototypeOf(handler, changed.length === 0 ? Object.freeze(prototype) : prototype);
      changed.push(handler);
      return handler;
    };
    const watch = new RestWatch(NOBODY);
    const collector = new Collector();
    watch.observe(collector);
    watch.start(rest);
    await rest.get(`/channels/${discord.channel().id}`);
    await rest.get(`/guilds/${discord.guilds[0]!.id}`);
    await rest.get(`/guilds/${discord.guilds[0]!.id}`);
    expect(changed).toHaveLength(2);
    expect(collector.calls.map(({ route, attempts, status }) => [route, attempts, status])).toEqual([
      ['GET /channels/:id', 1, 200],
      ['GET /guilds/:id', 1, 200],
      ['GET /guilds/:id', 1, 200],
    ]);
    expect(watch.live()).toEqual([]);
    watch[Symbol.dispose]();
    expect(changed.map((handler) => Reflect.ownKeys(Object.getPrototypeOf(handler)))).toEqual([[], []]);
  });

  test('is not the only one in the process, and each has its own requests', async () => {
    await using first = await startWatched();
    const prototype = Object.getPrototypeOf([...first.client.rest.handlers.values()][0]);
    await using second = await startWatched();
    await using unwatched = await connect(first.discord);
    await Promise.all([first.say('a'), second.say('b'), unwatched.rest.get('/gateway/bot')]);
    first.watch[Symbol.dispose]();
    await Promise.all([first.say('c'), second.say('d')]);
    expect(
      [first.calls, second.calls].map((calls) => calls.map(({ route, attempts }) => [route, attempts])),
    ).toEqual([
      [['POST /channels/:id/messages', 1]],
      [
        ['POST /channels/:id/messages', 1],
        ['POST /channels/:id/messages', 1],
      ],
    ]);
    const watched = prototype.runRequest;
    second.watch[Symbol.dispose]();
    expect(prototype.runRequest).not.toBe(watched);
    expect(prototype.runRequest.toString()).toContain('makeNetworkRequest');
  });

  test('may make requests in any way', async () => {
    const inits: object[] = [];
    const replies: unknown[] = [];
    const ok = () => ({ status: 204, ok: true, headers: new Headers(), arrayBuffer: async () => undefined });
    let answer: (url: string, init: never) => unknown = ok;
    await using bot = await startWatched({
      makeRequest: ((url: string, init: object) => {
        if (!url.includes('/typing')) return fetch(url, init as RequestInit);
        inits.push(init);
        return answer(url, init as never);
      }) as never,
    });
    const send = () => bot.client.rest.post(`${bot.channel}/typing`);
    // A value, a thenable, one that throws, one whose response is odd, and another agent.
    await send();
    answer = () => ({ then: (resolve: (value: unknown) => void) => resolve(ok()) });
    await send();
    answer = () => {
      throw new TypeError('planted');
    };
    await expect(send()).rejects.toThrow('planted');
    answer = async () => ({
      ...ok(),
      headers: new Headers(),
      get status() {
        return Number('204');
      },
    });
    await send();
    const agent = {} as never;
    bot.client.rest.setAgent(agent);
    answer = async (_, init) => {
      replies.push((init as { dispatcher: unknown }).dispatcher);
      return ok();
    };
    await send();
    expect(replies).toEqual([agent]);
    expect(bot.calls.map(({ attempts, error }) => [attempts, error])).toEqual([
      [1, undefined],
      [1, undefined],
      [1, 'TypeError'],
      [1, undefined],
      [1, undefined],
    ]);
    // What is passed is as it was: nothing of ours is on it.
    for (const init of inits) {
      expect(Reflect.ownKeys(init)).toEqual(['body', 'headers', 'method', 'dispatcher', 'signal']);
    }
    // Replaced later, it is not seen any more.
    bot.client.rest.options.makeRequest = async () => ok() as never;
    await send();
    expect(bot.calls.at(-1)).toMatchObject({ attempts: 0, status: 204, route: 'POST /channels/:id/typing' });
  });

  test('resolves and rejects with the same, also what nobody handles', async () => {
    const response = { status: 204, ok: true, headers: new Headers() };
    const error = new RangeError('planted');
    let fails = false;
    await using bot = await startWatched({
      makeRequest: (async (url: string, init: object) => {
        if (!url.includes('/typing')) return fetch(url, init as RequestInit);
        if (fails) throw error;
        return response;
      }) as never,
    });
    const request = { fullRoute: `${bot.channel}/typing`, method: 'POST' } as never;
    expect(await bot.client.rest.queueRequest(request)).toBe(response);
    fails = true;
    await expect(bot.client.rest.queueRequest(request)).rejects.toBe(error);
    const unhandled = Promise.withResolvers<unknown>();
    const before = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').once('unhandledRejection', unhandled.resolve);
    void bot.client.rest.queueRequest(request);
    expect(await unhandled.promise).toBe(error);
    for (const listener of before) process.on('unhandledRejection', listener);
    await expect(bot.client.rest.queueRequest(undefined as never)).rejects.toThrow(TypeError);
    await expect(bot.client.rest.queueRequest({ fullRoute: 5 } as never)).rejects.toThrow(TypeError);
    expect(bot.calls).toHaveLength(3);
  });

  test('shows where the bot made a request that failed', async () => {
    await using bot = await startWatched();
    async function commandOfTheBot() {
      await bot.client.rest.get('/channels/1573640915195527168');
    }
    const functionsOf = async () => {
      const { stack } = (await commandOfTheBot().catch((error) => error)) as Error;
      const lines = stack!.split('\n').map((line) => line.replace(/\(.*/, ''));
      return lines.slice(
        0,
        lines.findIndex((line) => line.includes('functionsOf')),
      );
    };
    const watched = await functionsOf();
    bot.watch[Symbol.dispose]();
    expect(watched).toEqual(await functionsOf());
    expect(watched.join()).toContain('commandOfTheBot');
  });

  test('is left while requests are under way, which go on', async () => {
    await using bot = await startWatched();
    bot.discord.fault({ method: 'POST', path: bot.messages, status: 429, retryAfterMs: 200 });
    const all = Promise.all([bot.say('a'), bot.say('b')]);
    await expect.poll(() => bot.watch.live()[0]?.limitedForMs).toBeGreaterThan(0);
    bot.watch[Symbol.dispose]();
    const next = new RestWatch(NOBODY);
    const collector = new Collector();
    next.observe(collector);
    next.start(bot.client.rest);
    await all;
    expect(bot.discord.botMessages().map(({ content }) => content)).toEqual(['a', 'b']);
    expect(bot.calls).toEqual([]);
    await bot.say('c');
    expect(collector.calls).toMatchObject([{ attempts: 1, status: 200 }]);
    next[Symbol.dispose]();
  });
});

describe('an observer', () => {
  test('is told in the context of who makes the request, and runs each attempt', async () => {
    const context = new AsyncLocalStorage<string>();
    const attempts = new AsyncLocalStorage<number>();
    const told: string[] = [];
    await using bot = await startWatched({
      makeRequest: (url, init) => {
        if (url.endsWith('/messages')) told.push(`sent in ${context.getStore()} ${attempts.getStore()}`);
        return fetch(url, init as never) as never;
      },
    });
    const observer: RestObserver = {
      begun: (call) => void told.push(`begun ${context.getStore()} ${call.method}`),
      around: (call, attempt, run) => {
        told.push(`attempt ${attempt} ${call.route}`);
        return attempts.run(attempt, run);
      },
      responded: (_, status, limit) => void told.push(`responded ${status} ${limit}`),
      ended: (call) => void told.push(`ended ${call.status}`),
    };
    const watching = bot.watch.observe(observer);
    const second = bot.watch.observe({
      around: (_call, attempt, run) => {
        told.push(`outer ${attempt}`);
        return run();
      },
    });
    bot.discord.fault({ method: 'POST', path: bot.messages, status: 429, retryAfterMs: 50, scope: 'shared' });
    await context.run('of a command', () => bot.say('a'));
    expect(told).toEqual([
      'begun of a command POST',
      'outer 1',
      'attempt 1 POST /channels/:id/messages',
      'sent in of a command 1',
      'responded 429 shared',
      'outer 2',
      'attempt 2 POST /channels/:id/messages',
      'sent in of a command 2',
      'responded 200 undefined',
      'ended 200',
    ]);
    watching[Symbol.dispose]();
    second[Symbol.dispose]();
    told.length = 0;
    await bot.say('b');
    expect(told).toEqual(['sent in undefined undefined']);
  });

  test('may come and go while requests are under way', async () => {
    await using bot = await startWatched();
    bot.discord.fault({ method: 'POST', path: bot.messages, delayMs: 100 });
    const said = bot.say('a');
    const ended: RestCall[] = [];
    const watching = bot.watch.observe({
      ended(call) {
        ended.push(call);
        watching[Symbol.dispose]();
      },
    });
    await said;
    await bot.say('b');
    expect(ended).toEqual([bot.calls[0]]);
    expect(bot.calls).toHaveLength(2);
  });

  test('is not left with what is secret', async () => {
    await using bot = await startWatched();
    const tokens: unknown[] = [];
    bot.watch.observe({ begun: (call) => void tokens.push(call.token) });
    const route = '/webhooks/1573640915195527168/very-secret-token/messages/@original';
    await bot.client.rest.patch(route, { auth: false, body: {} }).catch(() => undefined);
    expect(tokens).toEqual(['very-secret-token']);
    expect(JSON.stringify(bot.calls)).not.toContain('secret');
    expect(JSON.stringify(bot.calls)).not.toContain(bot.discord.token);
    expect(bot.calls[0]!.route).toBe('PATCH /webhooks/:id/:token/messages/@original');
  });
});
