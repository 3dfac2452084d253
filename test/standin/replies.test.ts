import { type ChatInputCommandInteraction, Events, type Interaction, MessageFlags } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { connect } from './connect.ts';
import { type Run, StandIn, type StandInOptions } from './standin.ts';

/** Runs `/go` against a bot that answers like this, and hands over what the test looks at. */
async function go(
  handle: (interaction: ChatInputCommandInteraction, say: (what: unknown) => void) => Promise<unknown>,
  look: (stage: { run: Run; discord: StandIn; said: unknown[]; broadcast: string[] }) => Promise<void>,
  options: StandInOptions = {},
): Promise<void> {
  await using discord = await StandIn.start(options);
  const said: unknown[] = [];
  const broadcast: string[] = [];
  let handled: Promise<unknown> | undefined;
  await using client = await connect(discord, {}, (fresh) => {
    fresh.on(Events.InteractionCreate, (interaction: Interaction) => {
      if (interaction.isChatInputCommand()) handled = handle(interaction, (what) => said.push(what));
      else if (interaction.isButton()) handled = handleButton(interaction.customId, interaction);
    });
    fresh.on(Events.MessageCreate, (message) => broadcast.push(`+${message.content}`));
    fresh.on(Events.MessageUpdate, (_, message) => broadcast.push(`~${message.content}`));
    fresh.on(Events.MessageDelete, (message) => broadcast.push(`-${message.content}`));
  });
  await client.application.commands.create({ name: 'go', description: 'goes' });
  const run = await discord.owner.runs('go');
  await discord.until(() => handled, 'the interaction');
  await handled;
  await look({ run, discord, said, broadcast });
}

async function handleButton(id: string, interaction: Interaction): Promise<void> {
  if (!interaction.isButton()) return;
  await interaction.deferUpdate();
  if (id === 'edit') await interaction.editReply({ content: 'edited', components: [] });
  if (id === 'follow') await interaction.followUp({ content: 'followed', flags: MessageFlags.Ephemeral });
}

const buttons = [
  {
    type: 1,
    components: ['edit', 'follow'].map((id) => ({ type: 2, style: 1, custom_id: id, label: id })),
  },
] as const;

