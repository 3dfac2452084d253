import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, type Shard, ShardingManager } from 'discord.js';
import { describe, expect, test } from 'vitest';
import type { ProfilerOptions } from '../src/index.ts';
import { nodeSqlite } from '../src/store/node-sqlite.ts';
import { temporaryFolder } from './fixtures/folder.ts';
import { idsIn } from './fixtures/ids.ts';
import { HAS_REDIS, Redis } from './fixtures/redis.ts';
import type { ShardActs } from './fixtures/shard-bot.ts';
import { StandIn } from './standin/standin.ts';

const BOT = fileURLToPath(new URL('./fixtures/shard-bot.ts', import.meta.url));
const QUIET = ['--disable-warning=ExperimentalWarning'];
const START_WITHIN_MS = 30_000;
const COUNTS_USERS = { attach: 'commands', heavyHitters: ['user'] } as const;

type Answer<Act extends keyof ShardActs> = Awaited<ReturnType<ShardActs[Act]>>;
type Ask = <Act extends keyof ShardActs>(
  shard: number,
  act: Act,
  ...argument: Parameters<ShardActs[Act]>
) => Promise<Answer<Act>>;
interface Bot extends AsyncDisposable {
  readonly count: number;
  readonly ask: Ask;
}

/** A bot under a ShardingManager, which is told what to do by it. */
async function startManaged(
  discord: StandIn,
  { mode, count, profiler }: { mode: 'process' | 'worker'; count: number; profiler: ProfilerOptions },
): Promise<Bot & { shard(id: number): Shard }> {
  process.env['SHARD_BOT'] = JSON.stringify({ api: discord.restUrl, profiler });
  const manager = new ShardingManager(BOT, {
    token: discord.token,
    mode,
    totalShards: count,
    shardList: Array.from({ length: count }, (_, shard) => shard),
    respawn: false,
    execArgv: QUIET,
  });
  // All at once: `manager.spawn` waits for each to be ready before it starts the next one.
  await Promise.all(
    (manager.shardList as number[]).map((shard) => manager.createShard(shard).spawn(START_WITHIN_MS)),
  );
  const ask: Ask = (shard, act, ...argument) =>
    manager.broadcastEval(
      (client: Client, context) =>
        (client as never as { act(name: string, argument: unknown): never }).act(
          context.act,
          context.argument,
        ),
      { shard, context: { act, argument: argument[0] ?? null } },
    ) as never;
  await Promise.all(manager.shards.map((_, shard) => ask(shard, 'ready')));
  return {
    count,
    ask,
    shard: (id) => manager.shards.get(id)!,
    async [Symbol.asyncDispose]() {
      // Those that are gone cannot be killed again.
      for (const shard of manager.shards.values()) if (shard.process ?? shard.worker) shard.kill();
    },
  };
}

/** Processes that know nothing of each other, as on several machines. */
async function startAlone(
  discord: StandIn,
  { count, profiler }: { count: number; profiler: ProfilerOptions },
): Promise<Bot & { process(id: number): ChildProcess }> {
  const children = Array.from({ length: count }, (_, shard) =>
    fork(BOT, {
      execArgv: QUIET,
      // Without what a ShardingManager leaves in the environment.
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        SHARD_BOT: JSON.stringify({ api: discord.restUrl, profiler, shard, shardCount: count }),
        DISCORD_TOKEN: discord.token,
      },
    }),
  );
  const ask: Ask = async (shard, act, ...argument) => {
    const child = children[shard]!;
    const answered = once(child, 'message');
    child.send({ act, argument: argument[0] });
    const [{ answer, error }] = await answered;
    if (error !== undefined) throw new Error(`Shard ${shard} cannot ${act}: ${error}`);
    return answer;
  };
  await Promise.all(children.map((_, shard) => ask(shard, 'ready')));
  return {
    count,
    ask,
    process: (id) => children[id]!,
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function startDiscord(shards: number): Promise<StandIn> {
  return StandIn.start({ shards, guilds: shards * 2, users: 4, waitMs: 20_000 });
}

/** Everybody runs each command in each guild, so many times, until the last has ended. */
async function use(discord: StandIn, { count, ask }: Bot, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await Promise.all(
      discord.guilds.flatMap((guild) =>
        ['ping', 'pong'].map(async (name) => {
          const run = await discord.users[time % discord.users.length]!.in(guild).runs(name);
          await run.reply();
        }),
      ),
    );
  }
  for (let shard = 0; shard < count; shard++) await ask(shard, 'idle');
}

