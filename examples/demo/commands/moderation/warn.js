import { PermissionFlagsBits, SlashCommandBuilder } from 'discord.js';

const warnings = new Map();
const user = (option) => option.setName('user').setDescription('Whom').setRequired(true);

export default {
  data: new SlashCommandBuilder()
    .setName('warn')
    .setDescription('Warnings of members')
    .setDefaultMemberPermissions(PermissionFlagsBits.ModerateMembers)
    .addSubcommand((subcommand) =>
      subcommand.setName('add').setDescription('Warn a member').addUserOption(user),
    )
    .addSubcommand((subcommand) =>
      subcommand.setName('list').setDescription("A member's warnings").addUserOption(user),
    ),
  async execute(interaction) {
    const { id, username } = interaction.options.getUser('user');
    if (interaction.options.getSubcommand() === 'add') warnings.set(id, (warnings.get(id) ?? 0) + 1);
    await interaction.reply({ content: `${username} has ${warnings.get(id) ?? 0} warnings.`, flags: 64 });
  },
};
