import { setImmediate as nextTurn } from 'node:timers/promises';
import { TARGET_KINDS } from '../../cog/target.ts';
import { ADAPTERS } from '../../frameworks/index.ts';
import type { Profiler } from '../../profiler.ts';
import type { Page } from '../../render/page.ts';
import { code } from '../../render/text.ts';
import { formatBytes, formatDuration, formatNumber, formatSpan, plural } from '../../render/units.ts';
import { measure, totalOf } from './sizes.ts';
import { targetsOf } from './target-option.ts';

/** How everything stands. */
export async function settingsPage(profiler: Profiler): Promise<Page> {
  const { options, tracked, targets, rules } = profiler;
  const cogs = new Set([...tracked.values()].map(({ cog }) => cog));
  const { problem } = profiler.storage;
  // To find all targets, and to sum up the figures, takes long enough in a large bot: each in a turn of its own.
  await nextTurn();
  return {
    title: 'Settings',
    text: 'What is timed and kept is changed right here. The rest is set where the bot creates its `Profiler`.',
    tone: problem === undefined ? 'plain' : 'warning',
    fields: [
      field('Timed', `${tracked.size} of ${targetsOf(targets.size)}, in ${plural(cogs.size, 'cog')}`),
      field('Costs', await costs(profiler)),
      field('Kinds', kinds(profiler)),
      field('Ignored', rules.ignored.map(code).join(', ') || 'nothing'),
      field(
        'Single calls',
        rules.thresholdMs === 0 ? 'all are kept' : `kept from ${formatDuration(rules.thresholdMs)} on`,
      ),
      field('Verbose', verbose(profiler)),
      field('Kept for', formatSpan(profiler.retentionMs)),
      field('Kept in', await kept(profiler)),
      field('Registered', options.guildId ? `in the guild ${options.guildId}` : 'everywhere'),
      field(
        'May use it',
        `the application's owner or team${options.ownerIds.map((id) => `, <@${id}>`).join('')}`,
      ),
      field('Looks for', ADAPTERS.map(({ name }) => name).join(', ')),
    ],
  };
}

function field(name: string, value: string) {
  return { name, value, inline: true };
}

/** Where figures are kept, what they take, and how that goes. */
async function kept(profiler: Profiler): Promise<string> {
  const { storage, memoryBytes } = profiler;
  const { label, isSaving, pending, problem } = storage;
  const size = await measure(profiler);
  const bytes = [
    `${formatBytes(memoryBytes)} in memory`,
    ...(size === undefined ? [] : [`${formatBytes(totalOf(size.levels).bytes)} packed`]),
    ...(size?.storeBytes === undefined ? [] : [`${formatBytes(size.storeBytes)} on disk`]),
  ];
  return [
    `${label}; saving is ${isSaving ? 'on' : 'off'}`,
    bytes.join(', '),
    ...(pending > 0 ? [`${plural(pending, 'value')} to be written yet`] : []),
    ...(problem === undefined ? [] : [`⚠ ${problem}`]),
  ].join('\n');
}

async function costs(profiler: Profiler): Promise<string> {
  const { callCostNs, costPercent, options } = profiler;
  const { rows } = await profiler.summary();
  const estimated = rows.filter(({ timed, count }) => timed < count).length;
  return [
    `${formatDuration(callCostNs / 1e6)} a call`,
    `${formatNumber(costPercent)} % of a core in the last minute; at most ${options.budgetPercent} %`,
    ...(estimated > 0 ? [`${targetsOf(estimated)} with estimates`] : []),
  ].join('\n');
}

/** What is kept of single calls as they went, and what that takes. */
function verbose({ verbose, verboseBytes }: Profiler): string {
  const what = verbose.size === 0 ? 'nothing' : targetsOf(verbose.size);
  return `${what}; ${formatBytes(verboseBytes)} in memory`;
}

function kinds({ rules }: Profiler): string {
  const off = TARGET_KINDS.filter(({ name }) => !rules.isOn(name)).map(({ label }) => label);
  return off.length === 0 ? 'all are on' : `off: ${off.join(', ')}`;
}
