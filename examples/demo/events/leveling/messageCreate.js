import { Events } from 'discord.js';
import { pause } from '../../lib/pause.js';

const history = [];

export default {
  name: Events.MessageCreate,
  // Planted: keeps every message for ever.
  async execute(message) {
    if (message.author.bot) return;
    history.push({ message, points: Buffer.alloc(4_096) });
    await pause(1, 3);
  },
};