function served(discord: StandIn): Record<string, number> {
  const { ping = 0, pong = 0 } = discord.served.interactions;
  return { ping, pong };
}

/** The ids in the values of each shard, and in what is beside them. */
async function idsByShard(discord: StandIn, path: string): Promise<Record<string, Set<string>>> {
  const found: Record<string, Set<string>> = {};
  const database = new (nodeSqlite().DatabaseSync)(join(path, `cogscope-${discord.bot.id}.sqlite`), {
    readOnly: true,
  });
  for (const { key, value } of database.prepare('SELECT key, value FROM entries').all()) {
    const [, , , shard] = String(key).split(':') as [string, string, string, string];
    found[shard] = new Set([...(found[shard] ?? []), ...(await idsIn(String(value)))]);
  }
  database.close();
  return found;
}

describe.each(['process', 'worker'] as const)('shards in a %s each, under a ShardingManager', (mode) => {
  test('are shown as one, and do what one of them is told', async () => {
    await using discord = await startDiscord(3);
    using folder = temporaryFolder();
    await using bot = await startManaged(discord, { mode, count: 3, profiler: { profileDir: folder.path } });
    await bot.ask(1, 'attach', 'commands');
    await expect.poll(() => bot.ask(2, 'tracked'), { timeout: 10_000 }).toEqual(['ping', 'pong']);
    await expect.poll(() => bot.ask(0, 'tracked'), { timeout: 10_000 }).toEqual(['ping', 'pong']);
    await use(discord, bot, 3);
    for (const shard of [0, 1, 2]) {
      expect(await bot.ask(shard, 'summary', 'target')).toMatchObject({
        counts: served(discord),
        missingShards: [],
      });
    }
    expect(await bot.ask(0, 'summary', 'shard')).toMatchObject({
      counts: { 'shard 0': 12, 'shard 1': 12, 'shard 2': 12 },
    });
    expect(await bot.ask(1, 'deadlines')).toEqual({
      acknowledged: served(discord),
      isMeasured: true,
      isFromBefore: true,
      missingShards: [],
    });
    const { ping = 0, pong = 0 } = served(discord);
    expect(await bot.ask(1, 'rest')).toEqual({
      callbacks: ping + pong,
      owners: { ping, pong },
      processes: [0, 1, 2],
      missingShards: [],
    });
    await bot.ask(0, 'forget', 'pong');
    expect((await bot.ask(2, 'rest')).owners).toEqual({ ping });
    expect((await bot.ask(2, 'deadlines')).acknowledged).toEqual({ ping: served(discord)['ping'] });
    await bot.ask(0, 'ignore', 'pong');
    await expect.poll(() => bot.ask(2, 'tracked'), { timeout: 10_000 }).toEqual(['ping']);
    await bot.ask(2, 'clear');
    expect((await bot.ask(0, 'deadlines')).acknowledged).toEqual({});
    expect((await bot.ask(0, 'rest')).owners).toEqual({});
    await expect
      .poll(async () => (await bot.ask(0, 'summary', 'target')).counts, { timeout: 10_000 })
      .toEqual({ ping: 0 });
    await bot.ask(2, 'detach', 'all');
    for (const shard of [0, 1, 2]) {
      await expect.poll(() => bot.ask(shard, 'tracked'), { timeout: 10_000 }).toEqual([]);
    }
    // discord.js throws where a shard is killed while it waits for an answer: what they tell each other has to be over.
    for (const shard of [0, 1, 2]) await bot.ask(shard, 'summary', 'target');
  }, 60_000);
});

