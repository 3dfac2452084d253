/**
 * `import 'cogscope/sapphire/register'` before the SapphireClient is created: Sapphire's own form of a plugin.
 */
import { createRequire } from 'node:module';
import * as sapphire from '@sapphire/framework';
import type { ProfilerOptions } from '../cog/options.ts';
import type { Profiler } from '../profiler.ts';
import { registerPlugin, type Sapphire } from './plugin.ts';

declare module 'discord.js' {
  interface ClientOptions {
    /** What `new Profiler(client, options)` understands. */
    profiler?: ProfilerOptions;
  }
}

declare module '@sapphire/pieces' {
  interface Container {
    profiler: Profiler;
  }
}

registerPlugin(sapphire);

// A CommonJS bot that came here by `import()` runs on the other copy.
const require = createRequire(import.meta.url);
const required = require.cache[require.resolve('@sapphire/framework')];
if (required?.loaded) registerPlugin(required.exports as Sapphire);
