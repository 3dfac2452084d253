import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { attachButton, listTargets } from './attach.ts';
import { OPTION, type Subcommand } from './subcommand.ts';
import { TARGET_OPTION, targetChoices, targetOption, targetsOf } from './target-option.ts';

const KEEP_OPTION = 'keep';

export const detach: Subcommand = {
  name: 'detach',
  description: 'Stop timing, and forget what was measured',
  options: [
    targetOption('What to stop timing: a cog, a kind, a target, several with commas, or all'),
    {
      type: OPTION.boolean,
      name: KEEP_OPTION,
      description: 'Keep the figures for comparison until their time is over (default: no)',
    },
  ],
  run: ({ profiler, options }) =>
    detachPage(profiler, String(options.get(TARGET_OPTION)), options.get(KEEP_OPTION) === true),
  autocomplete: (typed, profiler) => targetChoices(typed, profiler.recorded),
  component: ({ profiler, state }) => detachPage(profiler, state, false),
};

function detachPage(profiler: Profiler, query: string, keepFigures: boolean): Page {
  if (profiler.recorded.size === 0) {
    return {
      title: 'Nothing is timed',
      text: 'There is nothing to detach.',
      rows: [[attachButton('all', 'Attach all')]],
    };
  }
  const detached = profiler.detach(query, { keepFigures });
  return {
    title: `Detached ${targetsOf(detached.length)}`,
    text: [
      listTargets(detached),
      '',
      keepFigures
        ? "The bot's own functions are back in place. What was measured of them stays until its time is over."
        : "The bot's own functions are back in place, and what was measured of them is forgotten.",
    ].join('\n'),
    tone: 'good',
  };
}