describe.each(['process', 'worker'] as const)('one target of shards in a %s each', (mode) => {
  test('is told with what each of them knows', async () => {
    await using discord = await startDiscord(2);
    using folder = temporaryFolder();
    await using bot = await startManaged(discord, { mode, count: 2, profiler: { profileDir: folder.path } });
    expect(await bot.ask(0, 'details', 'shop/method/pay')).toBeNull();
    for (const [shard, times] of [3, 5, 2].entries()) await bot.ask(shard % 2, 'buy', times);
    const details = (await bot.ask(1, 'details', 'shop/method/pay'))!;
    expect(details).toMatchObject({
      summary: { missingShards: [], shardsWithoutCalls: [] },
      row: { count: 10, errors: 10, errorKinds: [['RangeError', 10]] },
      inHistory: 10,
      isTracked: true,
      isCalled: true,
      ungroupedErrors: 0,
      callers: { known: [{ targetId: 'shop/method/buy', count: 10 }], others: 0, unknown: 0 },
    });
    expect(details.shards.map(({ name, count }) => [name, count]).sort()).toEqual([
      ['shard 0', 5],
      ['shard 1', 5],
    ]);
    expect(details.latest.map(({ shard }) => shard).sort()).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    const begun = details.latest.map(({ startedAtEpochMs }) => startedAtEpochMs);
    expect(begun).toEqual(begun.toSorted((a, b) => b - a));
    expect(details.failed).toEqual(details.latest.slice(0, 8));
    expect(details.slowest).toHaveLength(8);
    expect(details.lastSeenEpochMs).toBe(details.latest[0]!.startedAtEpochMs);
    expect(details.errorGroups).toEqual([
      expect.objectContaining({
        kind: 'RangeError',
        topFrame: expect.stringMatching(/shard-bot\.ts:\d+:\d+/),
        count: 10,
        lastAtEpochMs: expect.closeTo(details.lastSeenEpochMs!, -2),
      }),
    ]);
    expect(details.location!.file).toBe(BOT);
    expect(await bot.ask(0, 'details', 'shard-bot/command/ping')).toBeNull();
    // Never called: what is no number stays so.
    await bot.ask(0, 'attach', 'ping');
    expect(await bot.ask(1, 'details', 'shard-bot/command/ping')).toMatchObject({
      row: { count: 0 },
      isCalled: false,
      isTracked: true,
      latest: [],
    });
  }, 60_000);
});

test.each(['process', 'worker'] as const)(
  'what is in flight and in memory in shards in a %s each is told of all, and which are missing',
  async (mode) => {
    await using discord = await startDiscord(3);
    using folder = temporaryFolder();
    await using bot = await startManaged(discord, { mode, count: 3, profiler: { profileDir: folder.path } });
    for (const shard of [0, 1, 2]) await bot.ask(shard, 'wait', 30 * shard);
    const { count, targets, calls, pings, missingShards } = await bot.ask(1, 'inFlight', 30);
    expect({ count, missingShards }).toEqual({ count: 90, missingShards: [] });
    expect(targets).toMatchObject([{ targetId: 'shop/method/wait', count: 90, stuck: 0 }]);
    // Of a target each names 20, and 30 of all are asked for.
    expect(calls).toHaveLength(30);
    expect(new Set(calls.map(({ shard }) => shard))).toEqual(new Set([1, 2]));
    const ages = calls.map(({ ageMs }) => ageMs);
    expect(ages).toEqual(ages.toSorted((a, b) => b - a));
    expect(pings.map(({ shard }) => shard)).toEqual([0, 1, 2]);
    const { own, shards, ...memory } = await bot.ask(1, 'memory');
    expect(own.shard).toBe(1);
    expect(shards.map(({ shard }) => shard)).toEqual([0, 1, 2]);
    for (const { usage, trend } of shards) {
      expect(usage.heapUsedBytes).toBeGreaterThan(1e6);
      expect(usage.heapUsedBytes).toBeLessThan(usage.heapLimitBytes);
      expect(trend.length).toBeGreaterThan(0);
    }
    expect(memory.missingShards).toEqual([]);
    bot.shard(2).kill();
    expect(await bot.ask(0, 'inFlight', 5)).toMatchObject({ count: 30, missingShards: [2] });
    expect(await bot.ask(0, 'memory')).toMatchObject({ missingShards: [2] });
  },
  60_000,
);
describe.each(['process', 'worker'] as const)('the CPU of shards in a %s each', (mode) => {
  test('is recorded at the same time, as one; what is missing is said', async () => {
    await using discord = await StandIn.start();
    await using managed = await startManaged(discord, { mode, count: 3, profiler: {} });
    expect(await managed.ask(2, 'recordAlone')).toBe(true);
    const all = await managed.ask(0, 'record');
    expect(all).toMatchObject({ startedBy: 'ada', shards: [0, 1], mergedFrom: ['1', '2'], kept: 3 });
    expect(all.threads).toEqual(['main', 'main']);
    expect(all.running).toBeGreaterThan(0);
    expect(all.notes).toEqual([
      expect.stringMatching(
        /^There is nothing of shard 2: One recording at a time: grace has been recording/,
      ),
    ]);
  }, 120_000);
});

