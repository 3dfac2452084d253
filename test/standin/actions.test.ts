import {
  ActionRowBuilder,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  Events,
  type Interaction,
  MessageFlags,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  ApplicationCommandOptionType as Type,
  UserSelectMenuBuilder,
} from 'discord.js';
import { describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import { StandIn } from './standin.ts';

const option = (name: string, type: number, more: object = {}) => ({
  name,
  type,
  description: name,
  ...more,
});
const chat = (name: string, options: object[] = [], more: object = {}) => ({
  name,
  description: name,
  options,
  ...more,
});

/** A bot with these commands that handles every interaction like this. */
async function bot(
  discord: StandIn,
  commands: object[],
  handle: (interaction: Interaction) => Promise<unknown> | unknown,
): Promise<Client<true>> {
  const client = await connect(discord, {}, (fresh) => {
    fresh.on(Events.InteractionCreate, async (interaction) => {
      await handle(interaction);
    });
  });
  await client.application.commands.set(commands as never);
  return client;
}

describe('slash commands', () => {
  const everything = chat('all', [
    option('text', Type.String, { required: true }),
    option('whole', Type.Integer, { min_value: 1, max_value: 5 }),
    option('real', Type.Number),
    option('flag', Type.Boolean),
    option('who', Type.User),
    option('where', Type.Channel, { channel_types: [0] }),
    option('role', Type.Role),
    option('any', Type.Mentionable),
    option('file', Type.Attachment),
    option('pick', Type.String, { choices: [{ name: 'One Day', value: '1d' }] }),
    option('short', Type.String, { max_length: 3 }),
  ]);

  it('carry every type of option with its resolved data', async () => {
    await using discord = await StandIn.start({ users: ['bob'] });
    const seen: unknown[] = [];
    await using _client = await bot(discord, [everything], async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const { options } = interaction;
      const file = options.getAttachment('file', true);
      seen.push(
        options.getString('text'),
        options.getInteger('whole'),
        options.getNumber('real'),
        options.getBoolean('flag'),
        options.getUser('who')?.username,
        (options.getMember('who') as { user: { username: string } }).user.username,
        options.getChannel('where')?.name,
        options.getRole('role')?.name,
        (options.getMentionable('any') as { name: string }).name,
        options.getString('pick'),
        await (await fetch(file.url)).text(),
      );
      await interaction.reply('done');
    });
    const line =
      'all text:a b: c whole:3 real:1.5 flag:true who:@bob where:#random role:moderator pick:One Day';
    await discord.owner.runs(line, { any: '@everyone', file: { filename: 'f.txt', bytes: 'bytes' } });
    expect((await discord.reply()).content).toBe('done');
    expect(seen).toEqual([
      'a b: c',
      3,
      1.5,
      true,
      'bob',
      'bob',
      'random',
      'moderator',
      '@everyone',
      '1d',
      'bytes',
    ]);
  });

  it('look like Discord sends them', async () => {
    await using discord = await StandIn.start({ attachmentSizeLimitBytes: 1_000 });
    const seen: Interaction[] = [];
    await using client = await bot(discord, [chat('ping')], (interaction) => seen.push(interaction));
    await discord.user('alice').runs('/ping', {}, { locale: 'de' });
    await discord.user('alice').in('dm').runs('ping');
    await discord.until(() => seen.length === 2, 'both');
    const [inGuild, inDm] = seen as [Interaction, Interaction];
    expect(Math.abs(Date.now() - inGuild.createdTimestamp)).toBeLessThan(5_000);
    expect(inGuild).toMatchObject({
      locale: 'de',
      guildLocale: 'en-US',
      applicationId: client.application.id,
      attachmentSizeLimit: 1_000,
      context: 0,
    });
    expect(inGuild.inCachedGuild()).toBe(true);
    expect(inGuild.memberPermissions?.has('SendMessages')).toBe(true);
    expect(inGuild.appPermissions.has('Administrator')).toBe(true);
    expect(inGuild.channel?.id).toBe(discord.channel().id);
    expect(inDm).toMatchObject({ context: 1, guildId: null, member: null });
    expect(inDm.user.username).toBe('alice');
    expect(discord.served.interactions).toEqual({ ping: 2 });
  });

  it('know groups and subcommands, and are counted by their full name', async () => {
    await using discord = await StandIn.start();
    const nested = chat('queue', [
      option('add', Type.Subcommand, { options: [option('song', Type.String)] }),
      option('edit', Type.SubcommandGroup, { options: [option('clear', Type.Subcommand)] }),
    ]);
    await using _client = await bot(discord, [nested], async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const { options } = interaction;
      await interaction.reply(
        `${options.getSubcommandGroup()} ${options.getSubcommand()} ${options.getString('song')}`,
      );
    });
    await discord.owner.runs('queue add song:Blue Monday');
    expect((await discord.reply()).content).toBe('null add Blue Monday');
    const run = await discord.owner.runs('queue edit clear');
    expect((await run.reply()).content).toBe('edit clear null');
    expect(discord.served.interactions).toEqual({ 'queue add': 1, 'queue edit clear': 1 });
    expect((await run.reply()).message.interaction_metadata).toMatchObject({ id: run.id, type: 2 });
  });

  it.each([
    ['nothing', 'there is no command /nothing; there is all'],
    ['all', 'needs the option text'],
    ['all wrong:1', 'has no option for "wrong:1"'],
    ['all text:x text:y', 'given text twice'],
    ['all text:x whole:6', 'whole "6" is over 5'],
    ['all text:x whole:1.5', 'whole "1.5" is not such a number'],
    ['all text:x flag:maybe', 'is neither true nor false'],
    ['all text:x who:nobody', 'there is no user "nobody"'],
    ['all text:x where:lounge', 'is a channel of type 2, not 0'],
    ['all text:x role:king', 'there is no role "king"'],
    ['all text:x pick:Two Days', 'none of its choices; it has One Day'],
    ['all text:x short:long', 'is longer than 3'],
    ['all text:x file:a.txt', 'must be { filename, bytes }'],
  ])('cannot be sent as "%s"', async (line, why) => {
    await using discord = await StandIn.start();
    await using _client = await bot(discord, [everything], () => undefined);
    await expect(discord.owner.runs(line)).rejects.toThrow(why);
    expect(discord.served.interactions).toEqual({});
  });

  it('are there only where they may be used', async () => {
    await using discord = await StandIn.start({ guilds: 2 });
    await expect(discord.owner.runs('ping')).rejects.toThrow('no command /ping; there is none');
    const commands = [chat('home', [], { contexts: [0] }), chat('away', [], { contexts: [1] })];
    await using client = await bot(discord, commands, () => undefined);
    await client.guilds.cache.last()!.commands.create(chat('local') as never);
    await expect(discord.owner.in('dm').runs('home')).rejects.toThrow('no command /home; there is away');
    await expect(discord.owner.runs('away')).rejects.toThrow('no command /away; there is home');
    await expect(discord.owner.runs('local')).rejects.toThrow('no command /local');
    await expect(discord.owner.in('guild2').runs('local')).resolves.toBeDefined();
  });

  it('need a bot that is connected', async () => {
    await using discord = await StandIn.start();
    const client = await bot(discord, [chat('ping')], () => undefined);
    await client.destroy();
    await discord.until(() => discord.gateway.sessions.length === 0, 'the end of the session');
    await expect(discord.owner.runs('ping')).rejects.toThrow('no bot is connected');
  });
});

