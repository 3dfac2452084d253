import { ApplicationCommandType, ContextMenuCommandBuilder } from 'discord.js';

export default {
  data: new ContextMenuCommandBuilder().setName('Report message').setType(ApplicationCommandType.Message),
  async execute(interaction) {
    await interaction.reply({ content: 'The moderators will look at it.', flags: 64 });
  },
};