test('of a shard that is gone, what it saved is told without its single calls', async () => {
  await using discord = await startDiscord(3);
  using folder = temporaryFolder();
  const profiler = { profileDir: folder.path, save: true };
  await using bot = await startManaged(discord, { mode: 'process', count: 3, profiler });
  for (const shard of [0, 1, 2]) await bot.ask(shard, 'buy', shard + 1);
  await bot.ask(1, 'flush');
  await bot.ask(0, 'flush');
  bot.shard(1).kill();
  const details = (await bot.ask(0, 'details', 'shop/method/pay'))!;
  expect(details).toMatchObject({
    summary: { missingShards: [], shardsWithoutCalls: [1] },
    row: { count: 6 },
    inHistory: 6,
    callers: { known: [{ targetId: 'shop/method/buy', count: 4 }] },
  });
  expect(details.distribution.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  expect(details.latest.map(({ shard }) => shard).sort()).toEqual([0, 2, 2, 2]);
  await bot.ask(2, 'forget', 'shop/method/pay');
  await expect
    .poll(async () => (await bot.ask(0, 'details', 'shop/method/pay'))!.row.count, { timeout: 10_000 })
    .toBe(0);
}, 60_000);

/** Each waits for most of its time: for what does not answer, and until others look at the store. */
describe.concurrent('between processes', () => {
  test('a shard that hangs, and one that is gone, are said to be missing', async ({ expect }) => {
    await using discord = await startDiscord(3);
    using folder = temporaryFolder();
    const profiler = { profileDir: folder.path, attach: 'commands' };
    await using bot = await startManaged(discord, { mode: 'process', count: 3, profiler });
    await use(discord, bot, 1);
    bot.shard(2).kill();
    const hanging = bot.ask(1, 'hang');
    const { counts, missingShards } = await bot.ask(0, 'summary', 'target');
    expect(missingShards).toEqual([1, 2]);
    expect(counts).toEqual({ ping: 2, pong: 2 });
    await hanging;
    expect(await bot.ask(0, 'deadlines')).toMatchObject({
      acknowledged: { ping: 4, pong: 4 },
      missingShards: [2],
    });
    expect((await bot.ask(0, 'rest')).missingShards).toEqual([2]);
    expect((await bot.ask(0, 'summary', 'target')).missingShards).toEqual([2]);
  }, 60_000);

  test('the id of a user is erased by processes that know of each other through the store alone', async ({
    expect,
  }) => {
    await using discord = await startDiscord(2);
    using folder = temporaryFolder();
    const options = { ...COUNTS_USERS, save: true, profileDir: folder.path };
    await using bot = await startAlone(discord, { count: 2, profiler: options });
    await use(discord, bot, 4);
    for (const shard of [0, 1]) await bot.ask(shard, 'flush');
    const [first, ...others] = discord.users.map(({ id }) => id);
    await bot.ask(0, 'eraseUser', first!);
    const left = new Set(others);
    expect(await idsByShard(discord, folder.path)).toEqual({ 0: left, 1: left, settings: new Set() });
    expect(await bot.ask(1, 'heaviest', 'user')).toEqual(others.sort());
  }, 60_000);
});

test('calls are kept as they went on all shards, by one word of one', async () => {
  await using discord = await startDiscord(2);
  using folder = temporaryFolder();
  await using bot = await startManaged(discord, {
    mode: 'process',
    count: 2,
    profiler: { profileDir: folder.path },
  });
  const pay = 'shop/method/pay';
  for (const shard of [0, 1]) await bot.ask(shard, 'buy', 1);
  expect(await bot.ask(0, 'verbose', true)).toEqual([pay]);
  expect(await bot.ask(1, 'verboseHere')).toEqual([pay]);
  for (const [shard, times] of [2, 3].entries()) await bot.ask(shard, 'buy', times);
  for (const shard of [0, 1]) {
    expect(await bot.ask(shard, 'traces', pay)).toEqual({
      count: 5,
      shards: [0, 1],
      names: Array(5).fill(pay),
      failed: Array(4).fill('RangeError'),
      missingShards: [],
    });
  }
  expect(await bot.ask(1, 'verbose', false)).toEqual([]);
  expect(await bot.ask(0, 'verboseHere')).toEqual([]);
  await bot.ask(0, 'buy', 1);
  expect((await bot.ask(1, 'traces', pay)).count).toBe(5);
  await bot.ask(1, 'clear');
  expect((await bot.ask(0, 'traces', pay)).count).toBe(0);
  for (const shard of [0, 1]) await bot.ask(shard, 'summary', 'target');
}, 60_000);

describe('the id of a user who was on both of two shards', () => {
  test('is erased by one for both, in memory alone and in a store', async () => {
    await using discord = await startDiscord(2);
    using folder = temporaryFolder();
    for (const save of [false, true]) {
      const options = { ...COUNTS_USERS, save, profileDir: folder.path };
      await using bot = await startManaged(discord, { mode: 'process', count: 2, profiler: options });
      await use(discord, bot, 4);
      const [first, ...others] = discord.users.map(({ id }) => id);
      for (const shard of [0, 1]) {
        await bot.ask(shard, 'flush');
        expect(await bot.ask(shard, 'heaviest', 'user')).toEqual([first!, ...others].sort());
      }
      const before = await bot.ask(0, 'summary', 'target');
      await bot.ask(0, 'eraseUser', first!);
      for (const shard of [0, 1]) {
        expect(await bot.ask(shard, 'heaviest', 'user')).toEqual(others.sort());
        expect(await bot.ask(shard, 'summary', 'target')).toEqual(before);
      }
      if (!save) continue;
      const left = new Set(others);
      expect(await idsByShard(discord, folder.path)).toEqual({ 0: left, 1: left, settings: new Set() });
    }
  }, 60_000);

  test('is taken out of the values of one that does not run any more', async () => {
    await using discord = await startDiscord(2);
    using folder = temporaryFolder();
    const options = { ...COUNTS_USERS, save: true, profileDir: folder.path };
    await using bot = await startManaged(discord, { mode: 'process', count: 2, profiler: options });
    await use(discord, bot, 4);
    for (const shard of [0, 1]) await bot.ask(shard, 'flush');
    const [first, ...others] = discord.users.map(({ id }) => id);
    const gone = once(bot.shard(1).process!, 'exit');
    bot.shard(1).kill();
    // Until then it may hear of the wish, and do its part.
    await gone;
    await bot.ask(0, 'eraseUser', first!);
    const left = new Set(others);
    // It may be cut off only, and is told when it is back: so long the wish itself is kept.
    expect(await idsByShard(discord, folder.path)).toEqual({ 0: left, 1: left, settings: new Set([first]) });
    // So is what was left by more shards than there are now.
    await bot.ask(0, 'destroy');
    await using fewer = await startManaged(discord, { mode: 'process', count: 1, profiler: options });
    await fewer.ask(0, 'eraseUser', others[0]!);
    const fewest = new Set(others.slice(1));
    expect(await idsByShard(discord, folder.path)).toEqual({ 0: fewest, 1: fewest, settings: new Set() });
  }, 60_000);
});

describe.skipIf(!HAS_REDIS)('shards that share a Redis, and nothing else (needs redis-server)', () => {
  test('16 of them under load: the merged counts are those that Discord served', async () => {
    const count = 16;
    await using redis = await Redis.start();
    await using discord = await startDiscord(count);
    const profiler = { store: redis.url, save: true, attach: 'commands' };
    await using bot = await startAlone(discord, { count, profiler });
    await use(discord, bot, 6);
    await Promise.all(Array.from({ length: count }, (_, shard) => bot.ask(shard, 'flush')));
    for (const shard of [0, 7, 15]) {
      expect(await bot.ask(shard, 'summary', 'target')).toEqual({
        counts: served(discord),
        missingShards: [],
      });
    }
    // What is killed has written what it had.
    bot.process(3).kill('SIGKILL');
    await once(bot.process(3), 'exit');
    expect((await bot.ask(5, 'summary', 'target')).counts).toEqual(served(discord));
    // Rules reach the others through the store.
    await bot.ask(5, 'ignore', 'pong');
    await bot.ask(5, 'flush');
    await bot.ask(9, 'flush');
    expect(await bot.ask(9, 'tracked')).toEqual(['ping']);
  }, 120_000);
});
