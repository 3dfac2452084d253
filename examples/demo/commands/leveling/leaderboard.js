import { SlashCommandBuilder } from 'discord.js';
import { pause } from '../../lib/pause.js';

export default {
  data: new SlashCommandBuilder().setName('leaderboard').setDescription('Who talks most'),
  async execute(interaction) {
    await pause(15, 40);
    await interaction.reply('1. Ada\n2. Grace\n3. Edsger');
  },
};
