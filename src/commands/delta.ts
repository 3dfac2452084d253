import { ProfilerError } from '../errors.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { formatSpan } from '../render/units.ts';
import { componentId } from './desk/component-id.ts';
import type { Outcome } from './desk/menu.ts';
import { button } from './desk/widgets.ts';
import { ABOUT_VALUES, measure, packed, packedAndStored } from './pages/sizes.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const HOURS_OPTION = 'hours';
const SHORTEST_HOURS = 1 / 60;
const LONGEST_HOURS = 2_160;
const MS_PER_HOUR = 3_600_000;
const CANCEL = 'cancel';

/** What menus offer, in hours. */
export const DELTA_CHOICES = [
  { hours: 1, label: '1 hour' },
  { hours: 6, label: '6 hours' },
  { hours: 24, label: '24 hours' },
  { hours: 168, label: '7 days' },
  { hours: 720, label: '30 days' },
  { hours: LONGEST_HOURS, label: '90 days' },
] as const;

export const delta: Subcommand = {
  name: 'delta',
  description: 'How long figures are kept: from a minute to 90 days',
  options: [
    {
      type: OPTION.number,
      name: HOURS_OPTION,
      description: 'Hours, such as 24, 1.5, or 0.0167 for a minute (default: show how long it is)',
      min_value: SHORTEST_HOURS,
      max_value: LONGEST_HOURS,
    },
  ],
  run({ profiler, options }) {
    const hours = options.get(HOURS_OPTION);
    if (hours === undefined) return presentPage(profiler);
    const isShorter = Number(hours) * MS_PER_HOUR < profiler.retentionMs;
    return isShorter ? askBeforeShorter(profiler, Number(hours)) : change(profiler, Number(hours));
  },
  component: ({ profiler, state }) =>
    state === CANCEL ? presentPage(profiler) : change(profiler, Number(state)),
};

/** @throws ProfilerError INVALID_OPTION where that is no number in the bounds */
export function parseHours(text: string): number {
  const hours = Number(text.replace(',', '.'));
  if (hours >= SHORTEST_HOURS * 0.99 && hours <= LONGEST_HOURS) return Math.max(hours, SHORTEST_HOURS);
  throw new ProfilerError('INVALID_OPTION', HOURS_OPTION, 'must be a number from 0.0167 to 2160');
}

/** Changes it from within a menu: asks before anything is forgotten. */
export async function retentionOutcome<State>(
  profiler: Profiler,
  hours: number,
  state: State,
): Promise<Outcome<State>> {
  if (hours * MS_PER_HOUR < profiler.retentionMs) return askBeforeShorter(profiler, hours);
  await profiler.setRetention(hours);
  return { to: state, notice: `✓ Figures are kept for ${formatSpan(profiler.retentionMs)} from now on.` };
}

async function presentPage(profiler: Profiler): Promise<Page> {
  return {
    title: `Figures are kept for ${formatSpan(profiler.retentionMs)}`,
    text: [
      'What is older goes by itself. `/profiler delta hours:24` changes it.',
      '',
      `**Takes now**\n${packedAndStored(await measure(profiler))}`,
    ].join('\n'),
    footer: ABOUT_VALUES,
  };
}

async function askBeforeShorter(profiler: Profiler, hours: number): Promise<Page> {
  const olderThanMs = hours * MS_PER_HOUR;
  const [older, all] = [await measure(profiler, { olderThanMs }), await measure(profiler)];
  const span = formatSpan(olderThanMs);
  return {
    title: `Keep figures for only ${span}?`,
    text: [
      `They are kept for ${formatSpan(profiler.retentionMs)} now.`,
      '',
      `**Forgotten at once**\n${packed(older)}`,
      `**Of all that is kept**\n${packed(all)}`,
    ].join('\n'),
    footer: ABOUT_VALUES,
    tone: 'warning',
    rows: [
      [
        button(componentId(delta.name, String(hours)), `Forget what is older than ${span}`, {
          style: 'danger',
        }),
        button(componentId(delta.name, CANCEL), 'Cancel'),
      ],
    ],
  };
}

async function change(profiler: Profiler, hours: number): Promise<Page> {
  const before = profiler.retentionMs;
  const older = await measure(profiler, { olderThanMs: hours * MS_PER_HOUR });
  await profiler.setRetention(hours);
  const now = profiler.retentionMs;
  return {
    title: `Figures are kept for ${formatSpan(now)}`,
    text: [
      before === now ? 'They were before, too.' : `Before it was ${formatSpan(before)}.`,
      now < before ? `Forgotten: ${packed(older)}.` : 'What is there stays; nothing was forgotten.',
    ].join('\n'),
    footer: ABOUT_VALUES,
    tone: 'good',
  };
}
