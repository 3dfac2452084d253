import { SlashCommandBuilder } from 'discord.js';

const queue = [];
const LONGEST = 20;

export default {
  data: new SlashCommandBuilder()
    .setName('queue')
    .setDescription('The songs to come')
    .addSubcommand((subcommand) =>
      subcommand
        .setName('add')
        .setDescription('Add a song')
        .addStringOption((option) => option.setName('song').setDescription('Which one').setRequired(true)),
    )
    .addSubcommand((subcommand) => subcommand.setName('list').setDescription('List the songs'))
    .addSubcommand((subcommand) => subcommand.setName('clear').setDescription('Remove all songs')),
  async execute(interaction) {
    const subcommand = interaction.options.getSubcommand();
    if (subcommand === 'add' && queue.push(interaction.options.getString('song')) > LONGEST) queue.shift();
    if (subcommand === 'clear') queue.length = 0;
    await interaction.reply(queue.length === 0 ? 'The queue is empty.' : queue.join('\n'));
  },
};
