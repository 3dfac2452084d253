import { ADAPTERS } from '../frameworks/index.ts';
import type { Page } from '../render/page.ts';
import { formatBytes, formatDuration } from '../render/units.ts';

import type { Subcommand } from './subcommand.ts';
import { targetsOf } from './target-option.ts';

const MS_PER_HOUR = 3_600_000;

export const settings: Subcommand = {
  name: 'settings',
  description: 'Show how the profiler is set up, and what it holds',
  run({ profiler }): Page {
    const { options, tracked, targets } = profiler;
    const cogs = new Set([...tracked.values()].map(({ cog }) => cog));
    return {
      title: 'Settings',
      text: 'These are set where the bot creates its `Profiler`.',
      fields: [
        {
          name: 'Timed',
          value: `${tracked.size} of ${targetsOf(targets.size)}, in ${cogs.size} cogs`,
          inline: true,
        },
        { name: 'Kept for', value: formatDuration(options.retentionHours * MS_PER_HOUR), inline: true },
        { name: 'Kept in', value: `memory, ${formatBytes(profiler.storeSizeBytes)}`, inline: true },
        {
          name: 'Registered',
          value: options.guildId ? `in the guild ${options.guildId}` : 'everywhere',
          inline: true,
        },
        {
          name: 'May use it',
          value: `the application's owner or team${options.ownerIds.map((id) => `, <@${id}>`).join('')}`,
          inline: true,
        },
        { name: 'Looks for', value: ADAPTERS.map(({ name }) => name).join(', '), inline: true },
      ],
    };
  },
};
