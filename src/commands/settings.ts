import { TARGET_KINDS } from '../cog/target.ts';
import { ADAPTERS } from '../frameworks/index.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code } from '../render/text.ts';
import { formatBytes, formatDuration, formatNumber } from '../render/units.ts';
import type { Subcommand } from './subcommand.ts';
import { targetsOf } from './target-option.ts';

const MS_PER_HOUR = 3_600_000;

export const settings: Subcommand = {
  name: 'settings',
  description: 'Show what is timed and by which rules, what that costs, and how the profiler is set up',
  run({ profiler }): Page {
    const { options, tracked, targets, rules } = profiler;
    const cogs = new Set([...tracked.values()].map(({ cog }) => cog));
    return {
      title: 'Settings',
      text: 'Rules are changed with `/profiler attach`, `detach` and `rules`; the rest where the bot creates its `Profiler`.',
      fields: [
        field('Timed', `${tracked.size} of ${targetsOf(targets.size)}, in ${cogs.size} cogs`),
        field('Costs', costs(profiler)),
        field('Kinds', kinds(profiler)),
        field('Ignored', rules.ignored.map(code).join(', ') || 'nothing'),
        field(
          'Single calls',
          rules.thresholdMs === 0 ? 'all are kept' : `kept from ${formatDuration(rules.thresholdMs)} on`,
        ),
        field('Kept for', formatDuration(options.retentionHours * MS_PER_HOUR)),
        field('Kept in', `memory, ${formatBytes(profiler.storeSizeBytes)}`),
        field('Registered', options.guildId ? `in the guild ${options.guildId}` : 'everywhere'),
        field(
          'May use it',
          `the application's owner or team${options.ownerIds.map((id) => `, <@${id}>`).join('')}`,
        ),
        field('Looks for', ADAPTERS.map(({ name }) => name).join(', ')),
      ],
    };
  },
};

function field(name: string, value: string) {
  return { name, value, inline: true };
}

function costs(profiler: Profiler): string {
  const { callCostNs, costPercent, options } = profiler;
  const estimated = profiler.summary().rows.filter(({ timed, count }) => timed < count).length;
  return [
    `${formatDuration(callCostNs / 1e6)} a call`,
    `${formatNumber(costPercent)} % of a core in the last minute; at most ${options.budgetPercent} %`,
    ...(estimated > 0 ? [`${targetsOf(estimated)} with estimates`] : []),
  ].join('\n');
}

function kinds({ rules }: Profiler): string {
  const off = TARGET_KINDS.filter(({ name }) => !rules.isOn(name)).map(({ label }) => label);
  return off.length === 0 ? 'all are on' : `off: ${off.join(', ')}`;
}
