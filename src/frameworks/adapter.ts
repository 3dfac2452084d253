import type { Client } from 'discord.js';
import type { Discovery } from '../cog/target.ts';
import type { Surroundings } from './surroundings.ts';

/** Knows where one framework keeps the functions of a bot. */
export interface FrameworkAdapter {
  readonly name: string;
  /** Whether the bot is built this way. Cheap, and free of side effects, as all of this is. */
  detect(client: Client): boolean;
  /**
   * The functions that can be tracked now. Runs none of the bot's getters. Functions that are tracked already
   * stand behind proxies: `surroundings` looks through them.
   */
  discover(client: Client, surroundings: Surroundings): Iterable<Discovery>;
}
