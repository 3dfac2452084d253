import { readFileSync } from 'node:fs';
import type { Client } from 'discord.js';
import { ownFile } from '../own-files.ts';
import type { Page } from '../render/page.ts';
import { menuButton } from './desk/menu.ts';
import { attachButton } from './pages/attach-pages.ts';
import type { Subcommand } from './subcommand.ts';
import { ACKS_STATE } from './view.ts';

export const help: Subcommand = {
  name: 'help',
  description: 'How to find the slow part of this bot',
  run: ({ profiler }): Page => ({
    title: 'How to find the slow part',
    text: [
      '**1.** `/profiler attach` what you suspect, or `all`. Nothing restarts.',
      '**2.** Let the bot work for a few minutes.',
      '**3.** `/profiler view`: what stands first by impact costs the most. Sort by p95 for what people wait for.',
      '**4.** Change the bot, let it work, and look again.',
      '**5.** `/profiler detach all` puts everything back.',
      '',
      'What does the time of one command go to? `/profiler verbose` keeps its calls for an hour, and `/profiler inspect` shows each as a waterfall.',
      '',
      'Which function, which line? `/profiler cpu` records the whole bot for half a minute, and tells for which cog and command it ran.',
      '',
      'Does Discord say that the application did not respond? **Acks** tells which commands take too long to acknowledge, and why; nothing has to be attached for that.',
      'Does something hang? `/profiler inflight` shows what has not ended, and for how long.',
      'Does it need more and more memory? `/profiler heap growth` says what grows, `/profiler runtime caches` what could be limited.',
      '',
      'Figures are in memory, for an hour, unless you say otherwise: `/profiler save` keeps them over restarts, `delta` sets for how long, `data` exports, imports and forgets them.',
    ].join('\n'),
    footer: `cogscope ${ownVersion()} · Node ${process.versions.node} · discord.js ${discordJsVersion(profiler.client)}`,
    rows: [
      [
        attachButton('all', 'Attach all'),
        menuButton('view', 'View'),
        menuButton('view', 'Acks', { state: ACKS_STATE }),
      ],
    ],
  }),
};

/** As the client itself tells Discord: a bot may have several copies of the library. */
function discordJsVersion({ rest }: Client): string {
  return /discord\.js\/(\S+)/.exec(rest.options.userAgentAppendix)?.[1] ?? '';
}

function ownVersion(): string {
  const manifest = readFileSync(ownFile('../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
