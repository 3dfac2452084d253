import { Client, Events, GatewayIntentBits, type Message, type PartialMessage } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from './connect.ts';
import { StandIn } from './standin.ts';

const { Guilds, GuildMembers, GuildMessages, GuildPresences, MessageContent } = GatewayIntentBits;

/** The next time the client emits this. */
function next(client: Client, event: string): Promise<unknown> {
  return new Promise((resolve) => void client.once(event as Events.Debug, resolve));
}

/** Collects the messages a client hears. */
function heard(client: Client): Message[] {
  const messages: Message[] = [];
  client.on(Events.MessageCreate, (message) => messages.push(message));
  return messages;
}

describe('login', () => {
  it('brings the guilds with their channels, roles and the bot itself', async () => {
    await using discord = await StandIn.start({
      guilds: [{ name: 'Home', channels: ['hall'] }, {}],
      users: 3,
    });
    await using client = await connect(discord, { intents: [Guilds] });
    expect(client.user.id).toBe(discord.bot.id);
    expect(client.guilds.cache.map((guild) => guild.name)).toEqual(['Home', 'guild2']);
    const home = client.guilds.cache.first()!;
    expect(home.channels.cache.map((channel) => channel.name)).toEqual(['hall', 'lounge']);
    expect(home.roles.cache.map((role) => role.name)).toEqual(['@everyone', 'moderator', 'bot']);
    expect(home.memberCount).toBe(5);
    // Without the presence intent, only the bot.
    expect(home.members.cache.map((member) => member.id)).toEqual([client.user.id]);
    expect(home.members.me?.permissions.has('Administrator')).toBe(true);
    expect(Date.now() - client.channels.cache.first()!.createdTimestamp!).toBeLessThan(60_000);
  });

  it('sends the members along with the presence intent', async () => {
    await using discord = await StandIn.start({ users: ['alice'] });
    await using client = await connect(discord, { intents: [Guilds, GuildPresences] });
    const names = client.guilds.cache.first()!.members.cache.map((member) => member.user.username);
    expect(names.sort()).toEqual(['alice', 'bot', 'owner']);
  });

  it('refuses a wrong token, at the REST API and at the gateway', async () => {
    await using discord = await StandIn.start();
    await using client = new Client({ intents: [], ...discord.clientOptions });
    await expect(client.login('wrong')).rejects.toThrow(/invalid token/i);
    expect(await closeCode(discord, { op: 2, d: { token: 'wrong', intents: 0, properties: {} } })).toBe(4004);
  });

  it('refuses intents that are switched off, frames before the login, and bad shards', async () => {
    await using discord = await StandIn.start({ disallowedIntents: MessageContent });
    await expect(connect(discord, { intents: [MessageContent] })).rejects.toThrow(/disallowed intents/i);
    expect(await closeCode(discord, { op: 8, d: {} })).toBe(4003);
    expect(await closeCode(discord, { op: 2, d: { token: discord.token, intents: 0, shard: [2, 2] } })).toBe(
      4010,
    );
    expect(await closeCode(discord, { op: 6, d: { token: 'wrong', session_id: 'x', seq: 0 } })).toBe(4004);
    expect(await closeCode(discord, 'no JSON')).toBe(4002);
  });

  it('answers heartbeats', async () => {
    await using discord = await StandIn.start({ heartbeatIntervalMs: 20 });
    await using client = await connect(discord, { intents: [] });
    await new Promise<void>((resolve) => {
      client.on(Events.Debug, (line) => {
        if (line.includes('Heartbeat acknowledged')) resolve();
      });
    });
    expect(discord.gateway.heartbeats).toBeGreaterThan(0);
    expect(client.ws.ping).toBeGreaterThanOrEqual(0);
  });
});

describe('intents', () => {
  it('lets only the asked-for events through', async () => {
    await using discord = await StandIn.start();
    await using deaf = await connect(discord, { intents: [Guilds] });
    await using listening = await connect(discord, { intents: [Guilds, GuildMessages] });
    const unheard = heard(deaf);
    const message = next(listening, Events.MessageCreate);
    await discord.user('alice').says('hello');
    await message;
    // A marker both receive: whatever came before it has arrived.
    const markers = [next(deaf, Events.ChannelUpdate), next(listening, Events.ChannelUpdate)];
    discord.dispatch('CHANNEL_UPDATE', discord.channel(), discord.guilds[0]!.id);
    await Promise.all(markers);
    expect(unheard).toEqual([]);
  });

  it('hides what people write without the content intent, unless it concerns the bot', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord, {
      intents: [Guilds, GuildMessages, GatewayIntentBits.DirectMessages],
      partials: [1],
    });
    const messages = heard(client);
    const alice = discord.user('alice');
    await alice.says('secret', { files: [{ filename: 'a.txt', bytes: 'a' }] });
    await alice.says(`<@${discord.bot.id}> read this`);
    await alice.in('dm').says('between us');
    await (client.channels.cache.get(discord.channel().id) as { send(text: string): Promise<unknown> }).send(
      'mine',
    );
    await discord.until(() => messages.length === 4, 'four messages');
    expect(messages.map((message) => message.content)).toEqual([
      '',
      `<@${discord.bot.id}> read this`,
      'between us',
      'mine',
    ]);
    expect(messages[0]!.attachments.size).toBe(0);
  });
});