describe('replies', () => {
  it('are broadcast with what they answer to, and given back with their response', () =>
    go(
      async (interaction, say) => {
        const response = await interaction.reply({ content: 'hello', withResponse: true });
        say(response.resource?.message?.content);
        say((await interaction.fetchReply()).id === response.resource?.message?.id);
      },
      async ({ run, said, broadcast }) => {
        const reply = await run.reply();
        expect(reply.message).toMatchObject({
          type: 20,
          webhook_id: reply.author.id,
          components: [],
          interaction_metadata: { id: run.id, type: 2, user: { username: 'owner' } },
          interaction: { name: 'go' },
        });
        expect([run.responseType, run.acknowledged, reply.ephemeral]).toEqual([4, true, false]);
        expect(said).toEqual(['hello', true]);
        expect(broadcast).toEqual(['+hello']);
      },
    ));

  it('may be deferred: waiting for one waits until it is there', () =>
    go(
      async (interaction, say) => {
        const response = await interaction.deferReply({ withResponse: true });
        say(response.interaction.responseMessageLoading);
        await interaction.editReply('here');
        await interaction.followUp('and more');
        await interaction.editReply('changed');
      },
      async ({ run, said, broadcast, discord }) => {
        const reply = await run.reply();
        expect(reply.content).toBe('changed');
        expect([reply.edits, run.edits, reply.thinking]).toEqual([2, 2, false]);
        expect(reply.history.map((message) => message.content)).toEqual(['', 'here']);
        expect((await run.followUp()).content).toBe('and more');
        expect(said).toEqual([true]);
        await discord.until(() => broadcast.length === 4, 'four events');
        expect(broadcast).toEqual(['+', '~here', '+and more', '~changed']);
      },
    ));

  it('stay with the person who asked when they are ephemeral', () =>
    go(
      async (interaction) => {
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        await interaction.editReply('secret');
        const more = await interaction.followUp({ content: 'more', flags: MessageFlags.Ephemeral });
        await interaction.editReply({ message: more, content: 'even more' });
        await interaction.deleteReply();
      },
      async ({ run, broadcast, discord }) => {
        const reply = await run.reply();
        expect([reply.ephemeral, reply.content, reply.deleted]).toEqual([true, 'secret', true]);
        expect(run.followUps.map((message) => [message.ephemeral, message.content])).toEqual([
          [true, 'even more'],
        ]);
        expect(broadcast).toEqual([]);
        const { MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_DELETE } = discord.served.events;
        expect([MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_DELETE]).toEqual([undefined, undefined, undefined]);
        // Nor can it be fetched from the channel.
        expect(await status(discord, `/channels/${reply.message.channel_id}/messages/${reply.id}`)).toBe(404);
      },
    ));

  it('keep the first follow-up of a deferred reply as the reply itself', () =>
    go(
      async (interaction) => {
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        await interaction.followUp('first');
        await interaction.followUp('second');
      },
      async ({ run }) => {
        expect((await run.reply()).content).toBe('first');
        expect((await run.reply()).ephemeral).toBe(true);
        expect(run.followUps.map((message) => [message.content, message.ephemeral])).toEqual([
          ['second', false],
        ]);
      },
    ));

  it('can be deleted', () =>
    go(
      async (interaction) => {
        await interaction.reply('oops');
        await interaction.deleteReply();
      },
      async ({ run, broadcast, discord }) => {
        expect((await run.reply()).deleted).toBe(true);
        await discord.until(() => broadcast.length === 2, 'the deletion');
        expect(broadcast).toEqual(['+oops', '-oops']);
      },
    ));

  it('to a click may update its message later, or follow it up', () =>
    go(
      (interaction) => interaction.reply({ content: 'menu', components: buttons }),
      async ({ run, discord }) => {
        const menu = await run.reply();
        const follow = await discord.owner.clicks(menu, 'follow');
        const followed = await follow.reply();
        expect([followed.content, followed.ephemeral, follow.responseType]).toEqual(['followed', true, 6]);
        expect(followed.message.interaction_metadata).toMatchObject({ interacted_message_id: menu.id });
        const edit = await discord.owner.clicks(menu, 'edit');
        expect(await edit.reply()).toBe(menu);
        expect([menu.content, menu.components]).toEqual(['edited', []]);
        expect(menu.message.interaction_metadata).toMatchObject({ id: run.id });
      },
    ));

  it('that never come make the wait fail with what is known', () =>
    go(
      async (interaction) => interaction.deferReply(),
      async ({ run, discord }) => {
        await expect(run.reply({ deadlineMs: 10 })).rejects.toThrow(
          'no answer to go by owner: still thinking',
        );
        await expect(run.followUp(0, { deadlineMs: 10 })).rejects.toThrow('no follow-up 0 to go; 0 so far');
        await expect(discord.command('nope', { deadlineMs: 10 })).rejects.toThrow(
          'registered no command nope',
        );
      },
    ));
});

