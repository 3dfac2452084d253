import { Events } from 'discord.js';
import { pause } from '../../lib/pause.js';

export default {
  name: Events.GuildMemberAdd,
  async execute() {
    await pause(3, 8);
  },
};
