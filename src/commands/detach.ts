import { detachPage } from './pages/detach-pages.ts';
import { TARGET_OPTION, targetChoices, targetOption } from './pages/target-option.ts';
import { trackedMenu } from './pages/tracked.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const KEEP_OPTION = 'keep';

export const detach: Subcommand = {
  name: 'detach',
  description: 'Stop timing, and forget what was measured',
  options: [
    targetOption('A cog, a kind, a target, several with commas, or all (default: choose from a list)', false),
    {
      type: OPTION.boolean,
      name: KEEP_OPTION,
      description: 'Keep the figures for comparison until their time is over (default: no)',
    },
  ],
  run({ profiler, options }) {
    const query = options.get(TARGET_OPTION);
    if (query === undefined) return { open: trackedMenu, at: '' };
    return detachPage(profiler, String(query), options.get(KEEP_OPTION) === true);
  },
  autocomplete: (typed, profiler) => targetChoices(typed, profiler.recorded),
  component: ({ profiler, state }) => detachPage(profiler, state, false),
};
