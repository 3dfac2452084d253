import { SlashCommandBuilder } from 'discord.js';
import { burn } from '../../lib/burn.js';
import { pause } from '../../lib/pause.js';

export default {
  data: new SlashCommandBuilder().setName('rank').setDescription('Your level, as a picture'),
  // Planted: after it has waited for the database, it computes on the event loop, and all others wait.
  async execute(interaction) {
    await interaction.deferReply();
    await pause(10, 30);
    burn(60);
    await interaction.editReply('You are on level 7.');
  },
};