describe('context menus', () => {
  it('act on people and on messages', async () => {
    await using discord = await StandIn.start();
    const commands = [
      { name: 'Who is it', type: ApplicationCommandType.User },
      { name: 'Quote', type: ApplicationCommandType.Message },
    ];
    await using _client = await bot(discord, commands, async (interaction) => {
      if (interaction.isUserContextMenuCommand()) await interaction.reply(interaction.targetUser.username);
      if (interaction.isMessageContextMenuCommand())
        await interaction.reply(`> ${interaction.targetMessage.content}`);
    });
    const alice = discord.user('alice');
    await discord.owner.uses('Who is it', alice);
    expect((await discord.reply()).content).toBe('alice');
    await discord.owner.uses('Quote', await alice.says('to be'));
    const reply = await discord.reply();
    expect(reply.content).toBe('> to be');
    expect(reply.message.type).toBe(23);
    await expect(discord.owner.uses('Nothing', alice)).rejects.toThrow('there is Who is it');
  });
});

describe('autocomplete', () => {
  it('asks with the text as typed', async () => {
    await using discord = await StandIn.start();
    const command = chat('attach', [
      option('kind', Type.String),
      option('target', Type.String, { autocomplete: true }),
    ]);
    await using _client = await bot(discord, [command], async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      const { name, value } = interaction.options.getFocused(true);
      await interaction.respond([
        { name: `${name}=${value}|${interaction.options.getString('kind')}`, value: 'v' },
      ]);
    });
    const choices = await discord.owner.types('attach kind:a b target:mu sic');
    expect(choices).toEqual([{ name: 'target=mu sic|a b', value: 'v' }]);
    expect(await discord.owner.types('attach')).toEqual([{ name: 'target=|null', value: 'v' }]);
    await expect(discord.owner.types('attach kind:a')).rejects.toThrow('no autocomplete for kind');
    // Values that a line could not hold.
    const given = { kind: 'a target:b', target: '' };
    expect(await discord.owner.types('attach', { given })).toEqual([
      { name: 'target=|a target:b', value: 'v' },
    ]);
    expect(discord.served).toMatchObject({ autocompletes: 3, interactions: {} });
  });
});

