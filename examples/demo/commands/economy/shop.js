import { SlashCommandBuilder } from 'discord.js';
import { pause } from '../../lib/pause.js';

const item = (option) => option.setName('item').setDescription('Which one').setRequired(true);

export default {
  data: new SlashCommandBuilder()
    .setName('shop')
    .setDescription('Buy and sell')
    .addSubcommand((subcommand) => subcommand.setName('list').setDescription('What there is'))
    .addSubcommandGroup((group) =>
      group
        .setName('item')
        .setDescription('Single items')
        .addSubcommand((subcommand) =>
          subcommand.setName('buy').setDescription('Buy one').addStringOption(item),
        )
        .addSubcommand((subcommand) =>
          subcommand.setName('sell').setDescription('Sell one').addStringOption(item),
        ),
    ),
  async execute(interaction) {
    await pause(2, 10);
    await interaction.reply(`${interaction.options.getString('item') ?? 'Sword, shield, potion'}: done.`);
  },
};
