/**
 * `require('cogscope/sapphire/register')` before the SapphireClient is created: for the copy of Sapphire that
 * CommonJS bots run on, and its types.
 */
// What is declared below adds to these types.
import type {} from '@sapphire/framework';
import type { ProfilerOptions } from '../cog/options.ts' with { 'resolution-mode': 'import' };
import type { Profiler } from '../profiler.ts' with { 'resolution-mode': 'import' };

type Plugin = typeof import('./plugin.ts', { with: { 'resolution-mode': 'import' }});

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

const { registerPlugin } = require('./plugin.js') as Plugin;
registerPlugin(require('@sapphire/framework'));
