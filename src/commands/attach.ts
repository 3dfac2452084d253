import { ATTACH_PATH, attachPage } from './pages/attach-pages.ts';
import { TARGET_OPTION, targetChoices, targetOption } from './pages/target-option.ts';
import { trackedMenu } from './pages/tracked.ts';
import type { Subcommand } from './subcommand.ts';

export const attach: Subcommand = {
  name: ATTACH_PATH,
  description: 'Start to time a cog, a command, a listener, or everything',
  options: [
    targetOption('A cog, a kind, a target, several with commas, or all (default: choose from a list)', false),
  ],
  menu: trackedMenu,
  run({ profiler, options }) {
    const query = options.get(TARGET_OPTION);
    return query === undefined ? { to: '' } : attachPage(profiler, String(query));
  },
  autocomplete: (typed, profiler) => targetChoices(typed, profiler.targets),
};
