import type { Client } from 'discord.js';
import type { Slot } from '../cog/slots.ts';
import type { Discovery } from '../cog/target.ts';
import type { Discoverer } from '../cog/tracker.ts';
import type { FrameworkAdapter } from './adapter.ts';
import { commandkit } from './commandkit.ts';
import { discordx } from './discordx.ts';
import { guide } from './guide.ts';
import { listeners } from './listeners.ts';
import { necord } from './necord.ts';
import { sapphire } from './sapphire.ts';
import type { Surroundings } from './surroundings.ts';
import { tasks } from './tasks.ts';

/** Every framework that is looked for; a bot may be built with several. Later ones are told what was found. */
export const ADAPTERS: readonly FrameworkAdapter[] = [
  guide,
  sapphire,
  commandkit,
  discordx,
  necord,
  listeners,
  tasks,
];

/** The packages of all frameworks. */
export const FRAMEWORK_PACKAGES: readonly string[] = ADAPTERS.flatMap(({ packages }) => packages);

interface Sources {
  readonly client: Client;
  readonly surroundings: Surroundings;
  /** What is known without an adapter. It comes first, and so gives the names. */
  readonly registered: () => Iterable<Discovery>;
  /** Has the last word on which cog a target belongs to; undefined leaves it as it is. */
  readonly cogOf: (discovery: Discovery) => string | undefined;
  /** Told when an adapter fails: it then finds what it found until there. */
  readonly failed: (adapter: string, error: unknown) => void;
}

/** Finds the targets of a bot with all adapters. */
export function createDiscoverer({ client, surroundings, registered, cogOf, failed }: Sources): Discoverer {
  /** The bot must not fail because it is looked at, whatever it is made of. */
  const attempt = (adapter: FrameworkAdapter, look: () => void) => {
    try {
      if (adapter.detect(client)) look();
    } catch (error) {
      failed(adapter.name, error);
    }
  };
  return {
    discover() {
      const found: Discovery[] = [];
      const places = new Map<Slot, Set<string | undefined>>();
      const add = (discovery: Discovery) => {
        const { slot, branch } = discovery;
        const branches = places.get(slot) ?? new Set();
        // Listed already, by the bot's owner or by an adapter that knows it better.
        if (branches.has(branch?.name)) return;
        places.set(slot, branches.add(branch?.name));
        // The slash parts the cog from the rest of an id.
        found.push({ ...discovery, cog: (cogOf(discovery) ?? discovery.cog).replaceAll('/', '.') });
      };
      for (const discovery of registered()) add(discovery);
      for (const adapter of ADAPTERS) {
        attempt(adapter, () => {
          for (const discovery of adapter.discover(client, surroundings, found)) add(discovery);
        });
      }
      return found;
    },
    watch(changed, changedNow) {
      const watches: Disposable[] = [];
      for (const adapter of ADAPTERS) {
        attempt(adapter, () => {
          if (adapter.watch !== undefined)
            watches.push(adapter.watch(client, changed, changedNow, surroundings));
        });
      }
      return {
        [Symbol.dispose]() {
          for (const watch of watches.reverse()) watch[Symbol.dispose]();
        },
      };
    },
  };
}