describe('broken connections', () => {
  it('resumes after a drop and replays what was missed, in order', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const messages = heard(client);
    discord.gateway.drop();
    await discord.until(() => !discord.gateway.sessions[0]!.connected, 'the drop');
    for (const text of ['one', 'two', 'three']) await discord.user('alice').says(text);
    await next(client, Events.ShardResume);
    expect(messages.map((message) => message.content)).toEqual(['one', 'two', 'three']);
    expect([discord.gateway.identifies, discord.gateway.resumes]).toEqual([1, 1]);
  });

  it('resumes after op 7, a resumable op 9 and a resumable close', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const { gateway } = discord;
    for (const disturb of [
      () => gateway.reconnect(),
      () => gateway.invalidate(true),
      () => gateway.close(4000),
    ]) {
      const resumed = next(client, Events.ShardResume);
      disturb();
      await resumed;
    }
    expect([discord.gateway.identifies, discord.gateway.resumes]).toEqual([1, 3]);
  });

  it('logs in anew after op 9', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const ready = next(client, Events.ShardReady);
    discord.gateway.invalidate();
    await ready;
    expect([discord.gateway.identifies, discord.gateway.resumes]).toEqual([2, 0]);
    await discord.user('alice').says('still there?');
    expect(client.ws.status).toBe(0);
  });

  it('ends the session when the client says goodbye', async () => {
    await using discord = await StandIn.start();
    const client = await connect(discord);
    await client.destroy();
    await discord.until(() => discord.gateway.sessions.length === 0, 'the end of the session');
    await expect(discord.owner.in('dm').says('anyone?')).resolves.toBeDefined();
  });
});

describe('shards', () => {
  it('spreads guilds by their ids and sends direct messages to shard 0', async () => {
    await using discord = await StandIn.start({ guilds: 5, shards: 2 });
    const options = (shard: number) => ({ shards: [shard], shardCount: 2, partials: [1] });
    await using zero = await connect(discord, options(0));
    await using one = await connect(discord, options(1));
    expect(zero.guilds.cache.map((guild) => guild.name)).toEqual(['guild1', 'guild3', 'guild5']);
    expect(one.guilds.cache.map((guild) => guild.name)).toEqual(['guild2', 'guild4']);
    const [here, there] = [heard(zero), heard(one)];
    await discord.user('alice').says('to one', { in: 'guild2' });
    await discord.user('alice').says('to zero', { in: 'dm' });
    await discord.until(() => here.length + there.length === 2, 'both messages');
    expect([here, there].map((list) => list.map((message) => message.content))).toEqual([
      ['to zero'],
      ['to one'],
    ]);
  });

  it('lets one client hold all shards', async () => {
    await using discord = await StandIn.start({ guilds: 4, shards: 4 });
    await using client = await connect(discord, { shards: 'auto' });
    expect(client.ws.shards.size).toBe(4);
    expect(client.guilds.cache.map((guild) => guild.shardId).sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('members and guilds', () => {
  it('sends the member list in chunks', async () => {
    await using discord = await StandIn.start({ users: 2_500 });
    await using client = await connect(discord, { intents: [Guilds, GuildMembers] });
    const guild = client.guilds.cache.first()!;
    const members = await guild.members.fetch();
    expect(members.size).toBe(2_502);
    const { id } = discord.user('user7');
    expect((await guild.members.fetch({ user: [id] })).map((member) => member.id)).toEqual([id]);
    expect((await guild.members.fetch({ query: 'user24', limit: 3 })).size).toBe(3);
  });

  it('tells of people who join, leave, react, edit, delete and type', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const seen: string[] = [];
    client.on(Events.GuildMemberAdd, (member) => seen.push(`+${member.user.username}`));
    client.on(Events.GuildMemberRemove, (member) => seen.push(`-${member.user.username}`));
    client.on(Events.MessageReactionAdd, (reaction, user) =>
      seen.push(`${user.username} ${reaction.emoji.name}`),
    );
    client.on(Events.MessageReactionRemove, (reaction) => seen.push(`no ${reaction.emoji.name}`));
    client.on(Events.MessageUpdate, (_, message) => seen.push(`edit ${message.content}`));
    client.on(Events.MessageDelete, (message: Message | PartialMessage) =>
      seen.push(`delete ${message.content}`),
    );
    client.on(Events.TypingStart, (typing) => seen.push(`typing ${typing.user.username}`));
    const bob = discord.user('bob');
    await bob.joins();
    const message = await bob.says('hi');
    await discord.owner.reacts(message, '👍');
    await discord.owner.unreacts(message, '👍');
    await bob.edits(message, 'hello');
    await bob.deletes(message);
    await bob.startsTyping();
    await bob.leaves();
    await discord.until(() => seen.length === 7, 'seven events');
    expect(seen).toEqual(['+bob', 'owner 👍', 'no 👍', 'edit hello', 'delete hello', 'typing bob', '-bob']);
  });

  it('adds and removes guilds', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const created = next(client, Events.GuildCreate);
    const guild = discord.addGuild({ name: 'new' });
    await created;
    expect(client.guilds.cache.get(guild.id)?.name).toBe('new');
    const gone = next(client, Events.GuildDelete);
    discord.removeGuild(guild);
    await gone;
    expect(client.guilds.cache.size).toBe(1);
  });

  it('dispatches anything raw', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord, { intents: [Guilds, GatewayIntentBits.GuildInvites] });
    const raw = next(client, Events.Raw);
    discord.dispatch('INVITE_DELETE', { code: 'x', channel_id: '1' }, discord.guilds[0]!.id);
    expect(await raw).toMatchObject({ t: 'INVITE_DELETE', d: { code: 'x' } });
  });
});

/** Sends one frame by hand and returns the code the gateway closes with. */
async function closeCode(discord: StandIn, frame: unknown): Promise<number> {
  const socket = new WebSocket(discord.restUrl.replace('http', 'ws'));
  const closed = new Promise<number>((resolve) => void socket.once('close', resolve));
  await new Promise((resolve) => void socket.once('open', resolve));
  socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return closed;
}
