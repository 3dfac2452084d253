import { ProfilerError } from '../errors.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { formatSpan, plural } from '../render/units.ts';
import type { StorageSize } from '../store/storage.ts';
import { StoreError } from '../store/store-error.ts';
import { componentId } from './desk/component-id.ts';
import { button } from './desk/widgets.ts';
import { ABOUT_VALUES, DAY_MS, measure, packed, packedAndStored, perDay } from './pages/sizes.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const STATE_OPTION = 'state';

type Act = (profiler: Profiler) => Page | Promise<Page>;

/** What the option and the buttons do. */
const ACTIONS: Readonly<Record<string, Act>> = {
  show: statePage,
  on: switchOn,
  off: askBeforeOff,
  keep: (profiler) => switchOff(profiler, false),
  erase: (profiler) => switchOff(profiler, true),
};

export const save: Subcommand = {
  name: 'save',
  description: 'Keep figures over restarts of the bot, in a store on disk; or in memory only',
  options: [
    {
      type: OPTION.string,
      name: STATE_OPTION,
      description: 'On or off (default: show how it is, and what it takes)',
      choices: [
        { name: 'on', value: 'on' },
        { name: 'off', value: 'off' },
      ],
    },
  ],
  run: ({ profiler, options }) => act(profiler, String(options.get(STATE_OPTION) ?? 'show')),
  component: ({ profiler, state }) => act(profiler, state),
};

function act(profiler: Profiler, action: string): Page | Promise<Page> {
  return (ACTIONS[action] ?? statePage)(profiler);
}

export async function switchOn(profiler: Profiler): Promise<Page> {
  try {
    await profiler.setSaving(true);
  } catch (error) {
    if (!(error instanceof ProfilerError || error instanceof StoreError)) throw error;
    return {
      title: 'Saving could not be switched on',
      text: `${error.message}\n\nNothing was changed.`,
      tone: 'warning',
    };
  }
  const page = await statePage(profiler);
  const { isSaving, label, problem } = profiler.storage;
  if (isSaving) return { tone: 'good', ...page };
  const reason =
    problem === undefined
      ? `${label} is in the bot's own memory.`
      : 'Saving begins as soon as the store can be written.';
  return { ...page, text: `${reason}\n${page.text}`, tone: 'warning' };
}

export async function askBeforeOff(profiler: Profiler): Promise<Page> {
  const { isSaving, label } = profiler.storage;
  // There is nothing to ask about.
  if (!isSaving) return switchOff(profiler, false);
  return {
    title: 'Stop saving: keep or erase?',
    text: [
      `Saved in ${label}: ${packed(await measure(profiler))}.`,
      '',
      `**Keep**: it stays there until it is ${formatSpan(profiler.retentionMs)} old.`,
      '**Erase**: it is removed from there now.',
      'Either way the figures stay in memory until they are too old, or the bot ends.',
    ].join('\n'),
    footer: ABOUT_VALUES,
    tone: 'warning',
    rows: [
      [
        button(componentId(save.name, 'keep'), 'Keep what is saved'),
        button(componentId(save.name, 'erase'), 'Erase what is saved', { style: 'danger' }),
        button(componentId(save.name, 'show'), 'Cancel'),
      ],
    ],
  };
}

async function switchOff(profiler: Profiler, erase: boolean): Promise<Page> {
  const { isSaving, label } = profiler.storage;
  await profiler.setSaving(false, { erase });
  const page = await statePage(profiler);
  if (!isSaving) return page;
  if (profiler.storage.isSaving)
    return { ...page, text: `Saving ends as soon as the store answers.\n${page.text}`, tone: 'warning' };
  const outcome = erase
    ? `What was saved in ${label} is erased.`
    : `What was saved stays in ${label} until it is ${formatSpan(profiler.retentionMs)} old.`;
  return { tone: 'good', ...page, text: `${outcome}\n${page.text}` };
}

async function statePage(profiler: Profiler): Promise<Page> {
  const { isSaving, label, pending, problem } = profiler.storage;
  const size = await measure(profiler);
  const span = formatSpan(profiler.retentionMs);
  return {
    title: isSaving ? 'Saving is on' : 'Saving is off',
    text: [
      isSaving
        ? 'Figures outlive a restart of the bot.'
        : 'Figures are in memory only: they are gone when the bot ends.',
      ...(problem === undefined ? [] : [`⚠ ${problem}`]),
    ].join('\n'),
    fields: [
      { name: 'Kept in', value: label },
      { name: 'Takes now', value: packedAndStored(size) },
      ...(pending > 0
        ? [{ name: 'Not written yet', value: `${plural(pending, 'value')}, in memory until then` }]
        : []),
      {
        name: isSaving ? 'Grows by' : 'Would grow by',
        value: growth(profiler, size),
      },
      { name: 'Kept for', value: `${span}; \`/profiler delta\` changes it` },
    ],
    footer: ABOUT_VALUES,
    ...(problem !== undefined && { tone: 'warning' }),
    rows: [
      [
        isSaving
          ? button(componentId(save.name, 'off'), 'Switch off')
          : button(componentId(save.name, 'on'), 'Switch on', { style: 'primary' }),
      ],
    ],
  };
}

function growth({ retentionMs }: Profiler, size: StorageSize | undefined): string {
  const daily = size && perDay(size.levels);
  if (daily === undefined) return 'known after the first minute';
  return retentionMs < DAY_MS ? `${daily}, up to what ${formatSpan(retentionMs)} of it take` : daily;
}
