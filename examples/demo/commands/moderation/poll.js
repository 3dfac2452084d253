import { SlashCommandBuilder } from 'discord.js';

const ANSWERS = ['👍', '👎', '🤷'];

export default {
  data: new SlashCommandBuilder()
    .setName('poll')
    .setDescription('Ask everybody')
    .addStringOption((option) => option.setName('question').setDescription('What').setRequired(true)),
  // Planted: Discord takes one reaction each 250 ms in a channel, so that it waits for that limit.
  async execute(interaction) {
    await interaction.reply(interaction.options.getString('question'));
    const message = await interaction.fetchReply();
    for (const answer of ANSWERS) await message.react(answer);
  },
};
