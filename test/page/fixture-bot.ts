import {
  ButtonStyle,
  type ChatInputCommandInteraction,
  ComponentType,
  type Interaction,
  ApplicationCommandOptionType as OptionType,
  TextInputStyle,
} from 'discord.js';
import { connect } from '../standin/connect.ts';
import type { StandIn } from '../standin/standin.ts';

const EPHEMERAL = 64;
const ESCAPE = '\u001b';

/** Every part of Discord's markdown, one in a line where that is possible. */
const MARKDOWN = [
  '# Heading',
  '**bold** *italic* _slanted_ __under__ ~~struck~~ ***both*** `code` ||secret||',
  '-# small print',
  '> quoted **text**',
  '- first',
  '  - inner',
  '- second',
  '3. third',
  'snake_case_name and 2 * 3 * 4 stay, as does \\*this\\*',
  '[a link](https://example.com/page) https://example.com/plain',
  '<@1> <t:0:F> <t:0:R> </form:1> @everyone',
  '```ansi',
  `${ESCAPE}[1;31mred${ESCAPE}[0m plain ${ESCAPE}[4;36munder${ESCAPE}[0m`,
  '```',
  '```diff',
  '+ added',
  '- removed',
  '  same',
  '```',
].join('\n');

/** What somebody could write who wants the page to do something. */
export const HOSTILE = [
  '<img src=x onerror="globalThis.hacked=1">',
  '</script><script>globalThis.hacked=2</script>',
  '`code` with <b>tags</b>',
  '[click](javascript:globalThis.hacked=3)',
  '"><svg onload=globalThis.hacked=4>',
  '\u202eright to left',
].join('\n');

type Handle = (interaction: ChatInputCommandInteraction) => Promise<unknown>;

const button = (style: number, label: string, more: object = {}) => ({
  type: ComponentType.Button,
  style,
  label,
  custom_id: label.toLowerCase(),
  ...more,
});
const row = (...components: object[]) => ({ type: ComponentType.ActionRow, components });
const option = (type: number, name: string, more: object = {}) => ({
  type,
  name,
  description: `The ${name}`,
  ...more,
});

/** Commands for what the demo bot has none for. */
const COMMANDS: Readonly<Record<string, { options?: object[]; handle: Handle }>> = {
  markdown: { handle: (it) => it.reply({ content: MARKDOWN, embeds: [{ description: MARKDOWN }] }) },

  hostile: {
    handle: (it) =>
      it.reply({
        content: HOSTILE,
        embeds: [
          {
            title: HOSTILE.replaceAll('\n', ' ').slice(0, 250),
            description: HOSTILE,
            fields: [{ name: HOSTILE.slice(0, 250), value: HOSTILE }],
            footer: { text: HOSTILE },
            author: { name: HOSTILE.slice(0, 250) },
          },
        ],
        files: [{ name: '<img onerror=1>.txt', attachment: Buffer.from(HOSTILE) }],
        components: [
          row(button(ButtonStyle.Primary, '<b>x</b>', { custom_id: '"><img onerror=1>' })),
          row({
            type: ComponentType.StringSelect,
            custom_id: 'hostile',
            placeholder: '<i>choose</i>',
            options: [{ label: '<u>label</u>', value: 'x', description: '<s>description</s>' }],
          }),
        ] as never,
      }),
  },

  buttons: {
    handle: (it) =>
      it.reply({
        flags: EPHEMERAL,
        content: 'Buttons',
        components: [
          row(
            button(ButtonStyle.Primary, 'Primary'),
            button(ButtonStyle.Secondary, 'Secondary'),
            button(ButtonStyle.Success, 'Success'),
            button(ButtonStyle.Danger, 'Danger'),
            button(ButtonStyle.Secondary, 'Dead'),
          ),
          row(
            button(ButtonStyle.Secondary, 'Off', { disabled: true }),
            {
              type: ComponentType.Button,
              style: ButtonStyle.Link,
              label: 'Link',
              url: 'https://example.com',
            },
            button(ButtonStyle.Secondary, 'Star', { emoji: { name: '★' } }),
            button(ButtonStyle.Primary, 'Form'),
          ),
        ] as never,
      }),
  },

  selects: {
    handle: (it) =>
      it.reply({
        content: 'Nothing chosen',
        components: [
          row({
            type: ComponentType.StringSelect,
            custom_id: 'several',
            placeholder: 'Choose two or three',
            min_values: 2,
            max_values: 3,
            options: ['Bass', 'Drums', 'Piano', 'Trumpet'].map((label) => ({
              label,
              value: label.toLowerCase(),
              description: `Plays the ${label.toLowerCase()}`,
              emoji: { name: '♪' },
            })),
          }),
          row({ type: ComponentType.UserSelect, custom_id: 'who', placeholder: 'Choose somebody' }),
        ] as never,
      }),
  },

  form: { handle: (it) => it.showModal(FORM as never) },

  file: {
    options: [option(OptionType.Attachment, 'file', { required: true }), option(OptionType.String, 'note')],
    async handle(it) {
      const { name, url } = it.options.getAttachment('file', true);
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      await it.reply({
        content: `${name} has ${bytes.length} bytes. ${it.options.getString('note') ?? ''}`,
        files: [{ name: `copy-of-${name}`, attachment: bytes }],
      });
    },
  },

  numbers: {
    options: [
      option(OptionType.Integer, 'count', { required: true, min_value: 1, max_value: 5 }),
      option(OptionType.Number, 'share'),
      option(OptionType.Boolean, 'loud'),
      option(OptionType.User, 'who'),
      option(OptionType.String, 'size', {
        choices: [
          { name: 'Small one', value: 's' },
          { name: 'Large one', value: 'l' },
        ],
      }),
    ],
    handle: (it) =>
      it.reply(
        JSON.stringify(it.options.data.map(({ name, value, user }) => [name, user?.username ?? value])),
      ),
  },

  slow: {
    async handle(it) {
      await it.deferReply();
      await new Promise((resolve) => void it.client.once('release', resolve));
      await it.editReply('Here it is');
    },
  },

  release: {
    async handle(it) {
      it.client.emit('release');
      await it.reply('Released');
    },
  },

  guess: {
    options: [
      option(OptionType.String, 'word', { required: true, autocomplete: true }),
      option(OptionType.String, 'kind'),
    ],
    handle: (it) => it.reply(`guessed ${it.options.getString('word')}`),
  },

  dead: { handle: async () => undefined },

  picture: {
    handle: (it) =>
      it.reply({
        embeds: [{ title: 'A picture', description: codeLine(60), image: { url: 'attachment://dot.png' } }],
        files: [{ name: 'dot.png', attachment: PNG }],
      }),
  },

  /** One line in a code block in an embed. */
  line: {
    options: [option(OptionType.Integer, 'length', { required: true })],
    handle: (it) => it.reply({ embeds: [{ description: codeLine(it.options.getInteger('length', true)) }] }),
  },
};

