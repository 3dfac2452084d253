import type { Page } from '../render/page.ts';
import { formatDuration } from '../render/units.ts';
import { listTargets } from './pages/attach-pages.ts';
import { TARGET_OPTION, targetChoices, targetOption } from './pages/target-option.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const LONGEST_MS = 3_600_000;

export const threshold: Subcommand = {
  group: 'rules',
  name: 'threshold',
  description: 'Keep single calls only if they take at least so long; all are counted',
  options: [
    {
      type: OPTION.number,
      name: 'ms',
      description: 'Milliseconds; 0 keeps all',
      required: true,
      min_value: 0,
      max_value: LONGEST_MS,
    },
    targetOption('Only of these targets (default: of all that have no threshold of their own)', false),
  ],
  run({ profiler, options }): Page {
    const thresholdMs = Number(options.get('ms'));
    const query = options.get(TARGET_OPTION);
    const targets = profiler.setThreshold(thresholdMs, query === undefined ? undefined : String(query));
    const what = thresholdMs === 0 ? 'All calls' : `Calls of ${formatDuration(thresholdMs)} or more`;
    return {
      title: `${what} are kept one by one`,
      text: [
        'Every call goes into the figures all the same; this is about the single calls that are kept beside them.',
        ...(targets === undefined ? [] : ['', listTargets(targets)]),
      ].join('\n'),
      tone: 'good',
    };
  },
  autocomplete: (typed, profiler) => targetChoices(typed, profiler.targets),
};
