import type { Client } from 'discord.js';
import type { Discovery } from '../cog/target.ts';
import type { Surroundings } from './surroundings.ts';

/** Knows where one framework, or one scheduler, keeps the functions of a bot. */
export interface FrameworkAdapter {
  readonly name: string;
  /**
   * The packages that it consists of; a name that ends with `/` is a scope. What they put on the client
   * themselves is not the bot's own.
   */
  readonly packages: readonly string[];
  /** Whether the bot is built this way. Cheap, and free of side effects, as all of this is. */
  detect(client: Client): boolean;
  /**
   * The functions that can be tracked now. Runs none of the bot's getters. Functions that are tracked already
   * stand behind proxies: `surroundings` looks through them.
   * @param found what the adapters before this one have found
   */
  discover(client: Client, surroundings: Surroundings, found: readonly Discovery[]): Iterable<Discovery>;
  /**
   * Calls `changed` when functions may have come or gone; in the middle of it, as often as it likes. On from the
   * first tracked target to the last: what it replaces in the bot for that is put back when it is disposed of.
   * @param changed has what there is looked at soon
   * @param changedNow has it looked at before it returns: for what was found when it is about to run
   */
  watch?(client: Client, changed: () => void, changedNow: () => void, surroundings: Surroundings): Disposable;
}
