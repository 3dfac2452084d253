import type { Page } from '../render/page.ts';
import { attachButton, listTargets } from './attach.ts';
import type { Subcommand } from './subcommand.ts';
import { TARGET_OPTION, targetChoices, targetOption, targetsOf } from './target-option.ts';

export const detach: Subcommand = {
  name: 'detach',
  description: 'Stop timing, and forget what was measured',
  options: [targetOption('What to stop timing: a cog, one of its targets, or all')],
  run({ profiler, options }): Page {
    if (profiler.tracked.size === 0) {
      return {
        title: 'Nothing is timed',
        text: 'There is nothing to detach.',
        rows: [[attachButton('all', 'Attach all')]],
      };
    }
    const detached = profiler.detach(String(options.get(TARGET_OPTION)));
    return {
      title: `Detached ${targetsOf(detached.length)}`,
      text: `${listTargets(detached)}\n\nThe bot's own functions are back in place, and what was measured of them is forgotten.`,
      tone: 'good',
    };
  },
  autocomplete: (typed, profiler) => targetChoices(typed, profiler.tracked),
};