describe('components', () => {
  const row = (...components: (ButtonBuilder | StringSelectMenuBuilder | UserSelectMenuBuilder)[]) =>
    new ActionRowBuilder<ButtonBuilder>().addComponents(...(components as ButtonBuilder[]));
  const button = (id: string, label: string) =>
    new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(ButtonStyle.Primary);

  async function panel(discord: StandIn): Promise<Client<true>> {
    return bot(discord, [chat('panel', [option('secret', Type.Boolean)])], async (interaction) => {
      if (interaction.isChatInputCommand()) {
        const secret = interaction.options.getBoolean('secret') === true;
        await interaction.reply({
          content: 'panel',
          ...(secret ? { flags: MessageFlags.Ephemeral } : {}),
          components: [
            row(
              button('next', 'Next'),
              button('off', 'Off').setDisabled(true),
              button('twin1', 'Twin'),
              button('twin2', 'Twin'),
              new ButtonBuilder().setURL('https://example.com').setLabel('Link').setStyle(ButtonStyle.Link),
            ),
            row(
              new StringSelectMenuBuilder()
                .setCustomId('window')
                .setPlaceholder('Which window?')
                .setMaxValues(2)
                .addOptions({ label: 'Hour', value: '1h' }, { label: 'Day', value: '1d' }),
            ),
            row(new UserSelectMenuBuilder().setCustomId('people')),
          ],
        });
      } else if (interaction.isButton()) {
        await interaction.update({ content: `clicked ${interaction.customId}` });
      } else if (interaction.isStringSelectMenu()) {
        await interaction.update(`chose ${interaction.values.join('+')}`);
      } else if (interaction.isUserSelectMenu()) {
        await interaction.update(`chose ${interaction.users.map((user) => user.username).join('+')}`);
      }
    });
  }

  it('are clicked and chosen by id, label or placeholder', async () => {
    await using discord = await StandIn.start({ users: ['bob'] });
    await using _client = await panel(discord);
    const run = await discord.owner.runs('panel');
    const first = await run.reply();
    const click = await discord.owner.clicks(run, 'Next');
    const updated = await click.reply();
    expect(updated).toBe(first);
    expect(updated.content).toBe('clicked next');
    expect(updated.history.map((message) => message.content)).toEqual(['panel']);
    await discord.owner.clicks(updated, 'twin1');
    expect((await discord.reply()).content).toBe('clicked twin1');
    await discord.owner.chooses(updated, 'Which window?', ['1d', 'Hour']);
    expect((await discord.reply()).content).toBe('chose 1d+1h');
    await discord.owner.chooses(updated, 'people', discord.user('bob'));
    expect((await discord.reply()).content).toBe('chose bob');
    expect(discord.served.components).toBe(4);
  });

  it.each([
    ['Nowhere', 'there is no button Nowhere; there is: next / Next'],
    ['Off', 'is disabled'],
    ['Twin', 'several buttons are called Twin'],
    ['Link', 'opens a page'],
  ])('cannot be clicked: %s', async (name, why) => {
    await using discord = await StandIn.start();
    await using _client = await panel(discord);
    await discord.owner.runs('panel');
    const reply = await discord.reply();
    await expect(discord.owner.clicks(reply, name)).rejects.toThrow(why);
  });

  it('take only what they offer, from those who see them', async () => {
    await using discord = await StandIn.start();
    await using client = await panel(discord);
    const broadcast: string[] = [];
    client.on(Events.MessageCreate, (message) => broadcast.push(message.content));
    await discord.owner.runs('panel secret:true');
    const reply = await discord.reply();
    expect(reply.ephemeral).toBe(true);
    await expect(discord.owner.chooses(reply, 'window', [])).rejects.toThrow('takes 1 to 2 values, not 0');
    await expect(discord.owner.chooses(reply, 'window', 'Week')).rejects.toThrow(
      'no option Week; it has Hour (1h)',
    );
    await expect(discord.owner.chooses(reply, 'window', ['1h', 'Hour'])).rejects.toThrow('chosen twice');
    await expect(discord.user('mallory').clicks(reply, 'Next')).rejects.toThrow(
      "mallory can't see the message",
    );
    await discord.owner.clicks(reply, 'Next');
    expect((await discord.reply()).content).toBe('clicked next');
    expect(broadcast).toEqual([]);
    expect(discord.served.events['MESSAGE_UPDATE']).toBeUndefined();
  });

  it('of one reply stay apart from those of another', async () => {
    await using discord = await StandIn.start();
    const collected: string[] = [];
    await using _client = await bot(discord, [chat('menu')], async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const response = await interaction.reply({
        content: interaction.id,
        components: [row(button('go', 'Go'))],
      });
      response.createMessageComponentCollector({ max: 1 }).on('collect', async (click) => {
        collected.push(interaction.id);
        await click.update('went');
      });
    });
    const one = await discord.owner.runs('menu');
    const two = await discord.owner.runs('menu');
    await Promise.all([one.reply(), two.reply()]);
    await (await discord.owner.clicks(two, 'Go')).reply();
    await (await discord.owner.clicks(one, 'Go')).reply();
    expect(collected).toEqual([two.id, one.id]);
  });
});

