import { SlashCommandBuilder } from 'discord.js';
import { pause } from '../../lib/pause.js';

class BankError extends Error {}

export default {
  data: new SlashCommandBuilder()
    .setName('gamble')
    .setDescription('Double your coins, or lose them')
    .addIntegerOption((option) =>
      option.setName('coins').setDescription('How many').setMinValue(1).setRequired(true),
    ),
  // Planted: fails now and then.
  async execute(interaction) {
    await pause(5, 15);
    if (Math.random() < 0.2) throw new BankError('The bank is closed.');
    await interaction.reply(Math.random() < 0.5 ? 'You win!' : 'You lose.');
  },
};
