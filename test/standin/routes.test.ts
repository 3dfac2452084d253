import { Events, Team, type TextChannel, User } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import { StandIn } from './standin.ts';

describe('the application', () => {
  it('belongs to a person', async () => {
    await using discord = await StandIn.start({ owner: 'ada' });
    await using client = await connect(discord);
    const application = await client.application.fetch();
    expect(application.owner).toBeInstanceOf(User);
    expect(application.owner).toMatchObject({ id: discord.owner.id, username: 'ada' });
    expect(client.guilds.cache.first()!.ownerId).toBe(discord.owner.id);
  });

  it('belongs to a team, whose members have roles and may be only invited', async () => {
    const members = ['dev', { name: 'guest', role: 'read_only', state: 'invited' }] as const;
    await using discord = await StandIn.start({ team: { name: 'Crew', members } });
    await using client = await connect(discord);
    const { owner } = await client.application.fetch();
    if (!(owner instanceof Team)) throw new Error('not a team');
    expect([owner.name, owner.ownerId]).toEqual(['Crew', discord.owner.id]);
    expect(owner.members.map((one) => [one.user.username, one.role, one.membershipState])).toEqual([
      ['owner', 'admin', 2],
      ['dev', 'admin', 2],
      ['guest', 'read_only', 1],
    ]);
    expect(owner.members.has(discord.user('dev').id)).toBe(true);
  });
});

describe('guilds, members and channels', () => {
  it('are fetched and changed', async () => {
    await using discord = await StandIn.start({ users: ['alice', 'bob'] });
    await using client = await connect(discord);
    const guild = await client.guilds.fetch({ guild: discord.guilds[0]!.id, force: true });
    const alice = await guild.members.fetch({ user: discord.user('alice').id, force: true });
    expect((await client.users.fetch(alice.id, { force: true })).username).toBe('alice');
    expect((await guild.members.search({ query: 'bo', limit: 5 })).map((one) => one.user.username)).toEqual([
      'bot',
      'bob',
    ]);
    expect((await guild.members.list({ limit: 10 })).size).toBe(4);
    const role = await guild.roles.create({ name: 'dj' });
    expect((await guild.roles.fetch()).has(role.id)).toBe(true);
    expect((await alice.roles.add(role)).roles.cache.has(role.id)).toBe(true);
    expect((await alice.setNickname('Al')).nickname).toBe('Al');
    expect((await alice.timeout(60_000)).isCommunicationDisabled()).toBe(true);
    await alice.roles.remove(role);
    await role.edit({ name: 'mc' });
    await role.delete();
    const channel = (await guild.channels.create({ name: 'new' })) as TextChannel;
    expect((await channel.setTopic('talk')).topic).toBe('talk');
    expect((await guild.channels.fetch()).size).toBe(4);
    await channel.sendTyping();
    await channel.delete();
    await guild.bans.create(alice.id);
    expect((await guild.bans.fetch(alice.id)).user.id).toBe(alice.id);
    expect((await guild.bans.fetch()).size).toBe(1);
    await guild.bans.remove(alice.id);
    await guild.members.kick(discord.user('bob').id);
    expect([...discord.guilds[0]!.members.values()].map((one) => one.user.username)).toEqual([
      'bot',
      'owner',
    ]);
  });
});

describe('messages', () => {
  it('are listed, edited, deleted and reacted to', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const channel = client.channels.cache.get(discord.channel().id) as TextChannel;
    const sent = [];
    for (const text of ['one', 'two', 'three', 'four']) sent.push(await channel.send(text));
    const texts = async (options: object) =>
      (await channel.messages.fetch({ cache: false, ...options })).map((one) => one.content);
    expect(await texts({ limit: 2 })).toEqual(['four', 'three']);
    expect(await texts({ after: sent[0]!.id, limit: 2 })).toEqual(['three', 'two']);
    expect(await texts({ before: sent[1]!.id })).toEqual(['one']);
    await sent[0]!.react('👍');
    await discord.user('alice').reacts(discord.botMessages()[0]!, '👍');
    const fetched = await channel.messages.fetch({ message: sent[0]!.id, force: true });
    expect(fetched.reactions.cache.get('👍')).toMatchObject({ count: 2, me: true });
    await fetched.reactions.cache.get('👍')!.users.remove(discord.user('alice').id);
    await fetched.reactions.removeAll();
    expect(discord.botMessages()[0]!.message.reactions).toBeUndefined();
    expect((await sent[0]!.edit('uno')).content).toBe('uno');
    await sent[0]!.delete();
    const gone = new Promise<number>((resolve) => {
      client.once(Events.MessageBulkDelete, (messages) => resolve(messages.size));
    });
    await channel.bulkDelete([sent[1]!, sent[2]!]);
    expect(await gone).toBe(2);
    expect(discord.botMessages().map((one) => one.content)).toEqual(['four']);
  });

  it('keep what the bot sent with them', async () => {
    await using discord = await StandIn.start();
    await using client = await connect(discord);
    const channel = client.channels.cache.get(discord.channel().id) as TextChannel;
    const sent = await channel.send({
      content: `<@${discord.owner.id}>`,
      allowedMentions: { parse: [] },
      components: [{ type: 1, components: [{ type: 2, style: 1, custom_id: 'a', label: 'A' }] }],
    });
    expect(sent.components[0]).toMatchObject({ type: 1, components: [{ type: 2, customId: 'a' }] });
    const [posted] = discord.botMessages();
    expect(posted!.message).toMatchObject({
      allowed_mentions: { parse: [] },
      mentions: [{ username: 'owner' }],
    });
    expect(discord.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: `/channels/${channel.id}/messages`,
      route: '/channels/:channel/messages',
      status: 200,
      body: { content: posted!.content, allowed_mentions: { parse: [] } },
    });
  });
});