describe('uploads', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d494844520000002000000010', 'hex');

  it('keep their bytes, are served, and are there before the message is announced', () =>
    go(
      async (interaction, say) => {
        const bytes = Buffer.from([0, 1, 2, 255]);
        const files = [
          { attachment: bytes, name: 'raw.bin' },
          { attachment: Buffer.from('text'), name: 'a.txt', description: 'some text' },
        ];
        const sent = await interaction.reply({ content: 'files', files, withResponse: true });
        const attachments = sent.resource!.message!.attachments.map((one) => one);
        say(attachments.map((one) => [one.name, one.size, one.description]));
        say(Buffer.from(await (await fetch(attachments[0]!.url)).arrayBuffer()).equals(bytes));
        await interaction.editReply({
          attachments: [attachments[1]!],
          files: [{ attachment: png, name: 'c.png' }],
        });
      },
      async ({ run, said }) => {
        expect(said).toEqual([
          [
            ['raw.bin', 4, null],
            ['a.txt', 4, 'some text'],
          ],
          true,
        ]);
        const { attachments, history } = await run.reply();
        expect(history[0]!.attachments.map((one) => one.filename)).toEqual(['raw.bin', 'a.txt']);
        expect(attachments.map((one) => one.filename)).toEqual(['a.txt', 'c.png']);
        expect(attachments[0]).toMatchObject({ text: 'text', content_type: 'text/plain; charset=utf-8' });
        expect(attachments[1]).toMatchObject({ width: 32, height: 16, content_type: 'image/png' });
        expect(Buffer.from(attachments[1]!.bytes)).toEqual(png);
        // What came with the edit is at its address, too; what the edit left out is gone from there.
        expect(Buffer.from(await (await fetch(attachments[1]!.url)).arrayBuffer())).toEqual(png);
        expect((await fetch(attachments[0]!.url)).status).toBe(200);
        expect((await fetch(history[0]!.attachments[0]!.url)).status).toBe(404);
      },
    ));

  it('shown inside an embed are listed with the embed, not with the message', () =>
    go(
      (interaction) =>
        interaction.reply({
          embeds: [{ image: { url: 'attachment://chart.png' } }],
          files: [{ attachment: png, name: 'chart.png' }],
        }),
      async ({ run }) => {
        const reply = await run.reply();
        expect(reply.message.attachments).toEqual([]);
        expect(reply.embeds[0]?.image).toMatchObject({ url: reply.attachments[0]!.url, width: 32 });
        expect(reply.attachments).toMatchObject([{ filename: 'chart.png', inline: true }]);
      },
    ));
});

describe('time', () => {
  /** Error codes of what the bot tries in vain. */
  const code = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 0,
      (error: { code: number }) => error.code,
    );

  it('runs out for an answer after three seconds', async () => {
    let nowMs = Date.now();
    await go(
      async (interaction, say) => {
        nowMs += 3_001;
        say(await code(interaction.reply('late')));
        say(await code(interaction.webhook.send('later')));
      },
      async ({ said, run }) => {
        expect(said).toEqual([10062, 10015]);
        expect(run.acknowledged).toBe(false);
      },
      { now: () => nowMs },
    );
  });

  it('runs out for the token after fifteen minutes', async () => {
    let nowMs = Date.now();
    await go(
      async (interaction, say) => {
        nowMs += 2_000;
        await interaction.reply('in time');
        nowMs += 800_000;
        say(await code(interaction.editReply('still in time')));
        nowMs += 100_000;
        say(await code(interaction.editReply('too late')));
        say(await code(interaction.followUp('too late')));
      },
      async ({ said, run }) => {
        expect(said).toEqual([0, 50027, 50027]);
        expect(run.acknowledgedAfterMs).toBe(2_000);
      },
      { now: () => nowMs },
    );
  });

  it('has an order: one answer, and nothing before it', () =>
    go(
      async (interaction, say) => {
        const { webhook } = interaction;
        say(await code(webhook.send('before')));
        say(await code(webhook.editMessage('@original', 'before')));
        await interaction.reply('first');
        interaction.replied = false;
        say(await code(interaction.reply('second')));
        interaction.replied = true;
        await interaction.deleteReply();
        say(await code(interaction.editReply('gone')));
      },
      async ({ said }) => expect(said).toEqual([10015, 10015, 40060, 10008]),
    ));
});

async function status(discord: StandIn, path: string): Promise<number> {
  const headers = { authorization: `Bot ${discord.token}` };
  return (await fetch(`${discord.restUrl}/v10${path}`, { headers })).status;
}