const FORM = {
  title: 'A form',
  custom_id: 'form',
  components: [
    row({
      type: ComponentType.TextInput,
      custom_id: 'name',
      label: 'Name',
      style: TextInputStyle.Short,
      min_length: 3,
      max_length: 10,
      placeholder: 'Three letters at least',
    }),
    row({
      type: ComponentType.TextInput,
      custom_id: 'story',
      label: 'Story',
      style: TextInputStyle.Paragraph,
      required: false,
      value: 'Once upon a time',
    }),
    {
      type: ComponentType.Label,
      label: 'Instrument',
      component: {
        type: ComponentType.StringSelect,
        custom_id: 'instrument',
        options: ['Bass', 'Drums'].map((label) => ({ label, value: label })),
      },
    },
  ],
};

/** One line of digits in a code block, to see where it is broken. */
function codeLine(length: number): string {
  return `\`\`\`\n${'1234567890'.repeat(length / 10 + 1).slice(0, length)}\n\`\`\``;
}

/** 1 by 1. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A bot that shows everything that the page can draw. */
export async function startFixtureBot(discord: StandIn) {
  const client = await connect(discord, {}, (fresh) => fresh.on('interactionCreate', handle));
  const commands = Object.entries(COMMANDS).map(([name, { options = [] }]) => ({
    name,
    description: `Shows ${name}`,
    options,
  }));
  await client.application.commands.set(commands as never);
  return client;
}

async function handle(interaction: Interaction): Promise<void> {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    const name = `"${typed}" of ${interaction.options.getString('kind') ?? undefined}`;
    if (typed !== 'mute') await interaction.respond([{ name, value: `${typed}!` }]);
    return;
  }
  if (interaction.isChatInputCommand()) await COMMANDS[interaction.commandName]?.handle(interaction);
  else if (interaction.isStringSelectMenu())
    await interaction.update(`Chosen: ${interaction.values.join(', ')}`);
  else if (interaction.isUserSelectMenu()) {
    await interaction.update(`Chosen: ${interaction.users.map(({ username }) => username).join(', ')}`);
  } else if (interaction.isModalSubmit()) {
    const { fields } = interaction;
    const answers = [fields.getTextInputValue('name'), fields.getTextInputValue('story')];
    const [instrument] = fields.getStringSelectValues('instrument');
    await interaction.reply(`Filled in: ${[...answers, instrument].join(' / ')}`);
  } else if (interaction.isButton() && interaction.customId === 'form') {
    await interaction.showModal(FORM as never);
  } else if (interaction.isButton() && interaction.customId !== 'dead') {
    await interaction.update(`Clicked: ${interaction.customId}`);
  }
}
