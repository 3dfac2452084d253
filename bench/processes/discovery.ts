import { Client, Collection } from 'discord.js';
import { serve } from '../child.ts';

/** A bot that gets more and more commands. */

interface Command {
  readonly data: { readonly name: string };
  execute(): Promise<number>;
}

const commands = new Collection<string, Command>();
const client = Object.assign(new Client({ intents: [] }), { commands });
const { Profiler } = await import('cogscope');
const profiler = new Profiler(client);

const api = {
  /** Milliseconds until the profiler knows the new commands too. */
  discoverMs(more: number): number {
    for (let index = 0; index < more; index++) {
      const name = `command-${commands.size}`;
      commands.set(name, { data: { name }, execute: async () => index });
    }
    const startMs = performance.now();
    const { size } = profiler.targets;
    const tookMs = performance.now() - startMs;
    if (size !== commands.size) throw new Error(`${size} of ${commands.size} commands were found.`);
    return tookMs;
  },
};
export type DiscoveryProcess = typeof api;
serve(api);
