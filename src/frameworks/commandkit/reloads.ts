import type { Client } from 'discord.js';
import { observe } from '../objects.ts';
import { knownKits } from './kits.ts';

/** Tells when a kit has loaded files anew. It has no events for it. */
export function watchReloads(client: Client, changed: () => void): Disposable {
  const watches = [...knownKits(client).keys()].map((kit) =>
    observe(kit, ['reloadCommands', 'reloadEvents', 'reloadValidations'], changed),
  );
  return {
    [Symbol.dispose]() {
      for (const watch of watches) watch[Symbol.dispose]();
    },
  };
}
