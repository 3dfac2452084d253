import type { Client } from 'discord.js';
import type { Discovery } from '../cog/target.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { guide } from './guide.ts';
import { Surroundings } from './surroundings.ts';

/** Every framework that is looked for; a bot may be built with several. */
export const ADAPTERS: readonly FrameworkAdapter[] = [guide];

/** @returns a function that lists what all frameworks found in the client keep at the time it is called */
export function discoverTargets(client: Client, rootDir: string): () => Discovery[] {
  const surroundings = new Surroundings(rootDir);
  return () =>
    ADAPTERS.filter((adapter) => adapter.detect(client)).flatMap((adapter) => [
      ...adapter.discover(client, surroundings),
    ]);
}
