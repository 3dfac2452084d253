import type { Client } from 'discord.js';
import type { ProfilerOptions } from '../cog/options.ts';
import { Profiler } from '../profiler.ts';
import { readConfiguration } from './configuration.ts';

/** What ends the profiler of a client. `new Profiler` calls it: what the bot's own code makes comes first. */
const PRELOADED = Symbol.for('cogscope.preloaded');
const shared = globalThis as { [PRELOADED]?: WeakMap<object, () => void> };
shared[PRELOADED] ??= new WeakMap();
const preloaded = shared[PRELOADED];

let configuration: ProfilerOptions | 'disabled' | undefined;

/** Gives a client its profiler. The configuration is read for the first client, and holds for all. */
export function install(client: Client): void {
  configuration ??= readConfiguration(process.env);
  if (configuration === 'disabled') return;
  const profiler = new Profiler(client, configuration);
  preloaded.set(client, () => {
    preloaded.delete(client);
    // It lets go of the client at once.
    void profiler.destroy();
  });
}
