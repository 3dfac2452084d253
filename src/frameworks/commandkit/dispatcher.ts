import type { Client } from 'discord.js';
import { listenerSlot } from '../../cog/slots.ts';
import type { AnyFunction, Discovery } from '../../cog/target.ts';
import { registeredPaths } from '../command-data.ts';
import { branchOf } from '../listeners.ts';
import type { Surroundings } from '../surroundings.ts';

/** What the listener that a kit puts on its client handles; other interactions it lets pass. */
const KINDS: ReadonlySet<string> = new Set(['command', 'context', 'autocomplete']);

/** The commands of a kit that cannot be found: the calls of its own listener, told apart by the interaction. */
export function* commandsAtListener(client: Client, surroundings: Surroundings): Iterable<Discovery> {
  for (const listener of client.rawListeners('interactionCreate')) {
    const raw = listener as AnyFunction;
    if (surroundings.packageOf(surroundings.locationOf(raw)) !== 'commandkit') continue;
    const slot = listenerSlot(client, 'interactionCreate', raw);
    for (const path of [...registeredPaths(client), ...surroundings.seen.paths()]) {
      if (KINDS.has(path.kind))
        yield { ...surroundings.describe(raw), ...path, slot, branch: branchOf(path) };
    }
  }
}
