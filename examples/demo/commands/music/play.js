import { SlashCommandBuilder } from 'discord.js';

const SONGS = ['Blue in Green', 'Clair de lune', 'Paranoid Android', 'So What', 'Take Five'];

export default {
  data: new SlashCommandBuilder()
    .setName('play')
    .setDescription('Play a song')
    .addStringOption((option) =>
      option.setName('song').setDescription('Which one').setRequired(true).setAutocomplete(true),
    ),
  // Planted: asks a slow server for each song, and keeps no answer.
  async execute(interaction) {
    await interaction.deferReply();
    const response = await fetch(
      `${process.env.DEMO_SONG_SERVER}/${encodeURIComponent(interaction.options.getString('song'))}`,
    );
    const { title } = await response.json();
    await interaction.editReply(`Now playing: ${title}`);
  },
  async autocomplete(interaction) {
    const typed = interaction.options.getFocused().toLowerCase();
    const found = SONGS.filter((song) => song.toLowerCase().startsWith(typed));
    await interaction.respond(found.map((song) => ({ name: song, value: song })));
  },
};
