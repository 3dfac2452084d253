import { SlashCommandBuilder } from 'discord.js';
import { pause } from '../../lib/pause.js';

export default {
  data: new SlashCommandBuilder().setName('balance').setDescription('How rich you are'),
  async execute(interaction) {
    await pause(5, 20);
    await interaction.reply(`You own ${Math.floor(Math.random() * 1000)} coins.`);
  },
};