describe('modals', () => {
  const modal = new ModalBuilder()
    .setCustomId('note')
    .setTitle('A note')
    .addLabelComponents((label) =>
      label
        .setLabel('Text')
        .setTextInputComponent((input) => input.setCustomId('text').setStyle(1).setMaxLength(5)),
    )
    .addComponents(
      new ActionRowBuilder<TextInputBuilder>().addComponents(
        new TextInputBuilder()
          .setCustomId('more')
          .setLabel('More')
          .setStyle(2)
          .setRequired(false)
          .setValue('preset'),
      ),
    )
    .addLabelComponents((label) =>
      label
        .setLabel('Window')
        .setStringSelectMenuComponent((menu) =>
          menu.setCustomId('window').addOptions({ label: 'Hour', value: '1h' }),
        ),
    );

  it('are opened, filled in and sent', async () => {
    await using discord = await StandIn.start();
    await using _client = await bot(discord, [chat('note')], async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.showModal(modal);
      if (!interaction.isModalSubmit()) return;
      const { fields } = interaction;
      const window = fields.getStringSelectValues('window').join();
      await interaction.reply(
        `${fields.getTextInputValue('text')} ${fields.getTextInputValue('more')} ${window}`,
      );
    });
    const run = await discord.owner.runs('note');
    expect((await run.modal()).title).toBe('A note');
    await expect(run.reply()).rejects.toThrow('opened a modal');
    await expect(discord.owner.submits(run, {})).rejects.toThrow('the modal needs Text');
    await expect(discord.owner.submits(run, { text: 'too long' })).rejects.toThrow(
      'must have 0 to 5 characters',
    );
    await expect(discord.owner.submits(run, { text: 'a', Window: 'Hour', other: '' })).rejects.toThrow(
      'no field other; it has text, more, window',
    );
    await expect(discord.user('mallory').submits(run, {})).rejects.toThrow('opened for owner, not mallory');
    const sent = await discord.owner.submits(run, { Text: 'hey', window: '1h' });
    expect((await sent.reply()).content).toBe('hey preset 1h');
    expect((await sent.reply()).message.interaction_metadata).toMatchObject({
      type: 5,
      triggering_interaction_metadata: { id: run.id },
    });
  });
});

