import type { Client } from 'discord.js';
import type { Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { guide } from './guide.ts';
import { listeners } from './listeners.ts';
import { Surroundings } from './surroundings.ts';

/** Every framework that is looked for; a bot may be built with several. Later ones are told what was found. */
export const ADAPTERS: readonly FrameworkAdapter[] = [guide, listeners];

/** @returns a function that lists what all frameworks found in the client keep at the time it is called */
export function discoverTargets(client: Client, rootDir: string): () => Discovery[] {
  const surroundings = new Surroundings(
    rootDir,
    ADAPTERS.flatMap(({ packages }) => packages),
  );
  return () => {
    const found: Discovery[] = [];
    for (const adapter of ADAPTERS) {
      if (adapter.detect(client)) found.push(...adapter.discover(client, surroundings, found));
    }
    return found;
  };
}
