import { TARGET_KINDS, type TargetKindName } from '../cog/target.ts';
import { ProfilerError } from '../errors.ts';
import { formatDuration } from '../render/units.ts';
import { DELTA_CHOICES, parseHours, retentionOutcome } from './delta.ts';
import { createMenu } from './desk/menu.ts';
import { settingsPage } from './pages/settings-page.ts';
import { kindLabel } from './pages/target-option.ts';
import { trackedMenu } from './pages/tracked.ts';
import { askBeforeOff, switchOn } from './save.ts';
import type { Subcommand } from './subcommand.ts';

const LONGEST_LIST = 2_000;
const MS_PER_HOUR = 3_600_000;
/** Opens the form in place of a choice. */
const OTHER = 'other';

type SettingsAction = 'kinds' | 'keep' | 'save' | 'threshold' | 'ignored' | 'tracked';

const menu = createMenu<Record<never, never>, SettingsAction>('settings', {
  initial: {},
  actions: {
    kinds: (state, chosen, { profiler }) => {
      const changed = TARGET_KINDS.filter(({ name }) => profiler.rules.isOn(name) !== chosen.includes(name));
      for (const { name } of changed) profiler.rules.switch(name as TargetKindName, chosen.includes(name));
      profiler.reconcile();
      const said = changed.map(({ name }) => `${kindLabel(name)} is ${chosen.includes(name) ? 'on' : 'off'}`);
      return { to: state, notice: said.length === 0 ? 'Nothing was changed.' : `✓ ${said.join(', ')}.` };
    },
    keep: {
      form: (_, [hours], { profiler }) =>
        hours === OTHER
          ? {
              title: 'How long figures are kept',
              fields: [
                {
                  name: 'hours',
                  label: 'Hours, from 0.0167 (a minute) to 2160',
                  value: String(profiler.retentionMs / MS_PER_HOUR),
                  required: true,
                  longest: 10,
                },
              ],
            }
          : undefined,
      act: (state, [hours], { profiler }) => retentionOutcome(profiler, Number(hours), state),
      submit: (state, answers, { profiler }) =>
        retentionOutcome(profiler, parseHours(answers.get('hours') ?? ''), state),
    },
    save: (_, __, { profiler }) => (profiler.storage.isSaving ? askBeforeOff(profiler) : switchOn(profiler)),
    threshold: {
      form: (_, __, { profiler }) => ({
        title: 'Single calls',
        fields: [
          {
            name: 'ms',
            label: 'Keep those that take at least so many ms',
            value: String(profiler.rules.thresholdMs),
            placeholder: '0 keeps all',
            required: true,
            longest: 10,
          },
        ],
      }),
      submit: (state, answers, { profiler }) => {
        const thresholdMs = Number(answers.get('ms'));
        if (!(thresholdMs >= 0 && thresholdMs <= MS_PER_HOUR)) {
          throw new ProfilerError('INVALID_OPTION', 'ms', 'must be a number from 0 to 3,600,000');
        }
        profiler.setThreshold(thresholdMs);
        const what = thresholdMs === 0 ? 'All calls' : `Calls of ${formatDuration(thresholdMs)} or more`;
        return { to: state, notice: `✓ ${what} are kept one by one from now on.` };
      },
    },
    ignored: {
      form: (_, __, { profiler }) => ({
        title: 'The ignore list',
        fields: [
          {
            name: 'patterns',
            label: 'One a line; * stands for any text',
            value: profiler.rules.ignored.join('\n'),
            placeholder: 'music/listener/*\nmoderation',
            longest: LONGEST_LIST,
            isParagraph: true,
          },
        ],
      }),
      submit: (state, answers, { profiler }) => {
        const { rules } = profiler;
        const before = rules.ignored;
        const wanted = (answers.get('patterns') ?? '').split('\n').map((line) => line.trim().toLowerCase());
        const now = new Set(wanted.filter(Boolean));
        const changed = [
          ...before.filter((pattern) => !now.has(pattern)),
          ...[...now].filter((pattern) => !before.includes(pattern)),
        ];
        for (const pattern of changed) rules.toggleIgnore(pattern);
        profiler.reconcile();
        return {
          to: state,
          notice: changed.length === 0 ? 'Nothing was changed.' : '✓ The list is changed.',
        };
      },
    },
    tracked: () => ({ open: trackedMenu, at: '' }),
  },
  async page({ button, select }, { profiler }) {
    const hours = profiler.retentionMs / MS_PER_HOUR;
    const kept = DELTA_CHOICES.find((choice) => choice.hours === hours);
    return {
      ...(await settingsPage(profiler)),
      rows: [
        [
          select(
            'kinds',
            TARGET_KINDS.map(({ name, mark, label }) => ({ value: name, label: `${mark} ${label}` })),
            TARGET_KINDS.filter(({ name }) => profiler.rules.isOn(name)).map(({ name }) => name),
            { placeholder: 'Kinds that are timed', least: 0, most: TARGET_KINDS.length },
          ),
        ],
        [
          select(
            'keep',
            [
              ...DELTA_CHOICES.map(({ hours, label }) => ({
                value: String(hours),
                label: `Keep figures for ${label}`,
              })),
              { value: OTHER, label: 'Keep figures for another time…' },
            ],
            kept === undefined ? '' : String(kept.hours),
            { placeholder: 'Keep figures for…' },
          ),
        ],
        [
          button('save', profiler.storage.isSaving ? 'Stop saving' : 'Save over restarts'),
          button('threshold', 'Single calls…'),
          button('ignored', 'Ignore list…'),
          button('tracked', 'What is timed…'),
          button('show', 'Refresh', { style: 'primary' }),
        ],
      ],
    };
  },
});

export const settings: Subcommand = {
  name: 'settings',
  description: 'Show and change what is timed and by which rules, what that costs, and where it is kept',
  menu,
  run: () => ({ to: '' }),
};