describe('messages', () => {
  it('are written, answered and sent to people directly', async () => {
    await using discord = await StandIn.start();
    await using _client = await connect(discord, { partials: [1] }, (fresh) => {
      fresh.on(Events.MessageCreate, async (message) => {
        if (message.content === '!ping') await message.reply(`pong to ${message.attachments.first()?.name}`);
        if (message.content === '!dm') await message.author.send('psst');
      });
    });
    const alice = discord.user('alice');
    const ping = await alice.says('!ping', { in: '#random', files: [{ filename: 'a b.txt', bytes: 'x' }] });
    const answer = await ping.answer();
    expect(answer.content).toBe('pong to a_b.txt');
    expect(answer.message).toMatchObject({ type: 19, message_reference: { message_id: ping.id } });
    expect(answer.message.mentions[0]?.username).toBe('alice');
    expect(discord.botMessages('random')).toEqual([answer]);
    await alice.says('!dm');
    expect((await alice.directMessage()).content).toBe('psst');
    await alice.in('dm').says('!ping');
    expect((await alice.directMessage(1)).content).toBe('pong to undefined');
    await expect(discord.owner.edits(ping, 'x')).rejects.toThrow("isn't owner's");
    expect(discord.served.messages).toBe(3);
  });
});

describe('who looks on', () => {
  it('hears of every change, and sees what is for their eyes', async () => {
    await using discord = await StandIn.start({ users: ['ada', 'bea'] });
    await using _client = await bot(discord, [chat('secret')], async (interaction) => {
      if (interaction.isRepliable())
        await interaction.reply({ content: 'psst', flags: MessageFlags.Ephemeral });
    });
    const heard: string[] = [];
    const stop = discord.watch(({ content, edits, deleted, message }) => {
      const reactions = message.reactions?.length ?? 0;
      heard.push(`${content} ${edits} ${reactions}${deleted ? ' gone' : ''}`);
    });
    const [ada, bea] = [discord.user('ada'), discord.user('bea')];
    const message = await ada.says('one');
    await ada.edits(message, 'two');
    await bea.reacts(message, '👍');
    await ada.runs('secret');
    await discord.reply();
    const seen = (who: typeof ada) => discord.seenBy(who).map(({ content }) => content);
    expect([seen(ada), seen(bea)]).toEqual([['two', 'psst'], ['two']]);
    expect(discord.seenBy(ada, 'random')).toEqual([]);
    await ada.deletes(message);
    expect(seen(bea)).toEqual([]);
    stop();
    await ada.says('three');
    expect(heard).toEqual(['one 0 0', 'two 1 0', 'two 1 1', 'psst 0 0', 'two 1 1 gone']);
  });
});
