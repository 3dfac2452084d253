import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client } from 'discord.js';
import { vi } from 'vitest';
import { Profiler, type ProfilerOptions } from '../../../src/index.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Has all garbage collected, several times: what was reached while the first one began survives that. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await turn();
    collect();
  }
  await turn();
}

/** Lets the two minutes pass after which reloads are looked at, and what follows from it happen. */
export async function twoMinutesLater({ memory }: Profiler): Promise<void> {
  // What watches them is loaded at the first one.
  await memory.reloadLeaks();
  await vi.advanceTimersByTimeAsync(121_000);
  await vi.waitFor(turn);
}

/** What a cog does when it is loaded and when it is unloaded, and how its file is loaded anew. */
interface Cog {
  execute(): Promise<unknown>;
  start(client: Client): void;
  stop(client: Client): void;
}

/** A bot whose cogs are files that are required, and a profiler that tracks all of it. */
export function createReloadingBot(options: ProfilerOptions = {}) {
  const temporary = temporaryFolder();
  const folder = temporary.path;
  const require = createRequire(import.meta.url);
  const client = new Client({ intents: [] });
  const commands = new Map<string, Cog>();
  Object.assign(client, { commands });
  const warnings: string[] = [];
  const profiler = new Profiler(client, {
    rootDir: folder,
    logger: { warn: (message) => warnings.push(message) },
    ...options,
  });
  const fileOf = (name: string) => join(folder, `${name}.cjs`);
  const bot = {
    client,
    commands,
    profiler,
    warnings,
    /** @param source of a CommonJS module that exports `execute`, and what else of a cog it likes */
    load(name: string, source?: string) {
      if (source !== undefined) writeFileSync(fileOf(name), source);
      const cog: Cog = require(fileOf(name));
      cog.start?.(client);
      commands.set(name, cog);
    },
    /** @param forget whether the module is taken out of all that Node has of it, as few bots do */
    unload(name: string, { forget = true } = {}) {
      commands.get(name)?.stop?.(client);
      commands.delete(name);
      const file = fileOf(name);
      const { parent } = require.cache[file] as { parent?: { children: { id: string }[] } };
      if (forget) parent!.children = parent!.children.filter(({ id }) => id !== file);
      delete require.cache[file];
    },
    reload(name: string, source?: string, options?: { forget: boolean }) {
      bot.unload(name, options);
      bot.load(name, source);
      profiler.reconcile();
    },
    async [Symbol.asyncDispose]() {
      for (const [name, cog] of commands) if (require.cache[fileOf(name)]?.exports === cog) bot.unload(name);
      await profiler.destroy();
      await client.destroy();
      temporary[Symbol.dispose]();
    },
  };
  return bot;
}
