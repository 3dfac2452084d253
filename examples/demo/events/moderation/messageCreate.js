import { Events } from 'discord.js';
import { burn } from '../../lib/burn.js';

let messages = 0;

export default {
  name: Events.MessageCreate,
  // Planted: each 40th message makes the filter hold the event loop for 150 ms.
  execute(message) {
    messages++;
    if (messages % 40 === 0) burn(150);
    return /\b(spam|scam)\b/i.test(message.content);
  },
};
