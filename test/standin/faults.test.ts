import { Events } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import { StandIn } from './standin.ts';

const PATH = /\/messages$/;

describe('faults', () => {
  it('answer with a status as often as told, and discord.js tries again', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const fault = discord.fault({ method: 'POST', path: PATH, status: 500, times: 2 });
    await say(client, discord, 'hello');
    expect(fault.hits).toBe(2);
    expect(discord.requests.filter((one) => one.method === 'POST').map((one) => one.status)).toEqual([
      500, 500, 200,
    ]);
  });

  it('answer with a code and its status', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    discord.fault({ path: PATH, code: 50013 });
    await expect(say(client, discord, 'a')).rejects.toMatchObject({ code: 50013, status: 403 });
    discord.fault({ path: '/channels', code: 50001, message: 'Not here' });
    await expect(say(client, discord, 'b')).rejects.toMatchObject({ code: 50001, message: 'Not here' });
    await say(client, discord, 'c');
  });

  it.each(['user', 'global', 'shared'] as const)('limit the rate: %s', async (scope) => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const limits: boolean[] = [];
    client.rest.on('rateLimited', (info) => limits.push(info.global));
    discord.fault({ path: PATH, status: 429, retryAfterMs: 30, scope });
    await say(client, discord, 'hello');
    const posts = discord.requests.filter((one) => one.method === 'POST');
    expect(posts.map((one) => one.status)).toEqual([429, 200]);
    expect(posts[0]!.response).toMatchObject({ retry_after: 0.03, global: scope === 'global' });
    expect(limits).toEqual([scope === 'global']);
  });

  it('limit some requests of a bucket, and not the others', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const path = `/channels/${discord.channel().id}`;
    discord.fault({ method: 'PATCH', path, status: 429, retryAfterMs: 300, remaining: 4 });
    const done: string[] = [];
    const edit = async (what: string, body: object) => {
      await client.rest.patch(path as `/${string}`, { body });
      done.push(what);
    };
    await Promise.all([
      edit('name', { name: 'a' }),
      edit('topic', { topic: 'b' }),
      edit('slow', { rate_limit_per_user: 1 }),
    ]);
    expect(done).toEqual(['slow', 'name', 'topic']);
  });

  it('limit the rate with a real bucket, which discord.js keeps to', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    discord.rateLimit({ method: 'POST', path: PATH, limit: 2, windowMs: 100 });
    await Promise.all(['1', '2', '3', '4', '5'].map((text) => say(client, discord, text)));
    expect(discord.botMessages().map((message) => message.content)).toEqual(['1', '2', '3', '4', '5']);
    const posts = discord.requests.filter((one) => one.method === 'POST');
    expect(posts.filter((one) => one.status === 200)).toHaveLength(5);
    expect(posts.at(-1)!.atEpochMs - posts[0]!.atEpochMs).toBeGreaterThanOrEqual(150);
  });

  it('cut the connection before the request is served, or lose only its answer', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    discord.fault({ method: 'POST', path: PATH, reset: 'before' });
    await say(client, discord, 'once');
    expect(discord.botMessages()).toHaveLength(1);
    discord.fault({ method: 'POST', path: PATH, reset: 'after' });
    await say(client, discord, 'twice');
    expect(discord.botMessages().map((message) => message.content)).toEqual(['once', 'twice', 'twice']);
    expect(discord.requests.map((one) => one.status)).toEqual([200, 0, 200, 0, 200]);
  });

  it('delay, or are removed', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    discord.fault({ path: PATH, delayMs: 50 });
    const startedAtMs = performance.now();
    await say(client, discord, 'slow');
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(45);
    const fault = discord.fault({ path: PATH, status: 403, times: 100 });
    await expect(say(client, discord, 'a')).rejects.toMatchObject({ status: 403 });
    fault.remove();
    await say(client, discord, 'b');
    discord.fault({ path: PATH, status: 403, times: 100 });
    discord.heal();
    await say(client, discord, 'c');
  });
});

describe('the stand-in', () => {
  it('is independent of others in the process', async () => {
    await using one = await StandIn.start({ guilds: 1 });
    await using two = await StandIn.start({ guilds: 2 });
    await using first = await connect(one);
    await using second = await connect(two);
    expect([first.guilds.cache.size, second.guilds.cache.size]).toEqual([1, 2]);
    await first.application.commands.create({ name: 'only', description: 'here' });
    await say(first, one, 'only here');
    expect(one.commands()).toHaveLength(1);
    expect(two.commands()).toEqual([]);
    expect(two.botMessages()).toEqual([]);
    expect(two.served.requests).toEqual({ 'GET /gateway/bot': 1 });
    const wrong = await fetch(`${one.restUrl}/v10/users/@me`, {
      headers: { authorization: `Bot ${two.token}` },
    });
    expect(wrong.status).toBe(401);
  });

  it('stops with waits open, which then fail', async () => {
    const discord = await StandIn.start({ heartbeatIntervalMs: 2_500 });
    const client = await connect(discord);
    client.on(Events.ShardError, () => undefined);
    const wait = expect(discord.command('never')).rejects.toThrow('the stand-in was stopped');
    await discord.stop();
    await discord.stop();
    await wait;
    await client.destroy();
    await expect(fetch(discord.restUrl)).rejects.toThrow();
    await expect(discord.command('never')).rejects.toThrow('the stand-in was stopped');
  });

  it('says which route is missing', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    await expect(client.rest.get('/guilds/1/audit-logs')).rejects.toMatchObject({
      status: 404,
      code: 0,
      message: 'The stand-in has no route GET /guilds/1/audit-logs; add it in routes/',
    });
  });

  it('keeps its log bounded', async () => {
    await using discord = await StandIn.start({ keepRequests: 3 });
    for (let count = 0; count < 5; count++) await fetch(`${discord.restUrl}/v10/gateway?n=${count}`);
    expect(discord.requests.map((one) => one.query)).toEqual(['n=2', 'n=3', 'n=4']);
    expect(discord.served.requests).toEqual({ 'GET /gateway': 5 });
  });

  it('carries fifty users at once', async () => {
    await using discord = await StandIn.start({ users: 50 });
    await using client = await connect(discord, {}, (fresh) => {
      fresh.on(Events.InteractionCreate, async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply(`for ${interaction.user.username}`);
      });
    });
    let heard = 0;
    client.on(Events.MessageCreate, (message) => {
      if (!message.author.bot) heard++;
    });
    await client.application.commands.create({ name: 'ping', description: 'pings' });
    const answers = await Promise.all(
      discord.users.map(async (user) => {
        const contents: string[] = [];
        for (let round = 0; round < 20; round++) {
          await user.says(`round ${round}`);
          contents.push((await (await user.runs('ping')).reply()).content);
        }
        return contents;
      }),
    );
    expect(answers.flat().filter((content) => content.startsWith('for user'))).toHaveLength(1_000);
    for (const [index, contents] of answers.entries())
      expect(new Set(contents)).toEqual(new Set([`for user${index + 1}`]));
    await discord.until(() => heard === 1_000, 'all messages');
    expect(discord.served.interactions).toEqual({ ping: 1_000 });
    expect(discord.served.requests['POST /interactions/:id/:token/callback']).toBe(1_000);
  });
});

async function say(
  client: Awaited<ReturnType<typeof connect>>,
  discord: StandIn,
  text: string,
): Promise<void> {
  const channel = client.channels.cache.get(discord.channel().id);
  if (channel?.isSendable()) await channel.send(text);
}
