import type { APIApplicationCommandBasicOption } from 'discord.js';
import { OPTION } from '../subcommand.ts';

/** Of what is watched until it is stopped: to begin, to end, or to see what was found. */
export const WATCH_OPTION: APIApplicationCommandBasicOption = {
  type: OPTION.string,
  name: 'action',
  description: 'Start or stop to watch (default: show what was found)',
  choices: [
    { name: 'start', value: 'start' },
    { name: 'stop', value: 'stop' },
  ],
};
